"""The part of Elasticsearch's request language that both engines answer alike. What is not named here is refused.

`docs/dialect.md` shows the tables; a test keeps the two equal.
"""

import json
from collections.abc import Mapping

from pipelines.index.aggregation_rules import AGGREGATIONS, INTERVALS, SOURCES, AggregationCheck
from pipelines.index.checks import OutsideDialect, only, refuse, whole
from pipelines.index.mapping import INDICES
from pipelines.index.query_rules import QUERIES, QueryCheck, Rule
from pipelines.index.sorting import LAST_HIT, SORTED, check_highlight, check_search_after, check_shown, sort_key

__all__ = [
    "AGGREGATIONS",
    "BODY",
    "INTERVALS",
    "QUERIES",
    "SORTED",
    "SOURCES",
    "OutsideDialect",
    "Rule",
    "sort_key",
    "validate",
]

BODY = (
    "query",
    "aggs",
    "aggregations",
    "sort",
    "from",
    "size",
    "search_after",
    "_source",
    "highlight",
    "track_total_hits",
)

MOST_BYTES = 32 * 2**20
"""Of a body as JSON. Elasticsearch reads up to 100 MB (`http.max_content_length`), with 512 MB of memory not 65."""


def validate(index: str, body: Mapping[str, object]) -> None:
    """Raise OutsideDialect, with a sentence, for the first thing in `body` that the dialect does not have."""
    if index not in INDICES:
        refuse(f"there is no index {index!r}")
    only(body, BODY, "a body")
    queries = QueryCheck(INDICES[index])
    if "query" in body:
        queries.query(body["query"])
    if "aggs" in body and "aggregations" in body:
        refuse("a body has `aggs` and `aggregations`")
    AggregationCheck(queries).aggregations(body.get("aggs", body.get("aggregations", {})))
    check_shown(body, queries)
    whole(body.get("from", 0), 0, LAST_HIT, "`from`")
    if body.get("from", 0) + body.get("size", 10) > LAST_HIT:
        refuse(f"`from` and `size` reach beyond {LAST_HIT}; use `search_after`")
    if body.get("track_total_hits", True) is not True:
        refuse("`track_total_hits` must be true: totals are always exact")
    if "search_after" in body:
        check_search_after(body, INDICES[index])
    if "highlight" in body:
        check_highlight(body["highlight"], queries)
    if len(json.dumps(body, ensure_ascii=False).encode()) > MOST_BYTES:
        refuse(f"a body is longer than {MOST_BYTES:,} bytes")
