"""Bodies of the dialect as Elasticsearch needs them, and its answers as both engines give them.

Elasticsearch writes a missing sort value as the largest or smallest number there is; here it is null.
"""

from collections.abc import Mapping

from pipelines.index.contract import Body, Hit
from pipelines.index.dialect import sort_key
from pipelines.index.mapping import Field

Keys = tuple[tuple[str, str], ...]
Fields = Mapping[str, Field]

SCORE = "_score"
COMPRESSION = 1000
"""Of the digest that percentiles are read from. With Elasticsearch's own 100 the median of small whole numbers, half of
them alike, is off by seven percents; with this one up to 10,000 values are not estimated at all."""
_LONGS = {"asc": 2**63 - 1, "desc": -(2**63)}
_DOUBLES = {"asc": "Infinity", "desc": "-Infinity"}
_MISSING = frozenset({*_LONGS.values(), *_DOUBLES.values()})
_AGGREGATIONS = ("aggs", "aggregations")


def question(body: Body, fields: Fields) -> dict[str, object]:
    """The body to send for a body of the dialect."""
    asked = {key: value for key, value in body.items() if key not in (*_AGGREGATIONS, "search_after")}
    keys = keys_of(body)
    asked |= {"track_total_hits": True, "sort": order(keys, fields)}
    if "search_after" in body:
        asked["search_after"] = [
            _missing(name, direction, fields) if value is None else value
            for (name, direction), value in zip(keys, body["search_after"], strict=True)
        ]
    if below := _below(body):
        asked["aggs"] = {name: _aggregation(request, fields) for name, request in below.items()}
    return asked


def answer(body: Body, alias: str, found: Mapping[str, object]) -> dict[str, object]:
    """What Elasticsearch found, as both engines give it. `alias` is the index that was asked."""
    given: dict[str, object] = {"hits": _hits(body, alias, found["hits"])}
    below = _below(body)
    if below:
        given["aggregations"] = _results(below, alias, found["aggregations"])
    return given


def keys_of(body: Mapping[str, object]) -> Keys:
    """The sort keys of a body or a `top_hits`: as it names them, by score where it names none."""
    return tuple(sort_key(key) for key in body.get("sort") or (SCORE,))


def order(keys: Keys, fields: Fields) -> list[dict[str, object]]:
    """Sort keys as Elasticsearch takes them: missing values last, equal scores by id."""
    asked: list[dict[str, object]] = []
    for name, direction in keys:
        options: dict[str, object] = {"order": direction}
        if name != SCORE:
            options["missing"] = "_last"
            if fields[name].type == "integer":
                options["numeric_type"] = "long"  # else the largest integer is also how a missing one is written
        asked.append({name: options})
    return [*asked, {"id": {"order": "asc"}}] if keys == ((SCORE, "desc"),) else asked


def hit_of(hit: Mapping[str, object], alias: str, keys: Keys) -> Hit:
    """One hit; `sort` only where fields were asked for, without Elasticsearch's own tie-breakers."""
    given: Hit = {"_index": alias, "_id": hit["_id"], "_score": hit.get("_score"), "_source": hit.get("_source", {})}
    if keys:
        values: list[object] = hit["sort"][: len(keys)]
        given["sort"] = [None if isinstance(value, str | int) and value in _MISSING else value for value in values]
    if "highlight" in hit:
        given["highlight"] = hit["highlight"]
    return given


def _hits(request: Mapping[str, object], alias: str, found: Mapping[str, object]) -> dict[str, object]:
    keys = keys_of(request) if request.get("sort") else ()
    hits = [hit_of(hit, alias, keys) for hit in found["hits"]]
    scores = [hit["_score"] for hit in hits if hit["_score"] is not None]
    best = max(scores) if scores and not request.get("from") else None
    return {"total": found["total"], "max_score": best, "hits": hits}


def _aggregation(request: Mapping[str, object], fields: Fields) -> dict[str, object]:
    asked = {kind: options for kind, options in request.items() if kind not in _AGGREGATIONS}
    if "top_hits" in asked:
        options = dict(asked["top_hits"])
        keys = keys_of(options)
        asked["top_hits"] = options | {"sort": order(keys, fields), "track_scores": keys[0][0] == SCORE}
    if "percentiles" in asked:
        asked["percentiles"] = {**asked["percentiles"], "tdigest": {"compression": COMPRESSION}}
    if below := _below(request):
        asked["aggs"] = {name: _aggregation(each, fields) for name, each in below.items()}
    return asked


def _results(requests: Mapping[str, object], alias: str, found: Mapping[str, object]) -> dict[str, object]:
    return {name: _result(request, alias, found[name]) for name, request in requests.items()}


def _result(request: Mapping[str, object], alias: str, found: Mapping[str, object]) -> dict[str, object]:
    if "top_hits" in request:
        return {"hits": _hits(request["top_hits"], alias, found["hits"])}
    given, below = dict(found), _below(request)
    if not below:
        return given
    if "filter" in request:
        return given | _results(below, alias, given)
    buckets = given["buckets"]
    if isinstance(buckets, Mapping):
        return given | {"buckets": {key: each | _results(below, alias, each) for key, each in buckets.items()}}
    return given | {"buckets": [each | _results(below, alias, each) for each in buckets]}


def _below(request: Mapping[str, object]) -> Mapping[str, object]:
    return request.get("aggs", request.get("aggregations", {}))


def _missing(name: str, direction: str, fields: Fields) -> object:
    return (_DOUBLES if fields[name].type == "double" else _LONGS)[direction]
