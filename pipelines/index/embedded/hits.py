"""Which documents to show, in which order: sorting, ties by id, missing values last, `from`, `size`, `search_after`."""

from collections.abc import Mapping
from dataclasses import dataclass
from heapq import nlargest, nsmallest

import tantivy
from tantivy import DocAddress, Order, Query

from pipelines.documents import Source
from pipelines.index.dialect import sort_key
from pipelines.index.embedded.query import QueryBuilder, Scalar, both
from pipelines.index.embedded.schema import read_source

Key = tuple[str, Order]
Found = tuple[Scalar | None, DocAddress]
Hit = dict[str, object]

_SCORE = "_score"
_BY_ID: Key = ("id", Order.Asc)


@dataclass(frozen=True, slots=True)
class Page:
    """What of a result is wanted. `sort` holds no key (by score), `id` alone, or a field and `id`."""

    sort: tuple[Key, ...]
    size: int
    skip: int = 0
    after: tuple[Scalar | None, ...] | None = None
    only: tuple[str, ...] | None = None
    by_score_shown: bool = False


def read_page(body: Mapping[str, object], size: int) -> Page:
    """The page a body (or a `top_hits` aggregation) asks for; `size` where it names none."""
    orders = [sort_key(key) for key in body.get("sort", ())]
    keys = tuple((name, Order.Desc if order == "desc" else Order.Asc) for name, order in orders)
    after, only = body.get("search_after"), body.get("_source")
    return Page(
        sort=tuple(key for key in keys if key[0] != _SCORE),
        size=body.get("size", size),
        skip=body.get("from", 0),
        after=None if after is None else tuple(after),
        only=None if only is None else tuple(only),
        by_score_shown=any(name == _SCORE for name, _ in keys),
    )


class HitReader:
    """Reads pages of hits out of one snapshot of one index."""

    def __init__(self, index: str, searcher: tantivy.Searcher, queries: QueryBuilder) -> None:
        self._index = index
        self._searcher = searcher
        self._queries = queries

    def read(self, query: Query, page: Page) -> dict[str, object]:
        """The `hits` part of an answer; `total` is exact."""
        total = self.count(query)
        hits = self._hits(query, page, total) if page.size and total else []
        scores = [hit["_score"] for hit in hits if hit["_score"] is not None]
        return {
            "total": {"value": total, "relation": "eq"},
            "max_score": max(scores) if scores and not page.skip else None,
            "hits": hits,
        }

    def count(self, query: Query) -> int:
        """How many documents match."""
        return self._searcher.search(query, 1, count=True).count

    def _hits(self, query: Query, page: Page, total: int) -> list[Hit]:
        if not page.sort:
            shown = self._by_score(query, page, total)
            return [self._hit(at, page, [score] if page.by_score_shown else None, score) for score, at in shown]
        if len(page.sort) == 1:
            return [self._hit(at, page, [value]) for value, at in self._by_id(query, page)]
        hits = []
        for value, at in self._by_field(query, page):
            source = read_source(self._searcher.doc(at))
            hits.append(self._hit(at, page, [value, source["id"]], source=source))
        return hits

    def _hit(
        self,
        at: DocAddress,
        page: Page,
        sort: list[Scalar | None] | None,
        score: float | None = None,
        source: Source | None = None,
    ) -> Hit:
        source = source if source is not None else read_source(self._searcher.doc(at))
        shown = source if page.only is None else {name: source[name] for name in page.only if name in source}
        hit: Hit = {"_index": self._index, "_id": source["id"], "_score": score, "_source": shown}
        if sort is not None:
            hit["sort"] = sort
        return hit

    def _ordered(self, query: Query, limit: int, key: Key) -> list[Found]:
        """The first `limit` of a query by one field; documents without it come last."""
        name, order = key
        return self._searcher.search(query, max(limit, 1), count=False, order_by_field=name, order=order).hits

    def _by_id(self, query: Query, page: Page) -> list[Found]:
        if page.after is None:
            return self._ordered(query, page.skip + page.size, page.sort[0])[page.skip :]
        return self._after_id(query, page.sort[0], page.after[0], page.size)

    def _after_id(self, query: Query, key: Key, last: str, size: int) -> list[Found]:
        """The next `size` documents by id after `last`."""
        ids = (identity for identity, _ in self._searcher.terms_with_prefix("id", "", filter_query=query))
        if key[1] == Order.Desc:
            chosen = nlargest(size, (identity for identity in ids if identity < last))
        else:
            chosen = nsmallest(size, (identity for identity in ids if identity > last))
        return self._ordered(self._queries.build({"ids": {"values": chosen}}), size, key) if chosen else []

    def _by_field(self, query: Query, page: Page) -> list[Found]:
        field, by_id = page.sort
        if page.after is None:
            return self._settled(query, page.skip, page.size, field, by_id)
        value, last = page.after
        level = both(query, self._queries.equal(field[0], value))
        found = [(value, at) for _, at in self._after_id(level, by_id, last, page.size)]
        if len(found) < page.size and value is not None:
            beyond = both(query, self._queries.beyond(field[0], value, field[1] == Order.Desc))
            found += self._settled(beyond, 0, page.size - len(found), field, by_id)
        return found

    def _settled(self, query: Query, skip: int, size: int, field: Key, by_id: Key) -> list[Found]:
        """`size` documents by field, equal values by id.

        tantivy orders by one field and leaves ties as they come; it does say how many of each value come first. So
        every value seen more than once, and the last one (which may go on), is asked for again in order of id.
        """
        found = self._ordered(query, skip + size, field)
        places: dict[Scalar | None, list[int]] = {}
        for place, (value, _) in enumerate(found):
            places.setdefault(value, []).append(place)
        for value, level in places.items():
            if level[-1] < skip or (len(level) == 1 and level[0] != len(found) - 1):
                continue
            again = self._ordered(both(query, self._queries.equal(field[0], value)), len(level), by_id)
            for place, (_, at) in zip(level, again, strict=True):
                found[place] = (value, at)
        return found[skip:]

    def _by_score(self, query: Query, page: Page, total: int) -> list[tuple[float, DocAddress]]:
        """Best first, equal scores by id."""
        needed = page.skip + page.size
        found = self._searcher.search(query, min(needed + 1, total), count=False).hits
        scores = [score for score, _ in found]
        if len(set(scores)) < len(scores):
            found = self._searcher.search(query, total, count=False).hits
            if found[0][0] == found[-1][0]:
                first = self._ordered(query, needed, _BY_ID)
                return [(found[0][0], at) for _, at in first[page.skip :]]
            rank = {
                (at.segment_ord, at.doc): place for place, (_, at) in enumerate(self._ordered(query, total, _BY_ID))
            }
            found.sort(key=lambda hit: (-hit[0], rank[hit[1].segment_ord, hit[1].doc]))
        return found[page.skip : needed]
