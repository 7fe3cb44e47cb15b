"""Aggregations that tantivy answers in one pass: `terms`, `date_histogram` and the plain metrics, nested as one likes.

tantivy counts exactly when it is asked for all buckets of every segment; ordering, cutting, filling gaps and
Elasticsearch's shape are done here.
"""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass

import tantivy
from tantivy import Query

from pipelines.index.embedded import calendar
from pipelines.index.mapping import Field
from pipelines.index.moments import local, read_zone, written

Result = dict[str, object]
Bucket = dict[str, object]

MOST_BUCKETS = 65_000  # tantivy's limit on one answer; Elasticsearch's `search.max_buckets` is as large
METRICS = frozenset({"avg", "sum", "min", "max", "value_count", "cardinality"})
_OF_EVERY_SEGMENT = 2**31 - 1
_RANK_OF_NOTHING = {"min": float("inf"), "max": float("-inf")}  # how Elasticsearch ranks a bucket without values


class TooManyBuckets(ValueError):
    """More buckets than one answer may have; Elasticsearch refuses too (`too_many_buckets_exception`)."""


@dataclass(frozen=True, slots=True)
class Node:
    """One aggregation: its kind, its parameters, its sub-aggregations; `apart` when it must not share the one pass."""

    kind: str
    options: Mapping[str, object]
    below: Mapping[str, "Node"]
    apart: bool = False

    @property
    def native(self) -> bool:
        """tantivy can answer it, with all that is below it."""
        if self.kind in ("terms", "date_histogram"):
            return all(node.native for node in self.below.values())
        return self.kind in METRICS and not self.apart

    @property
    def order(self) -> tuple[str, bool]:
        """What `terms` are ordered by (`_count`, `_key` or the name of a metric), and whether downwards."""
        ((key, direction),) = self.options.get("order", {"_count": "desc"}).items()
        return key, direction == "desc"

    @property
    def size(self) -> int:
        """How many `terms` are wanted."""
        return self.options.get("size", 10)

    @property
    def least(self) -> int:
        """`min_doc_count`."""
        return self.options.get("min_doc_count", 1 if self.kind == "terms" else 0)


@dataclass(frozen=True, slots=True)
class _Steps:
    """Starts of a date_histogram's intervals from the first to the last document; (length, offset) when even."""

    starts: Sequence[int]
    even: tuple[int, int] | None


class NativeAggregator:
    """Answers native aggregations out of one snapshot of one index."""

    def __init__(self, searcher: tantivy.Searcher, fields: Mapping[str, Field]) -> None:
        self._searcher = searcher
        self._fields = fields

    def answer(self, nodes: Mapping[str, Node], query: Query) -> Result:
        """Results by name, in Elasticsearch's shape. Raises TooManyBuckets."""
        if not nodes:
            return {}
        steps = self._all_steps(nodes, query)
        room = 100  # more terms than wanted are asked for, so that those tied with the last one are seen
        while True:
            found = self._aggregate(query, {name: self._ask(node, steps, room) for name, node in nodes.items()})
            if all(self._settled(node, found[name], room) for name, node in nodes.items()):
                return {name: self._shape(node, found[name], steps) for name, node in nodes.items()}
            room *= 16

    def _aggregate(self, query: Query, request: Mapping[str, object]) -> Result:
        try:
            return self._searcher.aggregate(query, request)
        except ValueError as error:
            if "bucket limit" in str(error):
                raise TooManyBuckets(f"more than {MOST_BUCKETS} buckets in one answer") from error
            raise

    def _all_steps(self, nodes: Mapping[str, Node], query: Query) -> dict[str, _Steps]:
        histograms = [node for node in _walk(nodes) if node.kind == "date_histogram"]
        dates = {node.options["field"] for node in histograms}
        ends = {(end, name): {end: {"field": name}} for name in dates for end in ("min", "max")}
        found = self._aggregate(query, {f"{end} {name}": body for (end, name), body in ends.items()}) if dates else {}
        reach = {name: (found[f"min {name}"]["value"], found[f"max {name}"]["value"]) for name in dates}
        return {_identity(node): _steps(node, *reach[node.options["field"]]) for node in histograms}

    def _ask(self, node: Node, steps: Mapping[str, _Steps], room: int) -> dict[str, object]:
        """The request tantivy gets for one node."""
        name = node.options["field"]
        if node.kind == "terms":
            kind, body = "terms", {"field": name, "size": _asked(node, room), "segment_size": _OF_EVERY_SEGMENT}
            key, downwards = node.order
            if key in ("_count", "_key"):
                body["order"] = {key: "desc" if downwards else "asc"}
        elif node.kind == "cardinality":
            kind, body = "terms", {"field": name, "size": MOST_BUCKETS, "segment_size": _OF_EVERY_SEGMENT}
        elif node.kind == "date_histogram":
            kind, body = _ask_steps(name, steps[_identity(node)])
        else:
            kind, body = node.kind, {"field": name}
        below = {key: self._ask(sub, steps, room) for key, sub in node.below.items()}
        return {kind: body, "aggs": below} if below else {kind: body}

    def _settled(self, node: Node, found: Result, room: int) -> bool:
        """No term that was left out can belong to the answer. Raises TooManyBuckets when no more can be asked for."""
        if node.kind not in ("terms", "date_histogram"):
            return True
        if node.kind == "terms" and found["sum_other_doc_count"] and not _complete(node, found["buckets"]):
            if _asked(node, room) == MOST_BUCKETS:
                raise TooManyBuckets(f"more than {MOST_BUCKETS} terms of {node.options['field']}")
            return False
        return all(
            self._settled(sub, bucket[key], room) for bucket in found["buckets"] for key, sub in node.below.items()
        )

    def _shape(self, node: Node, found: Result, steps: Mapping[str, _Steps]) -> Result:
        """tantivy's result in Elasticsearch's shape."""
        if node.kind == "terms":
            return self._shape_terms(node, found, steps)
        if node.kind == "date_histogram":
            return self._shape_histogram(node, found, steps)
        if node.kind == "cardinality":
            if found["sum_other_doc_count"]:
                raise TooManyBuckets(f"more than {MOST_BUCKETS} values of {node.options['field']}")
            return {"value": len(found["buckets"])}
        value = found["value"]
        if node.kind == "value_count":
            return {"value": int(value)}
        if value is not None and self._fields[node.options["field"]].type == "date":
            return {"value": value, "value_as_string": written(int(value))}
        return {"value": value}

    def _below(self, node: Node, bucket: Bucket, steps: Mapping[str, _Steps]) -> Result:
        return {key: self._shape(sub, bucket[key], steps) for key, sub in node.below.items()}

    def _shape_terms(self, node: Node, found: Result, steps: Mapping[str, _Steps]) -> Result:
        shaped = [
            {key: bucket[key] for key in ("key", "key_as_string", "doc_count") if key in bucket}
            | self._below(node, bucket, steps)
            for bucket in found["buckets"]
        ]
        everything = found["sum_other_doc_count"] + sum(bucket["doc_count"] for bucket in shaped)
        kept = _in_order(node, [bucket for bucket in shaped if bucket["doc_count"] >= node.least])[: node.size]
        return {
            "doc_count_error_upper_bound": 0,
            "sum_other_doc_count": everything - sum(bucket["doc_count"] for bucket in kept),
            "buckets": kept,
        }

    def _shape_histogram(self, node: Node, found: Result, steps: Mapping[str, _Steps]) -> Result:
        by_start: dict[int, Bucket] = {}
        for bucket in found["buckets"]:
            start = bucket.get("from") if steps[_identity(node)].even is None else bucket["key"]
            if bucket["doc_count"] and start is not None:
                by_start[int(start)] = {"doc_count": bucket["doc_count"], **self._below(node, bucket, steps)}
        if by_start and not node.least:
            by_start = self._without_gaps(node, by_start, steps[_identity(node)])
        return {
            "buckets": [
                {"key_as_string": _key_text(node, start), "key": start, **bucket}
                for start, bucket in by_start.items()
                if bucket["doc_count"] >= node.least
            ]
        }

    def _without_gaps(self, node: Node, by_start: Mapping[int, Bucket], steps: _Steps) -> dict[int, Bucket]:
        """Empty buckets put between the first and last of these, as Elasticsearch does."""
        first, last = (bisect_left(steps.starts, start) for start in (min(by_start), max(by_start)))
        if last - first >= MOST_BUCKETS:
            raise TooManyBuckets(f"more than {MOST_BUCKETS} intervals of {node.options['field']}")
        nothing = {"doc_count": 0, **self.answer(node.below, Query.empty_query())}
        return {start: by_start.get(start) or deepcopy(nothing) for start in steps.starts[first : last + 1]}


def _walk(nodes: Mapping[str, Node]) -> Iterator[Node]:
    for node in nodes.values():
        yield node
        yield from _walk(node.below)


def _identity(node: Node) -> str:
    """What decides a histogram's intervals."""
    return " ".join(str(node.options.get(key)) for key in ("field", "calendar_interval", "time_zone"))


def _steps(node: Node, first: float | None, last: float | None) -> _Steps:
    if first is None or last is None:
        return _Steps((), (calendar.DAY, 0))
    interval, zone = node.options["calendar_interval"], read_zone(node.options.get("time_zone"))
    even = calendar.even_steps(int(first), int(last), interval, zone)
    if even:
        return _Steps(range(calendar.floor(int(first), interval, zone), int(last) + 1, even[0]), even)
    return _Steps(tuple(calendar.starts(int(first), int(last), interval, zone)), None)


def _ask_steps(name: str, steps: _Steps) -> tuple[str, dict[str, object]]:
    if steps.even:
        length, offset = steps.even
        return "histogram", {"field": name, "interval": length, "offset": offset, "min_doc_count": 1}
    ends = (*steps.starts[1:], None)
    ranges = [{"from": start} | ({"to": end} if end else {}) for start, end in zip(steps.starts, ends, strict=True)]
    return "range", {"field": name, "ranges": ranges}


def _asked(node: Node, room: int) -> int:
    """How many terms tantivy is asked for: all of them where it cannot order them itself."""
    return min(node.size + room, MOST_BUCKETS) if node.order[0] in ("_count", "_key") else MOST_BUCKETS


def _complete(node: Node, buckets: Sequence[Bucket]) -> bool:
    """Whether these terms, the first of all in the node's order, hold all that are wanted."""
    key, downwards = node.order
    wanted = [bucket["doc_count"] for bucket in buckets if bucket["doc_count"] >= node.least][: node.size]
    if key == "_count" and downwards:
        # The rest is as frequent as the last one here at most: tied with the last wanted one, or too rare.
        last = buckets[-1]["doc_count"]
        return last < node.least or (len(wanted) == node.size and last < wanted[-1])
    if key == "_count":
        return len(wanted) == node.size and buckets[-1]["doc_count"] > wanted[-1]
    return key == "_key" and len(wanted) == node.size


def _in_order(node: Node, buckets: list[Bucket]) -> list[Bucket]:
    """Terms as Elasticsearch orders them: equal ones by key, those without a value last."""
    key, downwards = node.order
    buckets.sort(key=lambda bucket: bucket["key"], reverse=key == "_key" and downwards)
    if key == "_key":
        return buckets
    if key == "_count":
        return sorted(buckets, key=lambda bucket: -bucket["doc_count"] if downwards else bucket["doc_count"])
    if key not in node.below:
        raise TooManyBuckets(f"terms of {node.options['field']} cannot be ordered by so many values")
    ranks = [(bucket, _rank(node.below[key].kind, bucket[key]["value"])) for bucket in buckets]
    known = [(bucket, rank) for bucket, rank in ranks if rank is not None]
    known.sort(key=lambda pair: -pair[1] if downwards else pair[1])
    return [bucket for bucket, _ in known] + [bucket for bucket, rank in ranks if rank is None]


def _rank(kind: str, value: float | None) -> float | None:
    return _RANK_OF_NOTHING.get(kind) if value is None else value


def _key_text(node: Node, start: int) -> str:
    zone = read_zone(node.options.get("time_zone"))
    return local(start, zone).date().isoformat() if "format" in node.options else written(start, zone)
