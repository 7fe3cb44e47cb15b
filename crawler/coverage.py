"""Coverage: which part of each list of a source is read and kept.

A list whose entries have dates is read from the newest back. What was read without a break is a span; where it was
broken off there is a cursor, and below it a gap, until the next span. A list without dates, such as the comments under
a post, is read whole or broken off.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from crawler.items import Comment, Item, Post

WORDS_DIGEST_BYTES = 8
"""Bytes at the beginning of an item's digest that change only when what was said changes, not with marks and counts."""

Cursor = Mapping[str, str]
"""Where a list goes on, in the platform's own terms; empty at its beginning."""

POSTS, LETTERS = "posts", "letters"
"""The names of a source's two lists with dates."""


def thread(post: str) -> str:
    """The name of the list of comments under a post."""
    return f"comments:{post}"


def list_of(item: Item) -> str | None:
    """The list in which an item stands; None where nobody could say from it that an item is gone."""
    match item:
        case Post():
            return POSTS
        case Comment(kind="letter"):
            return LETTERS
        case Comment(post_id=str() as post):
            return thread(post)
    return None


@dataclass(frozen=True, slots=True)
class Span:
    """Part of a list, read without a break from the moment a walk began back to its oldest entry, `since`.

    `cursor` is where the list goes on below; None where it was read to its end.
    """

    until: datetime
    since: datetime
    cursor: Cursor | None = None


@dataclass(frozen=True, slots=True)
class Reached:
    """Of a list these spans are read, newest first, and all in them is kept.

    `joined` says that the crawl came to where an earlier one had read.
    """

    list: str
    spans: tuple[Span, ...]
    joined: bool = False


@dataclass(frozen=True, slots=True)
class Looked:
    """A list was looked through from its top back to `since`, or all of it: what did not show there is missing."""

    list: str
    since: datetime | None


Note = Reached | Looked


@dataclass(frozen=True, slots=True)
class Kept:
    """What the ledger knows of an item that is in the journal: a digest of its words, where and since when it stands.

    `at` is in seconds since 1970; `answers` is the letter that a reply is for; `day` is when a crawl collected it. An
    empty digest is that of no words: the item is gone, and new where it comes again.
    """

    id: str
    digest: bytes
    source: str
    list: str | None = None
    at: float = 0.0
    answers: str | None = None
    day: str | None = None


def gaps_between(spans: Sequence[Span], zone: ZoneInfo) -> Iterator[tuple[date, date]]:
    """The days, half-open, between the spans of a list: known to be missing. Newest first, as the spans are."""
    for newer, older in pairwise(spans):
        if newer.since > older.until:  # else the newer one broke off where the older one had read
            first, last = older.until.astimezone(zone).date(), newer.since.astimezone(zone).date()
            yield first, max(last, first + timedelta(days=1))
