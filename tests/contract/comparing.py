"""Compare two answers to one body: what must be alike to the last bit, and what only within a stated tolerance."""

import math
from collections.abc import Iterator, Mapping

from pipelines.index import Answer, Body

EXACT = 1e-9
"""Relative and absolute: sums may be added up in another order."""
CARDINALITY = 0.05
"""Relative; one more or less is allowed always. Elasticsearch estimates."""
PERCENT = 1
"""Of more than EXACT_PERCENTILES values a percentile lies between those so many percents lower and higher."""
EXACT_PERCENTILES = 10_000
OWN = {"_score", "max_score", "doc_count_error_upper_bound"}
"""What is each engine's own; what scores are for, the order of hits, is compared."""


def with_neighbours(body: Body) -> Body:
    """The body with each percentile asked for together with those that stand as its limits."""
    if not isinstance(body, Mapping):
        return [with_neighbours(part) for part in body] if isinstance(body, list) else body
    widened = {key: with_neighbours(value) for key, value in body.items()}
    if isinstance(options := widened.get("percentiles"), Mapping) and "field" in options:
        near = {max(0, min(100, percent + by)) for percent in percents(options) for by in (-PERCENT, 0, PERCENT)}
        widened["percentiles"] = {**options, "percents": sorted(near)}
    return widened


def percents(options: Mapping[str, object]) -> list[float]:
    """Those that a `percentiles` aggregation asks for."""
    return options.get("percents", [1, 5, 25, 50, 75, 95, 99])


def differences(body: Body, exact: Answer, other: Answer) -> list[str]:
    """Where two answers differ: one line each, path and both values; none where they are alike.

    `exact` answers `with_neighbours(body)` and estimates nothing, `other` answers the body.
    """
    request = body.get("aggs", body.get("aggregations", {}))
    results = exact.get("aggregations", {}), other.get("aggregations", {})
    return [
        *unlike(exact["hits"], other["hits"], "hits"),
        *_unlike_aggregations(request, *results, exact["hits"]["total"]["value"], "aggs"),
    ]


def _unlike_aggregations(request: Mapping, one: Mapping, other: Mapping, count: int, path: str) -> Iterator[str]:
    for name, body in request.items():
        if name in one and name in other:
            yield from _unlike_aggregation(body, one[name], other[name], count, f"{path}.{name}")
        else:
            yield f"{path}.{name}: {one.get(name, 'absent')} ≠ {other.get(name, 'absent')}"


def _unlike_aggregation(body: Mapping, one: Mapping, other: Mapping, count: int, path: str) -> Iterator[str]:
    """`count` is the number of documents that were looked at."""
    below = body.get("aggs", body.get("aggregations", {}))
    if "cardinality" in body:
        if abs(one["value"] - other["value"]) > max(1, one["value"] * CARDINALITY):
            yield f"{path}: {one['value']} ≠ {other['value']}"
    elif "percentiles" in body:
        yield from _unlike_percentiles(body["percentiles"], one["values"], other["values"], count, path)
    elif "buckets" in one and "buckets" in other:
        yield from unlike(_without(one, ["buckets"]), _without(other, ["buckets"]), path)
        left, right = _named(one["buckets"]), _named(other["buckets"])
        if left.keys() != right.keys():
            yield f"{path}: {len(left)} ≠ {len(right)} buckets"
        for name in left.keys() & right.keys():
            yield from _unlike_bucket(below, left[name], right[name], f"{path}[{name}]")
    elif "doc_count" in one and "doc_count" in other:
        yield from _unlike_bucket(below, one, other, path)
    else:
        yield from unlike(one, other, path)


def _unlike_bucket(below: Mapping, one: Mapping, other: Mapping, path: str) -> Iterator[str]:
    yield from unlike(_without(one, below), _without(other, below), path)
    yield from _unlike_aggregations(below, one, other, one["doc_count"], path)


def _named(buckets: list | Mapping) -> Mapping:
    return buckets if isinstance(buckets, Mapping) else dict(enumerate(buckets))


def _unlike_percentiles(options: Mapping, one: Mapping, other: Mapping, count: int, path: str) -> Iterator[str]:
    if other.keys() != {str(float(percent)) for percent in percents(options)}:
        yield f"{path}: other percents, {list(other)}"
        return
    for percent in percents(options):
        found, exact = other[str(float(percent))], one[str(float(percent))]
        low, high = (one[str(float(max(0, min(100, percent + by))))] for by in (-PERCENT, PERCENT))
        near = count > EXACT_PERCENTILES and None not in (low, found, high) and low - EXACT <= found <= high + EXACT
        if not near and not _same(exact, found):
            yield f"{path}, {percent} %: {exact} ≠ {found}"


def _without(part: Mapping, names: object) -> dict[str, object]:
    return {key: value for key, value in part.items() if key not in names}


def unlike(one: object, other: object, path: str) -> Iterator[str]:
    """Where two parts of answers differ, in JSON's terms: 1 and 1.0 are one number, true is none."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        for key in sorted({*one, *other} - OWN):
            if key in one and key in other:
                yield from unlike(one[key], other[key], f"{path}.{key}")
            else:
                yield f"{path}.{key}: {one.get(key, 'absent')} ≠ {other.get(key, 'absent')}"
    elif isinstance(one, list) and isinstance(other, list):
        if len(one) != len(other):
            yield f"{path}: {len(one)} ≠ {len(other)} of them"
        for place, (left, right) in enumerate(zip(one, other, strict=False)):
            yield from unlike(left, right, f"{path}[{place}]")
    elif not _same(one, other):
        yield f"{path}: {one!r} ≠ {other!r}"


def _same(one: object, other: object) -> bool:
    if _is_number(one) and _is_number(other):
        return math.isclose(one, other, rel_tol=EXACT, abs_tol=EXACT)
    return type(one) is type(other) and one == other


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
