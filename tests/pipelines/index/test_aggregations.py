import pytest
from hypothesis import HealthCheck, given, settings

from pipelines.index.mapping import COMMENTS
from tests.pipelines.index import oracle
from tests.pipelines.index.bodies import AGGREGATIONS, QUERIES


def plain(result):
    """An answer's aggregations as the oracle writes them."""
    if isinstance(result, list):
        return [plain(part) for part in result]
    if not isinstance(result, dict):
        return pytest.approx(result, rel=1e-12) if isinstance(result, float) else result
    if "hits" in result:
        hits = result["hits"]
        return {"total": hits["total"]["value"], "ids": [hit["_id"] for hit in hits["hits"]]}
    renamed = {"other" if key == "sum_other_doc_count" else key: value for key, value in result.items()}
    return {k: plain(v) for k, v in renamed.items() if k not in ("doc_count_error_upper_bound", "value_as_string")}


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(clause=QUERIES, request=AGGREGATIONS)
def test_an_aggregation_counts_what_plain_python_counts(filled, documents, clause, request):
    found = filled.search(COMMENTS, {"query": clause, "size": 0, "aggs": request})["aggregations"]
    expected = oracle.aggregate([document for document in documents if oracle.matches(document, clause)], request)
    assert plain(found) == expected
