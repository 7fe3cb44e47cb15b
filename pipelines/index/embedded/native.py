"""Aggregations that tantivy answers in one pass: buckets of terms, dates and numbers, and the plain metrics, nested.

tantivy counts exactly when it is asked for all buckets of every segment; ordering, cutting, filling gaps and
Elasticsearch's shape are the work of `shapes.py`.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

import tantivy
from tantivy import Query

from pipelines.index.checks import TooManyBuckets
from pipelines.index.embedded import calendar
from pipelines.index.embedded.nodes import MOST_BUCKETS, Bucket, Node, Result
from pipelines.index.embedded.schema import digest_name
from pipelines.index.embedded.shapes import Shaper, Steps, interval_of
from pipelines.index.embedded.transposing import FEW_TERMS, MANY_STEPS, candidates, turn_back, turned_name
from pipelines.index.mapping import Field
from pipelines.index.moments import read_zone

_OF_EVERY_SEGMENT = 2**31 - 1
_VALUES = ">values"  # no aggregation's name holds this sign


@dataclass(frozen=True, slots=True)
class _Plan:
    """How a tree is asked for.

    steps  the intervals of its date_histograms
    room   how many more terms than wanted are asked for, so that those tied with the last one are seen
    few    fields of few terms, which are turned out of many intervals
    """

    steps: Mapping[str, Steps]
    room: int
    few: frozenset[str]

    def turned(self, node: Node) -> dict[str, Node]:
        """What of a node is asked for the other way round."""
        if node.kind != "date_histogram" or len(self.steps[interval_of(node)].starts) <= MANY_STEPS:
            return {}
        return {key: sub for key, sub in node.below.items() if sub.kind == "terms" and sub.field in self.few}


class NativeAggregator:
    """Answers native aggregations out of one snapshot of one index."""

    def __init__(self, searcher: tantivy.Searcher, fields: Mapping[str, Field]) -> None:
        self._searcher = searcher
        self._fields = fields

    def answer(self, nodes: Mapping[str, Node], query: Query) -> Result:
        """Results of native nodes in Elasticsearch's shape. Raises TooManyBuckets."""
        if not nodes:
            return {}
        steps = self._all_steps(nodes, query)
        plan = _Plan(steps, 100, self._few(nodes, steps, query))
        shaper = Shaper(self._fields, steps, self._of_nothing)
        while True:
            found = self._aggregate(query, self._ask_all(nodes, plan))
            if plan.few:
                turn_back(nodes, found)
            if all(self._settled(node, found[name], plan.room) for name, node in nodes.items()):
                return shaper.shape(nodes, found)
            plan = replace(plan, room=plan.room * 16)

    def _few(self, nodes: Mapping[str, Node], steps: Mapping[str, Steps], query: Query) -> frozenset[str]:
        """Fields of few terms that stand below many intervals."""
        below = {sub.field for node, sub in candidates(nodes) if len(steps[interval_of(node)].starts) > MANY_STEPS}
        request = {name: {"terms": _every_term(name) | {"size": FEW_TERMS}} for name in below}
        found = self._aggregate(query, request) if request else {}
        return frozenset(name for name, terms in found.items() if not terms["sum_other_doc_count"])

    def _of_nothing(self, nodes: Mapping[str, Node]) -> Result:
        return self.answer(nodes, Query.empty_query())

    def _aggregate(self, query: Query, request: Mapping[str, object]) -> Result:
        try:
            return self._searcher.aggregate(query, request)
        except ValueError as error:
            if "bucket limit" in str(error):
                raise TooManyBuckets(f"more than {MOST_BUCKETS} buckets in one answer") from error
            raise

    def _all_steps(self, nodes: Mapping[str, Node], query: Query) -> dict[str, Steps]:
        histograms = [node for node in _walk(nodes) if node.kind == "date_histogram"]
        dates = {node.field for node in histograms}
        found = self._aggregate(query, {name: {"stats": {"field": name}} for name in dates}) if dates else {}
        reach = {name: (found[name]["min"], found[name]["max"]) for name in dates}
        return {interval_of(node): _steps(node, *reach[node.field]) for node in histograms}

    def _ask_all(self, nodes: Mapping[str, Node], plan: _Plan) -> dict[str, object]:
        """The request tantivy gets. Distinct values are all values, less the further ones of each repeated value."""
        request = {}
        for name, node in nodes.items():
            turned = plan.turned(node)
            request[name] = self._ask(
                replace(node, below={k: v for k, v in node.below.items() if k not in turned}), plan
            )
            for key, sub in turned.items():
                inside = {name: self._ask(replace(node, below=sub.below), plan)}
                request[turned_name(name, key)] = {"terms": _every_term(sub.field), "aggs": inside}
            if node.kind == "cardinality":
                request[f"{name}{_VALUES}"] = {"value_count": {"field": digest_name(node.field)}}
        return request

    def _ask(self, node: Node, plan: _Plan) -> dict[str, object]:
        kind, body = node.kind, {"field": node.field}
        if kind == "terms":
            body |= self._ask_terms(node, plan.room)
        elif kind == "estimate":
            kind, body = "cardinality", {"field": digest_name(node.field)}
        elif kind == "cardinality" and node.field != "id":  # no id repeats
            kind, body = "terms", _every_term(digest_name(node.field)) | {"min_doc_count": 2}
        elif kind == "cardinality":
            kind = "value_count"
        elif kind == "date_histogram":
            kind, body = _ask_steps(node.field, plan.steps[interval_of(node)])
        elif kind == "histogram":
            body |= {"interval": node.options["interval"], "offset": node.options.get("offset", 0), "min_doc_count": 1}
        elif kind == "range":
            body["ranges"] = [self._ask_range(node, place) for place in range(len(node.options["ranges"]))]
        below = self._ask_all(node.below, plan)
        return {kind: body, "aggs": below} if below else {kind: body}

    def _ask_terms(self, node: Node, room: int) -> dict[str, object]:
        if node.keys is not None:
            chosen = node.keys and self._fields[node.field].type == "keyword"
            return _every_term(node.field) | ({"include": list(node.keys)} if chosen else {})
        key, downwards = node.order
        order = {"order": {key: "desc" if downwards else "asc"}} if key in ("_count", "_key") else {}
        return _every_term(node.field) | {"size": _asked(node, room)} | order

    def _ask_range(self, node: Node, place: int) -> dict[str, object]:
        # tantivy cuts the ends of whole numbers to whole numbers; for those the next one up means the same.
        end = math.ceil if self._fields[node.field].type == "integer" else float
        part = node.options["ranges"][place]
        return {"key": str(place)} | {name: end(part[name]) for name in ("from", "to") if name in part}

    def _settled(self, node: Node, found: Result, room: int) -> bool:
        """No term that was left out can belong to the answer. Raises TooManyBuckets when no more can be asked for."""
        if not node.below and node.kind != "terms":
            return True
        if node.kind == "terms" and found["sum_other_doc_count"] and not _complete(node, found["buckets"]):
            if _asked(node, room) == MOST_BUCKETS:
                raise TooManyBuckets(f"more than {MOST_BUCKETS} terms of {node.field}")
            return False
        return all(
            self._settled(sub, bucket[key], room) for bucket in found["buckets"] for key, sub in node.below.items()
        )


def _walk(nodes: Mapping[str, Node]) -> Iterator[Node]:
    for node in nodes.values():
        yield node
        yield from _walk(node.below)


def _steps(node: Node, first: float | None, last: float | None) -> Steps:
    if first is None or last is None:
        return Steps((), (calendar.DAY, 0))
    return _steps_between(int(first), int(last), node.options["calendar_interval"], node.options.get("time_zone"))


@lru_cache(maxsize=256)
def _steps_between(first: int, last: int, interval: str, zone_name: str | None) -> Steps:
    zone = read_zone(zone_name)
    even = calendar.even_steps(first, last, interval, zone)
    if even:
        return Steps(range(calendar.floor(first, interval, zone), last + 1, even[0]), even)
    return Steps(tuple(calendar.starts(first, last, interval, zone)), None)


def _ask_steps(name: str, steps: Steps) -> tuple[str, dict[str, object]]:
    if steps.even:
        length, offset = steps.even
        return "histogram", {"field": name, "interval": length, "offset": offset, "min_doc_count": 1}
    ranges = [{"from": start, "to": end} for start, end in pairwise(steps.starts)]
    return "range", {"field": name, "ranges": [*ranges, {"from": steps.starts[-1]}]}


def _every_term(name: str) -> dict[str, object]:
    return {"field": name, "size": MOST_BUCKETS, "segment_size": _OF_EVERY_SEGMENT}


def _asked(node: Node, room: int) -> int:
    """How many terms tantivy is asked for: all of them where it cannot order them itself."""
    if node.keys is not None or node.order[0] not in ("_count", "_key"):
        return MOST_BUCKETS
    return min(node.room + room, MOST_BUCKETS)


def _complete(node: Node, buckets: Sequence[Bucket]) -> bool:
    """Whether these terms, the first of all in the node's order, hold all that are wanted."""
    if node.keys is not None:
        return False
    key, downwards = node.order
    wanted = [bucket["doc_count"] for bucket in buckets if bucket["doc_count"] >= node.least][: node.size]
    if key == "_count" and downwards:
        # The rest is as frequent as the last one here at most: tied with the last wanted one, or too rare.
        last = buckets[-1]["doc_count"]
        return last < node.least or (len(wanted) == node.size and last < wanted[-1])
    if key == "_count":
        return len(wanted) == node.size and buckets[-1]["doc_count"] > wanted[-1]
    return key == "_key" and len(wanted) == node.size
