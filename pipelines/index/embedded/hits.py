"""Which documents to show, in which order: sorting, ties by id, missing values last, `from`, `size`, `search_after`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

import tantivy
from tantivy import DocAddress, Order, Query

from pipelines.documents import Source
from pipelines.index.contract import Hit
from pipelines.index.embedded.counting import count
from pipelines.index.embedded.highlight import Highlighter, Marks
from pipelines.index.embedded.order import Found, Key, Keyed, Orderer
from pipelines.index.embedded.query import Clause, QueryBuilder, Scalar, clauses_of
from pipelines.index.sorting import sort_key

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
    marks: Marks | None = None
    scored: bool = True


def read_page(body: Mapping[str, object], size: int) -> Page:
    """The page a body (or a `top_hits` aggregation) asks for; `size` where it names none."""
    orders = [sort_key(key) for key in body.get("sort", ())]
    keys = tuple((name, Order.Desc if order == "desc" else Order.Asc) for name, order in orders)
    after, only = body.get("search_after"), body.get("_source")
    marked = body.get("highlight", {}).get("fields")
    return Page(
        sort=tuple(key for key in keys if key[0] != _SCORE),
        size=body.get("size", size),
        skip=body.get("from", 0),
        after=None if after is None else tuple(after),
        only=None if only is None else tuple(only),
        by_score_shown=any(name == _SCORE for name, _ in keys),
        marks=Marks(tuple(marked), body.get("query", {"match_all": {}})) if marked else None,
        scored="query" in body and _is_scored(body["query"]),
    )


class HitReader:
    """Reads pages of hits out of one snapshot of one index."""

    def __init__(self, index: str, searcher: tantivy.Searcher, queries: QueryBuilder) -> None:
        self._index = index
        self._searcher = searcher
        self._queries = queries
        self._orderer = Orderer(searcher, queries)

    def read(self, query: Query, page: Page) -> dict[str, object]:
        """The `hits` part of an answer; `total` is exact."""
        total, hits = self._hits(query, page) if page.size else (self.count(query), [])
        scores = [hit["_score"] for hit in hits if hit["_score"] is not None]
        return {
            "total": {"value": total, "relation": "eq"},
            "max_score": max(scores) if scores and not page.skip else None,
            "hits": hits,
        }

    def scan(self, query: Query, page: Page) -> Iterator[Hit]:
        """All hits in the order of `page.sort`, by id where it has none, in about linear time; size is not read."""
        for key, found in self._orderer.walk(query, page.sort or (_BY_ID,)):
            yield self._hit(found, page, _shown_keys(page, key, found.source))

    def count(self, query: Query) -> int:
        """How many documents match."""
        return count(self._searcher, query)

    def _hits(self, query: Query, page: Page) -> tuple[int, list[Hit]]:
        """How many documents match, and those of the page."""
        if page.sort:
            total, keyed = self._in_order(query, page)
            found = [(one, None, _shown_keys(page, key, one.source)) for key, one in keyed]
        else:
            total = self.count(query)
            best = self._by_score(query, page, total) if total else ()
            found = [(self._orderer.read(at), score, [score] if page.by_score_shown else None) for score, at in best]
        hits = [self._hit(one, page, sort, score) for one, score, sort in found]
        if page.marks:
            marker = Highlighter(page.marks, self._searcher, self._queries, [one.source["id"] for one, _, _ in found])
            for hit, (one, _, _) in zip(hits, found, strict=True):
                if marked := marker.mark(one.at, one.source):
                    hit["highlight"] = marked
        return total, hits

    def _in_order(self, query: Query, page: Page) -> tuple[int, list[Keyed]]:
        if page.after is None:
            return self._orderer.page(query, page.sort, page.skip, page.size)
        return self.count(query), self._orderer.page_after(query, page.sort, page.after, page.size)

    def _hit(self, found: Found, page: Page, sort: list[Scalar | None] | None, score: float | None = None) -> Hit:
        source = found.source
        shown = source if page.only is None else {name: source[name] for name in page.only if name in source}
        hit: Hit = {"_index": self._index, "_id": source["id"], "_score": score, "_source": shown}
        if sort is not None:
            hit["sort"] = sort
        return hit

    def _by_score(self, query: Query, page: Page, total: int) -> list[tuple[float, DocAddress]]:
        """Best first, equal scores by id."""
        needed = page.skip + page.size
        limit = min(needed + 1, total)
        while page.scored:
            found = self._searcher.search(query, limit, count=False).hits
            if limit == total or found[-1][0] < found[needed - 1][0]:
                break  # whatever is tied with the last one wanted is here
            limit = min(limit * 16, total)
        if not page.scored or found[0][0] == found[-1][0]:
            score = self._searcher.search(query, 1, count=False).hits[0][0]
            return [(score, at) for _, at in self._orderer.first(query, needed, _BY_ID)[page.skip :]]
        ordered: list[tuple[float, DocAddress]] = []
        for _, level in groupby(found, key=lambda hit: hit[0]):
            tied = list(level)
            if len(tied) > 1 and len(ordered) + len(tied) > page.skip:
                tied.sort(key=lambda hit: self._orderer.read(hit[1]).source["id"])
            ordered += tied
            if len(ordered) >= needed:
                break
        return ordered[page.skip : needed]


def _is_scored(clause: Clause) -> bool:
    """Whether documents that match can differ in score."""
    ((kind, body),) = clause.items()
    if kind == "bool":
        return bool(body.get("should")) or any(map(_is_scored, clauses_of(body.get("must"))))
    return kind in ("match", "match_phrase")


def _shown_keys(page: Page, value: Scalar | None, source: Source) -> list[Scalar | None]:
    return [source["id"]] if len(page.sort) < 2 else [value, source["id"]]
