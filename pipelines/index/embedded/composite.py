"""`composite`: every combination of the sources' values as a bucket, in order, a page at a time.

The values of the first source are taken a few at a time; below each chunk of them the other sources are plain buckets
inside one another.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import tantivy
from tantivy import Query

from pipelines.index.checks import TooManyBuckets
from pipelines.index.embedded import calendar
from pipelines.index.embedded.nodes import Bucket, Node, Result
from pipelines.index.embedded.query import QueryBuilder, both
from pipelines.index.embedded.shapes import moment_text
from pipelines.index.moments import milliseconds, read_zone

Value = str | int
Answer = Callable[[Mapping[str, Node], Query], Result]

_CHUNK = 8  # values of the first source that are tried first
_MOST = 4_096  # of them at once
_KEYS = ("key", "key_as_string")  # of a plain bucket
_TYPE = {"keyword": "str", "integer": "i64"}  # how tantivy writes the values of `after`


@dataclass(frozen=True, slots=True)
class Source:
    """One source: where its values come from, and whether they fall."""

    name: str
    kind: str
    options: Mapping[str, object]

    @property
    def field(self) -> str:
        """The field it looks at."""
        return self.options["field"]

    @property
    def falls(self) -> bool:
        """Whether its order is downwards."""
        return self.options.get("order", "asc") == "desc"

    def shown(self, value: Value) -> Value:
        """A value as an answer holds it: a date in milliseconds, or as its `format` says."""
        return moment_text(self.options, value) if "format" in self.options else value

    def read(self, shown: Value) -> Value:
        """The value that was shown so."""
        if "format" not in self.options:
            return shown
        zone = read_zone(self.options.get("time_zone"))
        return milliseconds(datetime.fromisoformat(str(shown)).replace(tzinfo=zone))


class Composer:
    """Answers `composite` in one snapshot; `answer` answers plain buckets and what is below them."""

    def __init__(self, searcher: tantivy.Searcher, queries: QueryBuilder, answer: Answer) -> None:
        self._searcher = searcher
        self._queries = queries
        self._answer = answer

    def compose(self, node: Node, query: Query) -> Result:
        """One page of buckets. Raises TooManyBuckets when the values below a single one are too many."""
        sources = [
            Source(name, kind, options)
            for part in node.options["sources"]
            for name, source in part.items()
            for kind, options in source.items()
        ]
        for source in sources:
            query = both(query, self._queries.build({"exists": {"field": source.field}}))
        given = node.options.get("after")
        after = [source.read(given[source.name]) for source in sources] if given else None
        buckets: list[Bucket] = []
        for values, bucket in self._combinations(node, sources, query, after):
            buckets.append({"key": _shown(sources, values), **bucket})
            if len(buckets) == node.size:
                break
        return ({"after_key": buckets[-1]["key"]} if buckets else {}) | {"buckets": buckets}

    def _combinations(
        self, node: Node, sources: Sequence[Source], query: Query, after: Sequence[Value] | None
    ) -> Iterator[tuple[tuple[Value, ...], Bucket]]:
        chunk, start = _CHUNK if len(sources) > 1 or node.below else node.size, after[0] if after else None
        inclusive, done = True, 0
        while chosen := self._first(sources[0], query, start, inclusive, chunk):
            try:
                found = list(self._below(node, sources, query, chosen))
            except TooManyBuckets:
                if len(chosen) == 1:
                    raise
                chunk = len(chosen) // 2
                continue
            for values, bucket in found:
                if after is None or _is_after(sources, values, after):
                    done += 1
                    yield values, bucket
            start, inclusive = chosen[-1], False
            missing = node.size - done
            chunk = max(1, min(_MOST, -(-missing * len(chosen) // max(len(found), 1))))

    def _first(self, source: Source, query: Query, start: Value | None, inclusive: bool, size: int) -> list[Value]:
        """The next values of a source in its order, from `start` on or after it."""
        if source.kind == "date_histogram":
            found = self._answer({"": _node(source)}, query)[""]["buckets"]
            values = sorted((bucket["key"] for bucket in found), reverse=source.falls)
            return [value for value in values if _from(source, value, start, inclusive)][:size]
        kind = self._queries.fields[source.field].type
        order = {"terms": {"field": source.field, "order": "desc" if source.falls else "asc"}}
        after = {} if start is None else {"after": {"": f"{_TYPE[kind]}:{start}"}}
        body = {"size": size, "sources": [{"": order}]} | after
        found = self._searcher.aggregate(query, {"": {"composite": body}})[""]["buckets"]
        values = [bucket["key"][""] for bucket in found]
        if start is not None and inclusive:
            values.insert(0, start)
        return values

    def _below(
        self, node: Node, sources: Sequence[Source], query: Query, chosen: Sequence[Value]
    ) -> Iterator[tuple[tuple[Value, ...], Bucket]]:
        first = sources[0]
        if first.kind == "date_histogram":
            zone, ends = read_zone(first.options.get("time_zone")), (min(chosen), max(chosen))
            end = calendar.following(ends[1], first.options["calendar_interval"], zone)
            query = both(query, self._queries.between(first.field, ends[0], end))
        else:
            query = both(query, self._queries.build({"terms": {first.field: chosen}}))
        tree = node.below
        for source in reversed(sources[1:]):
            tree = {source.name: _node(source, tree)}
        keys = None if first.kind == "date_histogram" else tuple(chosen)
        tree = {first.name: _node(first, tree, keys)}
        yield from _flat(sources, self._answer(tree, query), set(chosen))


def _node(source: Source, below: Mapping[str, Node] | None = None, keys: tuple[Value, ...] | None = ()) -> Node:
    """All values of a source as plain buckets; only `keys` of a `terms` where it names some."""
    options = {key: source.options[key] for key in source.options if key not in ("order", "format")}
    if source.kind == "date_histogram":
        return Node(source.kind, {**options, "min_doc_count": 1}, below or {})
    return Node(source.kind, options, below or {}, keys)


def _flat(
    sources: Sequence[Source], result: Result, chosen: set[Value] | None = None
) -> Iterator[tuple[tuple[Value, ...], Bucket]]:
    """Every combination in order, with the bucket it ends in."""
    source, *rest = sources
    buckets = [bucket for bucket in result[source.name]["buckets"] if chosen is None or bucket["key"] in chosen]
    for bucket in sorted(buckets, key=lambda bucket: bucket["key"], reverse=source.falls):
        if rest:
            for values, last in _flat(rest, bucket):
                yield (bucket["key"], *values), last
        else:
            yield (bucket["key"],), {name: part for name, part in bucket.items() if name not in _KEYS}


def _shown(sources: Sequence[Source], values: Sequence[Value]) -> dict[str, Value]:
    return {source.name: source.shown(value) for source, value in zip(sources, values, strict=True)}


def _from(source: Source, value: Value, start: Value | None, inclusive: bool) -> bool:
    if start is None or (inclusive and value == start):
        return True
    return value < start if source.falls else value > start


def _is_after(sources: Sequence[Source], values: Sequence[Value], after: Sequence[Value]) -> bool:
    for source, value, last in zip(sources, values, after, strict=True):
        if value != last:
            return _from(source, value, last, inclusive=False)
    return False
