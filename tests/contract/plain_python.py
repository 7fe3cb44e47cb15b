"""A body answered by plain Python over the list of documents, in the oracle's own shape."""

from pipelines.documents import Source
from pipelines.index import Answer, Body
from tests.contract.comparing import unlike
from tests.pipelines.index import oracle

RENAMED = {"sum_other_doc_count": "other"}
UNKNOWN = {"doc_count_error_upper_bound", "value_as_string"}


def answer(body: Body, stored: list[Source]) -> dict[str, object]:
    """Total, ids of the hits and aggregations. Hits without `sort` are in no order that Python knows: no ids then."""
    query = body.get("query", {"match_all": {}})
    found = [document for document in stored if oracle.matches(document, query)]
    answered: dict[str, object] = {"total": len(found)}
    if body.get("sort") and "search_after" not in body:
        first, size = body.get("from", 0), body.get("size", 10)
        answered["ids"] = [one["id"] for one in oracle.ordered(found, _keys(body))[first : first + size]]
    if request := body.get("aggs"):
        answered["aggs"] = oracle.aggregate(found, request)
    return answered


def differences(given: Answer, computed: dict[str, object]) -> list[str]:
    """Where an engine's answer differs from the computed one."""
    shaped = {"total": given["hits"]["total"]["value"], "ids": [hit["_id"] for hit in given["hits"]["hits"]]}
    if "aggregations" in given:
        shaped["aggs"] = _shaped(given["aggregations"])
    return list(unlike({name: shaped[name] for name in computed}, computed, "python"))


def _keys(body: Body) -> list[tuple[str, str]]:
    return [(key, "asc") if isinstance(key, str) else next(iter(key.items())) for key in body["sort"]]


def _shaped(part: object) -> object:
    """A part of an answer as the oracle writes it."""
    if isinstance(part, list):
        return [_shaped(one) for one in part]
    if not isinstance(part, dict):
        return part
    if oracle.shows_hits(part):
        return {"total": part["hits"]["total"]["value"], "ids": [hit["_id"] for hit in part["hits"]["hits"]]}
    if part.get("key_as_string") in ("true", "false"):  # Elasticsearch's key of a boolean is 0 or 1
        part = {**part, "key": bool(part["key"])}
        del part["key_as_string"]
    return {RENAMED.get(key, key): _shaped(value) for key, value in part.items() if key not in UNKNOWN}
