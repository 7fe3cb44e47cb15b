"""A walk through pages ends, and leaves notes of what is read for good; walks after it read the rest."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.coverage import LETTERS, Cursor, Looked, Note, Reached, Span, gaps_between, thread
from crawler.platforms.answers import Unreadable
from crawler.platforms.walks import STALE_PAGES, Walk
from crawler.zones import zone_named

NOW = datetime(2026, 6, 30, 4, tzinfo=UTC)
DAY = timedelta(days=1)
OVERLAP = 3 * DAY
THREAD = thread("weibo:5034")


def ignored(_: Note) -> None:
    """Nobody listens."""


def paging(most: int = 100) -> Walk:
    walk = Walk(None, NOW, ignored, most=most)
    walk.open_page()
    return walk


def test_pages_are_counted() -> None:
    walk = paging()
    for number in range(2, 6):
        assert walk.turn({"page": str(number)}, fresh=1) == {"page": str(number)}
        assert walk.page == number


def test_a_circle_ends() -> None:
    walk = paging()
    for cursor in ("a", "b"):
        walk.turn({"max_id": cursor, "max_id_type": "0"}, fresh=9)
    walk.turn({"max_id": "a", "max_id_type": "1"}, fresh=9)
    with pytest.raises(Unreadable, match="没有前进"):
        walk.turn({"max_id": "a", "max_id_type": "0"}, fresh=9)


def test_pages_that_bring_nothing_end_and_one_is_forgiven() -> None:
    walk = paging()
    for number in range(20):
        walk.turn({"page": str(number)}, fresh=number % STALE_PAGES)
    with pytest.raises(Unreadable, match="没有新的内容"):
        for number in range(20, 20 + STALE_PAGES):
            walk.turn({"page": str(number)}, fresh=0)


def test_ever_new_pages_end() -> None:
    walk = paging(most=50)
    with pytest.raises(Unreadable, match="翻了 50 页"):
        for number in range(60):
            walk.turn({"page": str(number)}, fresh=10)
    assert walk.page == 50


def test_a_page_is_read_when_all_that_hangs_on_it_and_all_before_it_is() -> None:
    notes: list[Note] = []
    walk = Walk(LETTERS, NOW, notes.append)
    first = walk.open_page()
    first.begin()  # a letter's own page
    walk.turn({"page": "2"}, 1, NOW - DAY)
    second = walk.open_page()
    first.end()
    walk.turn(None, 1, NOW - 2 * DAY)
    second.end()
    assert notes == []
    first.end()
    assert notes == [Reached(LETTERS, (Span(NOW, NOW - 2 * DAY),)), Looked(LETTERS, None)]


def test_a_list_inside_a_page_keeps_that_page_open() -> None:
    notes: list[Note] = []
    outer = Walk(LETTERS, NOW, notes.append)
    page = outer.open_page()
    outer.turn(None, 1, NOW - DAY)
    inner = Walk(THREAD, NOW, notes.append, above=(outer, page))
    inner_page = inner.open_page()
    page.end()
    inner.turn({"max_id": "7"}, 1)
    second = inner.open_page()
    inner_page.end()
    assert notes == [Reached(THREAD, (Span(NOW, NOW, {"max_id": "7"}),))]
    inner.turn(None, 1)
    second.end()
    assert notes[1:] == [
        Reached(THREAD, (Span(NOW, NOW),)),
        Looked(THREAD, None),
        Reached(LETTERS, (Span(NOW, NOW - DAY),)),
        Looked(LETTERS, None),
    ]


def test_what_falls_short_shows_nothing_missing() -> None:
    notes: list[Note] = []
    walk = Walk(THREAD, NOW, notes.append)
    page = walk.open_page()
    inner = Walk(None, NOW, notes.append, above=(walk, page))
    inner.falls_short()
    walk.turn(None, 1)
    page.end()
    assert notes == [Reached(THREAD, (Span(NOW, NOW),))]


@pytest.mark.parametrize(
    ("hours", "start", "looked"),
    [(1, {"max_id": "7"}, []), (7, {}, [Looked(THREAD, None)]), (-1, {}, [Looked(THREAD, None)])],
)
def test_a_thread_is_gone_on_with_for_some_hours(hours: int, start: Cursor, looked: list[Note]) -> None:
    began = NOW - timedelta(hours=hours)
    notes: list[Note] = []
    walk = Walk(THREAD, NOW, notes.append, [Span(began, began, {"max_id": "7"})])
    assert walk.start == start
    page = walk.open_page()
    walk.turn(None, 1)
    page.end()
    reached, *rest = notes
    assert isinstance(reached, Reached)
    assert (reached.joined, rest) == (bool(start), looked)


@dataclass
class Board:
    """Letters, newest first, some a page; a cursor is the last number received."""

    letters: dict[int, datetime] = field(default_factory=dict)
    size: int = 3

    def page(self, cursor: Cursor) -> list[int]:
        below = int(cursor["last"]) if cursor else 10**6
        return [number for number in sorted(self.letters, reverse=True) if number < below][: self.size]


@dataclass
class Reading:
    """What crawls of a board keep."""

    board: Board
    spans: Sequence[Span] = ()
    kept: set[int] = field(default_factory=set)
    pages: int = 0
    looked: list[Looked] = field(default_factory=list)

    def crawl(self, now: datetime, most: int = 10**6, limit: datetime | None = None) -> bool:
        """Read until the list ends, or is broken off after `most` pages; whether it ended."""
        walk = Walk(LETTERS, now, self._note, self.spans, OVERLAP, limit)
        cursor: Cursor | None = walk.start
        for _ in range(most):
            if cursor is None:
                return True
            page, rows = walk.open_page(), self.board.page(cursor)
            self.kept.update(rows)
            moments = [self.board.letters[number] for number in rows]
            last = {"last": str(rows[-1])} if rows else None
            cursor = walk.turn(last, len(rows), min(moments, default=None))
            page.end()
            self.pages += 1
        return cursor is None

    def _note(self, note: Note) -> None:
        if isinstance(note, Reached):
            self.spans = note.spans
        else:
            self.looked.append(note)


def dated(count: int, until: datetime) -> dict[int, datetime]:
    """So many letters, one a day, the newest at `until`."""
    return {number: until - (count - number) * DAY for number in range(1, count + 1)}


def test_the_next_crawl_ends_some_days_inside_what_is_read() -> None:
    reading = Reading(Board(dated(60, NOW)))
    assert reading.crawl(NOW)
    assert (reading.pages, reading.spans) == (21, (Span(NOW, NOW - 59 * DAY),))
    later = NOW + 2 * DAY
    reading.board.letters |= {61: NOW + DAY, 62: later}
    assert reading.crawl(later)
    assert reading.pages == 21 + 3
    assert reading.spans == (Span(later, NOW - 59 * DAY),)
    assert reading.kept == set(range(1, 63))
    assert reading.looked[-1] == Looked(LETTERS, NOW - 3 * DAY)


def test_an_interrupted_crawl_is_gone_on_with_after_what_is_new() -> None:
    reading = Reading(Board(dated(60, NOW)))
    assert not reading.crawl(NOW, most=5)
    assert reading.spans == (Span(NOW, NOW - 14 * DAY, {"last": "46"}),)
    later = NOW + DAY
    reading.board.letters[61] = later
    assert reading.crawl(later)
    assert reading.pages == 5 + 2 + 16
    assert reading.spans == (Span(later, NOW - 59 * DAY),)
    assert reading.kept == set(range(1, 62))


def test_a_gap_is_known_and_filled() -> None:
    reading = Reading(Board(dated(60, NOW)))
    reading.crawl(NOW)
    later = NOW + 40 * DAY
    reading.board.letters |= {60 + number: NOW + number * DAY for number in range(1, 41)}
    assert not reading.crawl(later, most=4)
    shanghai = zone_named("Asia/Shanghai")
    ((first, until),) = gaps_between(reading.spans, shanghai)
    assert (str(first), str(until)) == ("2026-06-30", "2026-07-29")
    assert reading.crawl(later + DAY)
    assert list(gaps_between(reading.spans, shanghai)) == []
    assert reading.kept == set(range(1, 101))


def test_a_crawl_that_breaks_off_inside_what_is_read_leaves_no_gap() -> None:
    reading = Reading(Board(dated(60, NOW)))
    reading.crawl(NOW)
    later = NOW + DAY
    reading.board.letters[61] = later
    assert not reading.crawl(later, most=1)
    assert len(reading.spans) == 2
    assert list(gaps_between(reading.spans, zone_named("Asia/Shanghai"))) == []


def test_since_ends_a_walk_and_an_earlier_since_goes_on_there() -> None:
    reading = Reading(Board(dated(60, NOW)))
    assert reading.crawl(NOW, limit=NOW - 10 * DAY)
    assert (reading.pages, min(reading.kept)) == (4, 49)
    assert reading.looked == [Looked(LETTERS, NOW - 10 * DAY)]
    assert reading.crawl(NOW + DAY, limit=NOW - 10 * DAY)
    assert min(reading.kept) == 49
    assert reading.crawl(NOW + 2 * DAY, limit=NOW - 20 * DAY)
    assert min(reading.kept) == 37
    assert reading.crawl(NOW + 3 * DAY)
    assert reading.kept == set(range(1, 61))


Step = tuple[int, int, int]


@given(
    st.integers(1, 6),
    st.integers(0, 40),
    st.lists(st.tuples(st.integers(0, 20), st.integers(0, 12), st.integers(0, 8)), max_size=8),
)
def test_however_often_it_is_broken_off_nothing_is_missing_in_the_end(
    size: int, begun_with: int, steps: list[Step]
) -> None:
    """Days pass, letters come, a crawl is broken off after some pages; the last one is not."""
    reading = Reading(Board(dated(begun_with, NOW), size))
    now = NOW
    for days, letters, pages in steps:
        now += days * DAY
        newest = max(reading.board.letters, default=0)
        span = max(days, 1) * DAY
        for number in range(1, letters + 1):
            reading.board.letters[newest + number] = now - span + number * span / letters
        reading.crawl(now, pages)
        assert covered(reading) <= reading.kept
    assert reading.crawl(now + DAY)
    assert reading.kept == set(reading.board.letters)
    assert len(reading.spans) == 1


def covered(reading: Reading) -> set[int]:
    """The letters that the spans claim."""

    def claimed() -> Iterator[int]:
        for span in reading.spans:
            for number, at in reading.board.letters.items():
                if span.since < at <= span.until - DAY:
                    yield number

    return set(claimed())
