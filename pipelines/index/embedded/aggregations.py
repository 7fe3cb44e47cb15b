"""Aggregations: as much as possible in one pass of tantivy, the rest in as few as possible.

A filter below buckets asks for the same buckets again, among the documents it leaves, and puts the counts into their
places: one pass a filter, however many buckets there are. Hits and percentiles are asked for bucket by bucket.
"""

from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import replace

import tantivy
from tantivy import Query

from pipelines.index.checks import TooManyBuckets
from pipelines.index.embedded.composite import Composer
from pipelines.index.embedded.distinct import DistinctCounter
from pipelines.index.embedded.hits import HitReader, read_page
from pipelines.index.embedded.native import NativeAggregator
from pipelines.index.embedded.nodes import (
    MOST_COUNTED,
    Bucket,
    Node,
    Request,
    Result,
    Way,
    apart,
    bucket_count,
    buckets_at,
    core,
    distinct_apart,
    pairs,
    read,
    skeleton,
)
from pipelines.index.embedded.places import each
from pipelines.index.embedded.quantiles import Quantiles
from pipelines.index.embedded.query import QueryBuilder, both
from pipelines.index.mapping import Field

Clause = Mapping[str, object]

_USUAL_PERCENTS = (1, 5, 25, 50, 75, 95, 99)


class Aggregator:
    """Answers aggregations out of one snapshot of one index."""

    def __init__(
        self, searcher: tantivy.Searcher, queries: QueryBuilder, fields: Mapping[str, Field], hits: HitReader
    ) -> None:
        self._queries = queries
        self._hits = hits
        self._native = NativeAggregator(searcher, fields)
        self._quantiles = Quantiles(searcher, queries)
        self._distinct = DistinctCounter(searcher, queries, self._native)
        self._composer = Composer(searcher, queries, self._answer)

    def answer(self, request: Request, query: Query) -> Result:
        """The `aggregations` part of an answer. Raises TooManyBuckets."""
        nodes = read(request)
        try:
            result = self._answer(nodes, query)
        except TooManyBuckets:
            # Repeated values are counted as buckets; where there are too many in one answer, they are counted apart.
            result = self._answer(distinct_apart(nodes), query)
        if bucket_count(nodes, result) > MOST_COUNTED:
            raise TooManyBuckets(f"more than {MOST_COUNTED} buckets in one answer")
        return result

    def _answer(self, nodes: Mapping[str, Node], query: Query) -> Result:
        result = self._native.answer(core(nodes), query)
        for path, name, node in apart(nodes):
            if node.kind == "filter":
                for bucket, found in self._filtered(result, path, node.options, node.below, query):
                    bucket[name] = found
            elif node.kind == "filters":
                self._filters(result, path, name, node, query)
            elif node.kind == "cardinality":
                for bucket, count in self._distinct.counts(result, path, node, query):
                    bucket[name] = {"value": count}
            else:
                one: Callable[[Node, Query], Result] = getattr(self, f"_{node.kind}")
                for bucket, within in each(self._queries, result, path, query):
                    bucket[name] = one(node, within)
        return {name: result[name] for name in nodes}

    def _filters(self, result: Result, path: Way, name: str, node: Node, query: Query) -> None:
        for bucket in buckets_at(result, path):
            bucket[name] = {"buckets": {}}
        for key, clause in node.options["filters"].items():
            for bucket, found in self._filtered(result, path, clause, node.below, query):
                bucket[name]["buckets"][key] = found

    def _filtered(
        self, result: Result, path: Way, clause: Clause, below: Mapping[str, Node], query: Query
    ) -> Iterator[tuple[Bucket, Bucket]]:
        """Every bucket at the end of a path, and what a filter leaves of it."""
        within = both(query, self._queries.build(clause))
        if not path:
            yield result, {"doc_count": self._hits.count(within), **self._answer(below, within)}
            return
        if not buckets_at(result, path):
            return
        found = self._answer(skeleton(result, path, below), within)
        nothing: Bucket | None = None
        for bucket, same in pairs(result, found, path):
            if same is None and nothing is None:
                nothing = {"doc_count": 0, **self._answer(below, Query.empty_query())}
            kept = deepcopy(nothing) if same is None else {key: same[key] for key in ("doc_count", *below)}
            yield bucket, kept

    def _top_hits(self, node: Node, query: Query) -> Result:
        page = replace(read_page(node.options, size=3), scored=True)  # by whatever query it stands below
        return {"hits": self._hits.read(query, page)}

    def _percentiles(self, node: Node, query: Query) -> Result:
        percents = node.options.get("percents", _USUAL_PERCENTS)
        return {"values": self._quantiles.percentiles(query, node.field, percents)}

    def _composite(self, node: Node, query: Query) -> Result:
        return self._composer.compose(node, query)
