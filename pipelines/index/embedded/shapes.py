"""tantivy's buckets and numbers in Elasticsearch's shape: ordered, cut, gaps filled, named."""

import math
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from functools import lru_cache

from pipelines.index.checks import TooManyBuckets
from pipelines.index.embedded.nodes import MOST_BUCKETS, Bucket, Node, Result
from pipelines.index.mapping import Field
from pipelines.index.moments import local, read_zone, written

_RANK_OF_NOTHING = {"min": float("inf"), "max": float("-inf")}  # how Elasticsearch ranks a bucket without values
_STATS = ("count", "min", "max", "avg", "sum")


@dataclass(frozen=True, slots=True)
class Steps:
    """Starts of a date_histogram's intervals from the first to the last document; (length, offset) when even."""

    starts: Sequence[int]
    even: tuple[int, int] | None


class Shaper:
    """Shapes the result of one pass. `of_nothing` answers nodes for no documents at all."""

    def __init__(
        self,
        fields: Mapping[str, Field],
        steps: Mapping[str, Steps],
        of_nothing: Callable[[Mapping[str, Node]], Result],
    ) -> None:
        self._fields = fields
        self._steps = steps
        self._of_nothing = of_nothing

    def shape(self, nodes: Mapping[str, Node], found: Result) -> Result:
        """The results of all nodes. Raises TooManyBuckets."""
        return {name: self._one(name, node, found) for name, node in nodes.items()}

    def _one(self, name: str, node: Node, found: Result) -> Result:
        result = found[name]
        if node.kind == "terms":
            return self._terms(node, result)
        if node.kind == "date_histogram":
            return self._date_histogram(node, result)
        if node.kind == "histogram":
            return self._histogram(node, result)
        if node.kind == "range":
            return self._range(node, result)
        if node.kind == "cardinality":
            further = sum(bucket["doc_count"] - 1 for bucket in result.get("buckets", ()))
            return {"value": int(found[f"{name}>values"]["value"]) - further}
        return self._metric(node, result)

    def _metric(self, node: Node, found: Result) -> Result:
        if node.kind == "stats":
            return {key: found[key] for key in _STATS}
        if node.kind == "extended_stats":
            return _extended(found)
        value = found["value"]
        if node.kind in ("value_count", "estimate"):
            return {"value": round(value)}
        if value is not None and self._fields[node.field].type == "date":
            return {"value": value, "value_as_string": written(int(value))}
        return {"value": value}

    def _terms(self, node: Node, found: Result) -> Result:
        shaped = [
            {key: bucket[key] for key in ("key", "key_as_string", "doc_count") if key in bucket}
            | self.shape(node.below, bucket)
            for bucket in found["buckets"]
        ]
        if node.keys is not None:
            return {"buckets": shaped}
        everything = found["sum_other_doc_count"] + sum(bucket["doc_count"] for bucket in shaped)
        first = _in_order(node, shaped)[: node.room]
        frequent = [bucket for bucket in first if bucket["doc_count"] >= node.least]
        seen, kept = (sum(bucket["doc_count"] for bucket in part) for part in (first, frequent[: node.size]))
        return {
            "doc_count_error_upper_bound": 0,
            # As Elasticsearch counts: what is too rare is left out of it, but only as far as it looks.
            "sum_other_doc_count": everything - seen + sum(bucket["doc_count"] for bucket in frequent) - kept,
            "buckets": frequent[: node.size],
        }

    def _range(self, node: Node, found: Result) -> Result:
        counted = {bucket["key"]: bucket for bucket in found["buckets"]}
        return {
            "buckets": [
                {"key": part["key"]}
                | {end: float(part[end]) for end in ("from", "to") if end in part}
                | {"doc_count": counted[str(place)]["doc_count"]}
                | self.shape(node.below, counted[str(place)])
                for place, part in enumerate(node.options["ranges"])
            ]
        }

    def _histogram(self, node: Node, found: Result) -> Result:
        by_key = {
            bucket["key"]: {"doc_count": bucket["doc_count"]} | self.shape(node.below, bucket)
            for bucket in found["buckets"]
            if bucket["doc_count"]
        }
        if by_key and not node.least:
            interval, offset = node.options["interval"], node.options.get("offset", 0)
            first, last = (round((key - offset) / interval) for key in (min(by_key), max(by_key)))
            by_key = self._without_gaps(node, by_key, [step * interval + offset for step in _steps(first, last)])
        return {
            "buckets": [
                {"key": float(key), **bucket} for key, bucket in by_key.items() if bucket["doc_count"] >= node.least
            ]
        }

    def _date_histogram(self, node: Node, found: Result) -> Result:
        steps = self._steps[interval_of(node)]
        by_start: dict[int, Bucket] = {}
        for bucket in found["buckets"]:
            start = bucket.get("from") if steps.even is None else bucket["key"]
            if bucket["doc_count"] and start is not None:
                by_start[int(start)] = {"doc_count": bucket["doc_count"]} | self.shape(node.below, bucket)
        if by_start and not node.least:
            first, last = (bisect_left(steps.starts, start) for start in (min(by_start), max(by_start)))
            by_start = self._without_gaps(node, by_start, [steps.starts[step] for step in _steps(first, last)])
        return {
            "buckets": [
                {"key_as_string": moment_text(node.options, start), "key": start, **bucket}
                for start, bucket in by_start.items()
                if bucket["doc_count"] >= node.least
            ]
        }

    def _without_gaps(self, node: Node, by_key: Mapping[float, Bucket], keys: Sequence[float]) -> dict[float, Bucket]:
        """Empty buckets put between the first and last of these, as Elasticsearch does."""
        nothing = {"doc_count": 0} | self._of_nothing(node.below)
        return {key: by_key.get(key) or deepcopy(nothing) for key in keys}


def interval_of(node: Node) -> str:
    """What decides a date_histogram's intervals."""
    return " ".join(str(node.options.get(key)) for key in ("field", "calendar_interval", "time_zone"))


def moment_text(options: Mapping[str, object], start: int) -> str:
    """The start of an interval as the `format` of a date_histogram writes it."""
    return _text(start, options.get("time_zone"), "format" in options)


@lru_cache(maxsize=16_384)  # the same days come up below every other bucket, and in the next question
def _text(start: int, zone_name: str | None, as_day: bool) -> str:
    zone = read_zone(zone_name)
    return local(start, zone).date().isoformat() if as_day else written(start, zone)


def _steps(first: int, last: int) -> Iterator[int]:
    if last - first >= MOST_BUCKETS:
        raise TooManyBuckets(f"more than {MOST_BUCKETS} intervals in one answer")
    return iter(range(first, last + 1))


def _extended(found: Result) -> Result:
    """`extended_stats` from its sums, as Elasticsearch works it out; one value has no sampling variance ("NaN")."""
    count, total, squares = found["count"], found["sum"], found["sum_of_squares"]
    result: Result = {key: found[key] for key in _STATS} | {"sum_of_squares": squares if count else None}
    scatter = max(squares - total * total / count, 0.0) if count else 0.0
    kinds = {"": count, "_population": count, "_sampling": count - 1}
    variances = {kind: _ratio(scatter, share) if count else None for kind, share in kinds.items()}
    deviations = {kind: _root(variance) for kind, variance in variances.items()}
    result |= {f"variance{kind}": variance for kind, variance in variances.items()}
    result |= {f"std_deviation{kind}": deviation for kind, deviation in deviations.items()}
    result["std_deviation_bounds"] = {
        f"{side}{kind}": deviation if deviation in (None, "NaN") else found["avg"] + sign * 2 * deviation
        for kind, deviation in deviations.items()
        for side, sign in (("upper", 1), ("lower", -1))
    }
    return result


def _ratio(scatter: float, share: int) -> float | str:
    return scatter / share if share else "NaN"


def _root(variance: float | str | None) -> float | str | None:
    return math.sqrt(variance) if isinstance(variance, float) else variance


def _in_order(node: Node, buckets: list[Bucket]) -> list[Bucket]:
    """Terms as Elasticsearch orders them: equal ones by key, those without a value last."""
    key, downwards = node.order
    buckets.sort(key=lambda bucket: bucket["key"], reverse=key == "_key" and downwards)
    if key == "_key":
        return buckets
    if key == "_count":
        return sorted(buckets, key=lambda bucket: -bucket["doc_count"] if downwards else bucket["doc_count"])
    if key not in node.below:
        raise TooManyBuckets(f"terms of {node.field} cannot be ordered by so many values")
    ranks = [(bucket, _rank(node.below[key].kind, bucket[key]["value"])) for bucket in buckets]
    known = [(bucket, rank) for bucket, rank in ranks if rank is not None]
    known.sort(key=lambda pair: -pair[1] if downwards else pair[1])
    return [bucket for bucket, _ in known] + [bucket for bucket, rank in ranks if rank is None]


def _rank(kind: str, value: float | None) -> float | None:
    return _RANK_OF_NOTHING.get(kind) if value is None else value
