"""Walks: reading a list page after page, so that it always ends and a later crawl goes on where this one was cut off.

A list with dates is read down from its top until some days (the overlap) inside the newest span that is read already,
then on from that span's cursor, if it has one: so a crawl brings what is new, looks again at what may have changed, and
fills the gaps. A list without dates is read whole each time, or on from where it was broken off a short while ago.

A page counts as read only when all that was asked because of it is read and kept, and so are all pages before it.
"""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from crawler.coverage import LETTERS, POSTS, Cursor, Looked, Note, Reached, Span
from crawler.platforms.answers import Unreadable

MOST_PAGES = 2_000
"""Pages of one list after which nobody believes that it has an end."""

STALE_PAGES = 3
"""Pages in a row with nothing new after which a list is not read on. One alone proves nothing: lists are re-ranked
while they are read."""

RESUMED_WITHIN = timedelta(hours=6)
"""How old a broken-off reading of a list without dates may be to be gone on with: such lists are ranked anew."""


class Work:
    """A page that was asked for, and all that is asked because of it: done when every answer was read to its end.

    An answer that is never read leaves it undone for ever.
    """

    def __init__(self, above: "Work | None" = None, done: Callable[[], None] | None = None) -> None:
        self._above = above
        self._done = done
        self._open = 1
        if above:
            above.begin()

    def begin(self) -> None:
        """One more answer is waited for."""
        self._open += 1

    def end(self) -> None:
        """An answer was read to its end."""
        self._open -= 1
        if self._open == 0:
            if self._done:
                self._done()
            if self._above:
                self._above.end()


@dataclass(slots=True)
class _Page:
    spans: tuple[Span, ...] | None = None
    last: bool = False
    done: bool = False


class Walk:
    """One reading of a list, page after page, that always ends, whatever the platform answers.

    Ask for the page at `start` first. `turn` tells where to go on. `page` is the number of the page that is being read,
    from 1. A walk without a name leaves no notes: it belongs to the page from which it started. `limit` is the moment
    before which nothing is wanted, `waiting` one to which the list is read at any rate.
    """

    def __init__(
        self,
        name: str | None,
        now: datetime,
        note: Callable[[Note], None],
        spans: Sequence[Span] = (),
        overlap: timedelta = timedelta(0),
        limit: datetime | None = None,
        waiting: datetime | None = None,
        above: "tuple[Walk | None, Work | None]" = (None, None),
        most: int = MOST_PAGES,
    ) -> None:
        self.page = 1
        self._joined = False
        self._name = name
        self._note = note
        self._dated = name in (POSTS, LETTERS)
        self._overlap, self._limit, self._waiting, self._most = overlap, limit, waiting, most
        self._walk_above, self._work_above = above
        self._stale = 0
        self._been: set[frozenset[tuple[str, str]]] = set()
        self._pages: deque[_Page] = deque()
        self._whole = True
        self._looked: datetime | None = None
        self._span = Span(now, now)
        self._below = deque(spans)
        self.start: Cursor = {} if self._dated else self._resumed(now)

    def _resumed(self, now: datetime) -> Cursor:
        broken = self._below[0] if self._below else None
        self._below.clear()
        if broken is None or broken.cursor is None or not timedelta(0) <= now - broken.until <= RESUMED_WITHIN:
            return {}
        self._whole, self._joined, self._span = False, True, broken
        return broken.cursor

    def open_page(self) -> Work:
        """The work of the page that is asked for next."""
        page = _Page()
        self._pages.append(page)
        return Work(self._work_above, lambda: self._finish(page))

    def turn(self, cursor: Cursor | None, fresh: int, oldest: datetime | None = None) -> Cursor | None:
        """Where to go on after a page, None where nothing is left to be read. To be called at the end of each page.

        `cursor` is where the platform says that the list goes on; `fresh` how many things the page held that were not
        seen before; `oldest` the moment of its oldest entry, in a list with dates, pinned ones left out. Raises
        Unreadable with the reason where going on leads nowhere.
        """
        if oldest is not None:
            self._span = replace(self._span, since=min(oldest, self._span.since))
        self._span = replace(self._span, cursor=cursor)
        following = self._onward(cursor)
        if following is not None:
            self._check(following, fresh)
        page = self._pages[-1]
        page.spans, page.last = (self._span, *self._below), following is None
        if following is not None:
            self.page += 1
        return following

    def falls_short(self) -> None:
        """Not all of the list can be had: what is not in it may be there all the same."""
        self._whole = False
        if self._walk_above:
            self._walk_above.falls_short()

    def _onward(self, cursor: Cursor | None) -> Cursor | None:
        """The platform's cursor, or that of the span that this one has grown into."""
        while cursor is not None:
            if self._limit and self._span.since < self._limit:
                if not self._joined:
                    self._looked = self._limit
                return None
            if not self._below:
                return cursor
            seen_again = self._below[0].until - self._overlap
            if self._span.since >= min(seen_again, self._waiting or seen_again):
                return cursor
            if not self._joined:
                self._looked = max(self._span.since, seen_again)
            self._joined = True
            older = self._below.popleft()
            if older.cursor is None or older.since < self._span.since:  # else this walk has come further already
                cursor = older.cursor
            self._span = Span(self._span.until, min(older.since, self._span.since), cursor)
        self._below.clear()  # the list is read to its end, whatever was known below
        return None

    def _check(self, cursor: Cursor, fresh: int) -> None:
        place = frozenset(cursor.items())
        self._stale = 0 if fresh else self._stale + 1
        if place in self._been:
            raise Unreadable("翻页回到了读过的一页，没有前进，已停止。")
        if self._stale >= STALE_PAGES:
            raise Unreadable(f"连续 {STALE_PAGES} 页没有新的内容，翻页没有前进，已停止。")
        if self.page >= self._most:
            raise Unreadable(f"翻了 {self._most} 页还没有到头，已停止。")
        self._been.add(place)

    def _finish(self, page: _Page) -> None:
        page.done = True
        newest = None
        while self._pages and self._pages[0].done and self._pages[0].spans is not None:
            newest = self._pages.popleft()
        if newest is None or newest.spans is None or self._name is None:
            return
        self._note(Reached(self._name, newest.spans, self._joined))
        if newest.last and self._whole:
            self._note(Looked(self._name, self._looked))
