"""Documents in order of id, or of a field and then id, missing values last: a page of them, or all.

tantivy orders by one field and leaves ties as they come. It does say which value each document has, so ties are known
and put in order of id here: by reading them where they are few, by asking tantivy where they are many.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import tantivy
from tantivy import DocAddress, Order, Query

from pipelines.documents import Source
from pipelines.index.embedded.counting import count
from pipelines.index.embedded.query import QueryBuilder, Scalar, both
from pipelines.index.embedded.schema import read_source

Key = tuple[str, Order]
Keyed = tuple[Scalar | None, "Found"]
Place = tuple[Scalar | None, DocAddress]

_FEW = 1_000  # ties that are read rather than asked for, and documents that are read at once in a walk


@dataclass(frozen=True, slots=True)
class Found:
    """A document: where it lies in the snapshot, and what it is."""

    at: DocAddress
    source: Source


class Orderer:
    """Puts documents of one snapshot in order."""

    def __init__(self, searcher: tantivy.Searcher, queries: QueryBuilder) -> None:
        self._searcher = searcher
        self._queries = queries

    def read(self, at: DocAddress) -> Found:
        """The document at an address."""
        return Found(at, read_source(self._searcher.doc(at)))

    def first(self, query: Query, limit: int, key: Key) -> list[Place]:
        """The first `limit` documents by one field, ties as they come."""
        return self._first(query, limit, key)[1]

    def page(self, query: Query, sort: Sequence[Key], skip: int, size: int) -> tuple[int, list[Keyed]]:
        """How many documents match; `size` of them in order after `skip`, each with its value of the first key."""
        if len(sort) == 1:
            total, hits = self._first(query, skip + size, sort[0])
            return total, [(value, self.read(at)) for value, at in hits[skip:]]
        # One more shows whether the last one wanted is tied with others.
        total, hits = self._first(query, skip + size + 1, sort[0])
        return total, self._with_ties(query, hits, skip, size, *sort)

    def page_after(self, query: Query, sort: Sequence[Key], after: Sequence[Scalar | None], size: int) -> list[Keyed]:
        """`size` documents in order, each with its value of the first key: those that come after these values."""
        if len(sort) == 1:
            return [(found.source["id"], found) for found in self._after_id(query, sort[0], after[0], size)]
        field, by_id = sort
        value, last = after
        level = both(query, self._queries.equal(field[0], value))
        page = [(value, found) for found in self._after_id(level, by_id, last, size)]
        if len(page) < size and value is not None:
            beyond = both(query, self._queries.beyond(field[0], value, field[1] == Order.Desc))
            page += self.page(beyond, sort, 0, size - len(page))[1]
            if len(page) < size:
                nothing = both(query, self._queries.missing(field[0]))
                page += self.page(nothing, sort, 0, size - len(page))[1]
        return page

    def walk(self, query: Query, sort: Sequence[Key]) -> Iterator[Keyed]:
        """All documents in order, each with its value of the first key."""
        if len(sort) == 1:
            for found in self._walk_ids(query, sort[0]):
                yield found.source["id"], found
            return
        field, by_id = sort
        valued = both(query, self._queries.build({"exists": {"field": field[0]}}))
        total = count(self._searcher, valued)
        for value, level in groupby(self.first(valued, total, field), key=lambda hit: hit[0]) if total else ():
            places = [at for _, at in level]
            if len(places) > _FEW:
                tied = self._walk_ids(both(query, self._queries.equal(field[0], value)), by_id)
            else:
                tied = self._by_id([self.read(at) for at in places], by_id)
            for found in tied:
                yield value, found
        for found in self._walk_ids(both(query, self._queries.equal(field[0], None)), by_id):
            yield None, found

    def _first(self, query: Query, limit: int, key: Key) -> tuple[int, list[Place]]:
        name, order = key
        found = self._searcher.search(query, max(limit, 1), count=True, order_by_field=name, order=order)
        return found.count, found.hits

    def _with_ties(
        self, query: Query, hits: Sequence[Place], skip: int, size: int, field: Key, by_id: Key
    ) -> list[Keyed]:
        page: list[Keyed] = []
        end = skip + size
        place = 0
        for value, level in groupby(hits, key=lambda hit: hit[0]):
            places = [at for _, at in level]
            start, place = place, place + len(places)
            if place <= skip:
                continue
            if start >= end:
                break
            shown = slice(max(skip - start, 0), end - start)
            if place == len(hits) > end or len(places) > _FEW:
                # There may be more with this value than were asked for.
                tied = both(query, self._queries.equal(field[0], value))
                ordered = [self.read(at) for _, at in self.first(tied, end - start, by_id)[shown]]
            else:
                ordered = self._by_id([self.read(at) for at in places], by_id)[shown]
            page += [(value, found) for found in ordered]
        return page

    def _by_id(self, found: list[Found], by_id: Key) -> list[Found]:
        return sorted(found, key=lambda one: one.source["id"], reverse=by_id[1] == Order.Desc)

    def _after_id(self, query: Query, key: Key, last: str, size: int) -> list[Found]:
        """The next `size` documents by id after `last`."""
        descending = key[1] == Order.Desc
        if count(self._searcher, query) <= _FEW:
            level = self._searcher.search(query, _FEW, count=False).hits
            found = self._by_id([self.read(at) for _, at in level], key)
            return [one for one in found if (one.source["id"] < last if descending else one.source["id"] > last)][:size]
        return self._of_ids(self._next_ids(query, last, size, descending), key)

    def _next_ids(self, query: Query, last: str, size: int, descending: bool) -> list[str]:
        """The next ids after `last`, looked for among those that share less and less of its beginning."""
        for length in range(len(last), -1, -1):
            sharing = self._searcher.terms_with_prefix("id", last[:length], filter_query=query)
            beyond = [identity for identity, _ in sharing if (identity < last if descending else identity > last)]
            if len(beyond) >= size or not length:
                break
        return sorted(beyond, reverse=descending)[:size]

    def _walk_ids(self, query: Query, key: Key) -> Iterator[Found]:
        ids = sorted(
            (identity for identity, _ in self._searcher.terms_with_prefix("id", "", filter_query=query)),
            reverse=key[1] == Order.Desc,
        )
        for start in range(0, len(ids), _FEW):
            yield from self._of_ids(ids[start : start + _FEW], key)

    def _of_ids(self, ids: Sequence[str], key: Key) -> list[Found]:
        if not ids:
            return []
        wanted = self._queries.build({"ids": {"values": ids}})
        hits = self._searcher.search(wanted, len(ids), count=False).hits
        return self._by_id([self.read(at) for _, at in hits], key)
