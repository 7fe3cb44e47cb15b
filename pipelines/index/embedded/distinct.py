"""Counts of distinct values where there are too many repeated ones to be seen in one answer."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import tantivy
from tantivy import FieldType, Query

from pipelines.index.embedded.native import NativeAggregator
from pipelines.index.embedded.nodes import Bucket, Node, Path, Result, TooManyBuckets, buckets_at, pairs, skeleton
from pipelines.index.embedded.query import QueryBuilder, both
from pipelines.index.embedded.schema import DIGESTED, digest_name

_PARTS = 4


class DistinctCounter:
    """Counts the values a part of them at a time: what is in one part is in no other, so the counts add up."""

    def __init__(self, searcher: tantivy.Searcher, queries: QueryBuilder, native: NativeAggregator) -> None:
        self._searcher = searcher
        self._queries = queries
        self._native = native

    def counts(self, result: Result, path: Path, node: Node, query: Query) -> Iterator[tuple[Bucket, int]]:
        """Every bucket at the end of a path, and how many values its documents have."""
        buckets = buckets_at(result, path)
        counted = dict.fromkeys(map(id, buckets), 0)
        if buckets:
            tree = skeleton(result, path, {"": Node("cardinality", node.options)})
            first, last = self._reach(node.field, query)
            for within in self._parts(node.field, query, first, last):
                self._add(within, tree, result, path, node.field, counted)
        for bucket in buckets:
            yield bucket, counted[id(bucket)]

    def _add(
        self, part: "_Part", tree: Mapping[str, Node], result: Result, path: Path, name: str, counted: dict[int, int]
    ) -> None:
        try:
            found = self._native.answer(tree, part.query)
        except TooManyBuckets:
            if part.last - part.first < _PARTS:
                raise
            for smaller in self._parts(name, part.query, part.first, part.last):
                self._add(smaller, tree, result, path, name, counted)
            return
        for bucket, same in pairs(result, found, path):
            counted[id(bucket)] += same[""]["value"] if same else 0

    def _reach(self, name: str, query: Query) -> tuple[int, int]:
        """The least and the greatest value a field can have."""
        if name in DIGESTED:
            return 0, 2**64 - 1
        ends = self._native.answer({end: Node(end, {"field": name}) for end in ("min", "max")}, query)
        return int(ends["min"]["value"] or 0), int(ends["max"]["value"] or 0)

    def _parts(self, name: str, query: Query, first: int, last: int) -> Iterator["_Part"]:
        """The documents divided by their value."""
        length = (last - first) // _PARTS + 1
        for start in range(first, last + 1, length):
            end = min(start + length - 1, last)
            value = Query.range_query(
                self._queries.schema, digest_name(name), _type(name), lower_bound=start, upper_bound=end
            )
            yield _Part(both(query, value), start, end)


@dataclass(frozen=True, slots=True)
class _Part:
    """Documents whose value lies from `first` to `last`."""

    query: Query
    first: int
    last: int


def _type(name: str) -> FieldType:
    return FieldType.Unsigned if name in DIGESTED else FieldType.Integer
