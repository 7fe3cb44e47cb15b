"""The limits that a server sets: title → a body just inside of one, and one that Elasticsearch refuses too."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from pipelines.index import Body
from pipelines.index.aggregation_rules import MOST_TOP_HITS
from pipelines.index.mapping import LARGEST_INTEGER, LONGEST_TERM
from pipelines.index.query_rules import LONGEST_TEXT, MOST_CLAUSES

HAN = "".join(map(chr, range(0x4E00, 0x4E00 + LONGEST_TEXT)))
LEAST_INTEGER = -LARGEST_INTEGER - 1
Value = TypeVar("Value", int, str)
BY_ID = [{"id": "asc"}]
OFFSET = "2026-04-01T00:00:00.000"


def _found(**query: object) -> Body:
    return {"query": query, "sort": ["id"], "size": 20, "_source": ["id"]}


def _counted(**aggregation: object) -> Body:
    return {"size": 0, "aggs": {"a": aggregation}}


def _any_of(clauses: Sequence[Body]) -> Body:
    return {"bool": {"should": clauses}}


def _terms(count: int) -> list[Body]:
    return [{"term": {"id": f"weibo:{number}"}} for number in range(count)]


def _words(count: int) -> list[Body]:
    return [{"match": {"text": HAN}}, {"match_phrase": {"text": HAN[: count - LONGEST_TEXT]}}]


def _pair(inside: Value, outside: Value, body: Callable[[Value], Body]) -> tuple[Body, Body]:
    return body(inside), body(outside)


def _integers(kind: str, value: int) -> Body:
    return {"terms": {"likes": [value, 1]}} if kind == "terms" else {"range": {"likes": {kind: value}}}


def _days(zone: str) -> Body:
    return {"field": "posted_at", "calendar_interval": "day", "time_zone": zone, "min_doc_count": 1}


CLAUSES: dict[str, tuple[Body, Body]] = {
    "clauses": _pair(MOST_CLAUSES - 1, MOST_CLAUSES + 1, lambda count: _found(**_any_of(_terms(count)))),
    "words": _pair(MOST_CLAUSES - 3, MOST_CLAUSES + 1, lambda count: _found(**_any_of(_words(count)))),
    "clauses of query and filter": _pair(
        MOST_CLAUSES - 3,
        MOST_CLAUSES,
        lambda count: _counted(filter={"term": {"platform": "weibo"}}) | {"query": _any_of(_terms(count))},
    ),
    "clauses of query and terms": _pair(
        MOST_CLAUSES - 2,
        MOST_CLAUSES,
        lambda count: _counted(terms={"field": "platform"}) | {"query": _any_of(_terms(count))},
    ),
}
"""As a server counts that has little memory for many threads; others take more."""

LIMITS: dict[str, tuple[Body, Body]] = CLAUSES | {
    "fewest top hits": _pair(1, 0, lambda size: _counted(top_hits={"size": size, "sort": BY_ID})),
    "most top hits": _pair(
        MOST_TOP_HITS, MOST_TOP_HITS + 1, lambda size: _counted(top_hits={"size": size, "sort": BY_ID})
    ),
    "top hits below": _pair(
        1,
        0,
        lambda size: _counted(terms={"field": "platform"}, aggs={"b": {"top_hits": {"size": size, "sort": BY_ID}}}),
    ),
    **{
        f"{kind} of {inside}": _pair(inside, outside, lambda value, kind=kind: _found(**_integers(kind, value)))
        for inside, outside in ((LARGEST_INTEGER, LARGEST_INTEGER + 1), (LEAST_INTEGER, LEAST_INTEGER - 1))
        for kind in ("terms", "gt", "gte", "lt", "lte")
    },
    "bytes of a term": _pair(LONGEST_TERM, LONGEST_TERM + 1, lambda count: _found(term={"platform": "x" * count})),
    "bytes of terms": _pair(
        LONGEST_TERM, LONGEST_TERM + 1, lambda count: _found(terms={"platform": ["x" * count, "weibo"]})
    ),
    "bytes of Han": _pair(
        LONGEST_TERM // 3, LONGEST_TERM // 3 + 1, lambda count: _found(term={"platform": "汉" * count})
    ),
    "an empty id": _pair("a", "", lambda identity: _found(ids={"values": [identity, "weibo:1"]})),
    "eastmost offset": _pair("+17:59", "+18:01", lambda offset: _found(range={"posted_at": {"gte": OFFSET + offset}})),
    "westmost offset": _pair("-17:59", "-23:59", lambda offset: _found(range={"posted_at": {"gte": OFFSET + offset}})),
    "min_doc_count": _pair(
        LARGEST_INTEGER, 2**63, lambda count: _counted(terms={"field": "platform", "min_doc_count": count})
    ),
    "a path as order": _pair(
        "a-b",
        "a.b",
        lambda name: _counted(
            terms={"field": "author", "order": {name: "desc"}}, aggs={name: {"max": {"field": "likes"}}}
        ),
    ),
    **{
        f"zone {name}": _pair("Etc/UTC", name, lambda zone: _counted(date_histogram=_days(zone)))
        for name in ("EST", "MST", "HST", "ROC", "Factory", "localtime", "posixrules", "posix/Asia/Shanghai", "Asia")
    },
}
