"""Where the buckets of a result lie: the query that finds the documents of each."""

from collections.abc import Iterator

from tantivy import Query

from pipelines.index.embedded import calendar
from pipelines.index.embedded.nodes import Bucket, Node, Result, Way
from pipelines.index.embedded.query import QueryBuilder, both
from pipelines.index.moments import read_zone


def each(queries: QueryBuilder, result: Result, path: Way, query: Query) -> Iterator[tuple[Bucket, Query]]:
    """Every bucket at the end of a path, and the query that finds its documents."""
    if not path:
        yield result, query
        return
    (name, node), *rest = path
    for place, bucket in enumerate(result[name]["buckets"]):
        within = both(query, _of(queries, bucket, node, place)) if bucket["doc_count"] else Query.empty_query()
        yield from each(queries, bucket, tuple(rest), within)


def _of(queries: QueryBuilder, bucket: Bucket, node: Node, place: int) -> Query:
    """The documents of one bucket, the `place`-th of its node."""
    key = bucket["key"]
    if node.kind == "date_histogram":
        zone = read_zone(node.options.get("time_zone"))
        return queries.between(node.field, key, calendar.following(key, node.options["calendar_interval"], zone))
    if node.kind == "terms":
        return queries.equal(node.field, bool(key) if queries.fields[node.field].type == "boolean" else key)
    if node.kind == "range":
        ends = node.options["ranges"][place]
        return queries.between(node.field, ends.get("from"), ends.get("to"))
    return queries.between(node.field, key, key + node.options["interval"])
