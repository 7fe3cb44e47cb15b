"""Aggregations: as much as possible in one pass of tantivy, the rest bucket by bucket, never approximately.

`filter`, `filters` and `top_hits`, and what holds them, are answered by asking again for the documents of each bucket.
"""

from collections.abc import Mapping
from dataclasses import replace

import tantivy
from tantivy import Query

from pipelines.index.embedded import calendar
from pipelines.index.embedded.hits import HitReader, read_page
from pipelines.index.embedded.native import Bucket, NativeAggregator, Node, Result, TooManyBuckets
from pipelines.index.embedded.query import QueryBuilder, both
from pipelines.index.mapping import Field
from pipelines.index.moments import read_zone

Request = Mapping[str, Mapping[str, object]]


class Aggregator:
    """Answers aggregations out of one snapshot of one index."""

    def __init__(
        self, searcher: tantivy.Searcher, queries: QueryBuilder, fields: Mapping[str, Field], hits: HitReader
    ) -> None:
        self._searcher = searcher
        self._queries = queries
        self._fields = fields
        self._hits = hits
        self._native = NativeAggregator(searcher, fields)

    def answer(self, request: Request, query: Query) -> Result:
        """The `aggregations` part of an answer. Raises TooManyBuckets."""
        try:
            return self._answer(_read(request), query)
        except TooManyBuckets:
            # Distinct values are counted as buckets; where there are too many in one answer, each count is made apart.
            return self._answer(_read(request, distinct_apart=True), query)

    def _answer(self, nodes: Mapping[str, Node], query: Query) -> Result:
        result = self._native.answer({name: core for name, node in nodes.items() if (core := _core(node))}, query)
        for name, node in nodes.items():
            if node.kind == "top_hits":
                result[name] = {"hits": self._hits.read(query, read_page(node.options, size=3))}
            elif node.kind == "filter":
                result[name] = self._one(node.options, node.below, query)
            elif node.kind == "filters":
                clauses = node.options["filters"].items()
                result[name] = {"buckets": {key: self._one(clause, node.below, query) for key, clause in clauses}}
            elif node.apart:
                result[name] = self._distinct(node, query)
            elif not node.native:
                rest = {key: sub for key, sub in node.below.items() if not sub.native}
                for bucket in result[name]["buckets"]:
                    bucket.update(self._answer(rest, both(query, self._of(bucket, node))))
        return {name: result[name] for name in nodes}

    def _distinct(self, node: Node, query: Query) -> Result:
        """A count of distinct values on its own: as buckets, or, where those are too many, through all terms."""
        try:
            return self._native.answer({"": replace(node, apart=False)}, query)[""]
        except TooManyBuckets:
            return {"value": len(self._searcher.terms_with_prefix(node.options["field"], "", filter_query=query))}

    def _one(self, clause: Mapping[str, object], below: Mapping[str, Node], query: Query) -> Bucket:
        within = both(query, self._queries.build(clause))
        return {"doc_count": self._hits.count(within), **self._answer(below, within)}

    def _of(self, bucket: Bucket, node: Node) -> Query:
        """The documents of one bucket."""
        name, key = node.options["field"], bucket["key"]
        if node.kind == "date_histogram":
            zone = read_zone(node.options.get("time_zone"))
            return self._queries.between(name, key, calendar.following(key, node.options["calendar_interval"], zone))
        return self._queries.equal(name, bool(key) if self._fields[name].type == "boolean" else key)


def _read(request: Request, distinct_apart: bool = False) -> dict[str, Node]:
    nodes = {}
    for name, body in request.items():
        below = body.get("aggs", body.get("aggregations", {}))
        ((kind, options),) = ((key, value) for key, value in body.items() if key not in ("aggs", "aggregations"))
        apart = distinct_apart and kind == "cardinality"
        nodes[name] = Node(kind, options, _read(below, distinct_apart), apart)
    return nodes


def _core(node: Node) -> Node | None:
    """What of a node tantivy can answer in one pass: itself and the native ones below it."""
    if node.kind not in ("terms", "date_histogram"):
        return node if node.native else None
    return replace(node, below={key: sub for key, sub in node.below.items() if sub.native})
