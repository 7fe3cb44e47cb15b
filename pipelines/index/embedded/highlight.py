"""Whole texts with `<em>` around what a query found in them, marked as Elasticsearch marks them.

A phrase is marked as one, and only where it occurs; what overlaps is joined; every clause that had a part in the match
counts, those in `filter` too. All else is escaped for HTML.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import tantivy
from tantivy import DocAddress

from pipelines.documents import Source
from pipelines.index.embedded.query import Clause, QueryBuilder, both, clauses_of
from pipelines.index.embedded.tokens import tokens, words

Span = tuple[int, int]
Place = tuple[int, int]

_ESCAPED = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#x27;", "/": "&#x2F;"})


@dataclass(frozen=True, slots=True)
class Marks:
    """What to mark: the fields, and the clause that found the documents."""

    fields: tuple[str, ...]
    clause: Clause


class Highlighter:
    """Marks the texts of one page of hits."""

    def __init__(self, marks: Marks, searcher: tantivy.Searcher, queries: QueryBuilder, ids: Sequence[str]) -> None:
        """Of a page that shows these ids."""
        self._marks = marks
        self._searcher = searcher
        self._queries = queries
        self._shown = queries.build({"ids": {"values": ids}})
        self._size = len(ids)
        self._found: dict[int, set[Place]] = {}  # of an optional clause: which of the shown documents it finds

    def mark(self, at: DocAddress, source: Source) -> dict[str, list[str]]:
        """By field: the marked text (several where NUL divides it). Fields in which nothing was found are left out."""
        marked = {}
        for field in self._marks.fields:
            text = source.get(field)
            if text:
                spans = self._spans(self._marks.clause, field, list(words(text)), _place(at))
                if fragments := list(_fragments(text, spans)):
                    marked[field] = fragments
        return marked

    def _spans(self, clause: Clause, field: str, text: Sequence[tuple[str, int, int]], at: Place) -> list[Span]:
        """Where in a text a clause, known to match the document, found something."""
        ((kind, body),) = clause.items()
        if kind == "bool":
            taken = [*clauses_of(body.get("must")), *clauses_of(body.get("filter"))]
            taken += [optional for optional in clauses_of(body.get("should")) if self._finds(optional, at)]
            return [span for one in taken for span in self._spans(one, field, text, at)]
        if kind not in ("match", "match_phrase") or field not in body:
            return []
        wanted = tokens(body[field] if isinstance(body[field], str) else body[field]["query"])
        if kind == "match":
            return [(start, end) for word, start, end in text if word in wanted]
        here = [word for word, _, _ in text]
        length = len(wanted)
        return [
            (text[first][1], text[first + length - 1][2])
            for first in range(len(here) - length + 1)
            if wanted and here[first : first + length] == wanted
        ]

    def _finds(self, clause: Clause, at: Place) -> bool:
        """Whether an optional clause matches the document; asked once for all that are shown."""
        if id(clause) not in self._found:
            query = both(self._queries.build(clause), self._shown)
            hits = self._searcher.search(query, max(self._size, 1), count=False).hits
            self._found[id(clause)] = {_place(address) for _, address in hits}
        return at in self._found[id(clause)]


def _place(at: DocAddress) -> Place:
    """An address that can be compared."""
    return at.segment_ord, at.doc


def _joined(spans: list[Span]) -> list[Span]:
    """The spans in order, those that overlap made one."""
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _fragments(text: str, spans: Sequence[Span]) -> Iterator[str]:
    """The marked text; Elasticsearch takes NUL for the border of two values and shows those that have a mark."""
    first = 0
    for part in text.split("\0"):
        last = first + len(part)
        inside = [(start - first, end - first) for start, end in spans if first <= start and end <= last]
        if inside:
            yield _marked(part, _joined(inside))
        first = last + 1


def _marked(text: str, spans: Sequence[Span]) -> str:
    pieces, done = [], 0
    for start, end in spans:
        pieces += [_escaped(text[done:start]), "<em>", _escaped(text[start:end]), "</em>"]
        done = end
    return "".join([*pieces, _escaped(text[done:])])


def _escaped(text: str) -> str:
    return text.translate(_ESCAPED)
