"""How many different values the documents of each bucket have.

Up to 3,000 they are counted: all values, less the further ones of each that repeats. More of a digested field are
estimated by tantivy (HyperLogLog), as Elasticsearch estimates them, because every repeated value would have to be seen.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import tantivy
from tantivy import FieldType, Query

from pipelines.index.checks import TooManyBuckets
from pipelines.index.embedded.counting import count
from pipelines.index.embedded.native import NativeAggregator
from pipelines.index.embedded.nodes import Bucket, Node, Result, Way, buckets_at, pairs, skeleton
from pipelines.index.embedded.places import each
from pipelines.index.embedded.query import QueryBuilder, both
from pipelines.index.embedded.schema import DIGESTED, digest_name

COUNTED = 3_000
_SURELY_MORE = COUNTED * 11 // 10  # an estimate of this much is one of more than can be off by error
_PARTS = 4

Counts = dict[int, int]


@dataclass(frozen=True, slots=True)
class _Part:
    """Documents whose value lies from `first` to `last`."""

    query: Query
    first: int
    last: int


class DistinctCounter:
    """Counts in one snapshot."""

    def __init__(self, searcher: tantivy.Searcher, queries: QueryBuilder, native: NativeAggregator) -> None:
        self._searcher = searcher
        self._queries = queries
        self._native = native

    def counts(self, result: Result, path: Way, node: Node, query: Query) -> Iterator[tuple[Bucket, int]]:
        """Every bucket at the end of a path, and how many values its documents have."""
        buckets = buckets_at(result, path)
        counts: Counts = {}
        if node.field in DIGESTED and any(self._size(bucket, path, query) > COUNTED for bucket in buckets):
            estimated = self._native.answer(skeleton(result, path, {"": Node("estimate", node.options)}), query)
            found = ((id(bucket), same[""]["value"]) for bucket, same in pairs(result, estimated, path) if same)
            counts = {bucket: count for bucket, count in found if count > _SURELY_MORE}
        if len(counts) < len(buckets):
            counts = self._exact(result, path, node, query) | counts
        for bucket in buckets:
            yield bucket, counts[id(bucket)]

    def _size(self, bucket: Bucket, path: Way, query: Query) -> int:
        return bucket["doc_count"] if path else count(self._searcher, query)

    def _exact(self, result: Result, path: Way, node: Node, query: Query) -> Counts:
        counts: Counts = dict.fromkeys(map(id, buckets_at(result, path)), 0)
        tree = skeleton(result, path, {"": Node("cardinality", node.options)})
        try:
            self._add(tree, query, result, path, counts)
        except TooManyBuckets:
            if self._queries.fields[node.field].type == "keyword" and node.field not in DIGESTED:
                return {
                    id(bucket): len(self._searcher.terms_with_prefix(node.field, "", filter_query=within))
                    for bucket, within in each(self._queries, result, path, query)
                }
            counts = dict.fromkeys(counts, 0)
            for part in self._parts(node.field, self._all(node.field, query)):
                self._add_part(tree, part, result, path, node.field, counts)
        return counts

    def _add(self, tree: Mapping[str, Node], query: Query, result: Result, path: Way, counts: Counts) -> None:
        for bucket, same in pairs(result, self._native.answer(tree, query), path):
            counts[id(bucket)] += same[""]["value"] if same else 0

    def _add_part(
        self, tree: Mapping[str, Node], part: _Part, result: Result, path: Way, name: str, counts: Counts
    ) -> None:
        """Add the values of a part; what is in one part is in no other."""
        try:
            self._add(tree, part.query, result, path, counts)
        except TooManyBuckets:
            if part.last - part.first < _PARTS:
                raise
            for smaller in self._parts(name, part):
                self._add_part(tree, smaller, result, path, name, counts)

    def _all(self, name: str, query: Query) -> _Part:
        """All documents, with the least and the greatest value they can have."""
        if name in DIGESTED:
            return _Part(query, 0, 2**64 - 1)
        ends = self._native.answer({end: Node(end, {"field": name}) for end in ("min", "max")}, query)
        return _Part(query, int(ends["min"]["value"] or 0), int(ends["max"]["value"] or 0))

    def _parts(self, name: str, whole: _Part) -> Iterator[_Part]:
        """The documents of a part divided by their value."""
        kind = FieldType.Unsigned if name in DIGESTED else FieldType.Integer
        length = (whole.last - whole.first) // _PARTS + 1
        for start in range(whole.first, whole.last + 1, length):
            end = min(start + length - 1, whole.last)
            value = Query.range_query(self._queries.schema, digest_name(name), kind, lower_bound=start, upper_bound=end)
            yield _Part(both(whole.query, value), start, end)
