"""What a way to read Weibo is: where to ask, what an answer holds, where it goes on. There are two: `mobile` and `web`.

A cursor is the query's part that changes from page to page, taken from the answer before; empty for the first page.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from crawler.coverage import Cursor
from crawler.platforms.answers import Json
from crawler.platforms.weibo.cookies import Cookies
from crawler.platforms.weibo.refusals import payload


@dataclass(frozen=True, slots=True)
class Page:
    """Rows of one answer, and where the next ones are. `cut` says that the platform gives no more than these."""

    rows: list[Json]
    following: Cursor | None = None
    cut: bool = False


class Way(Protocol):
    """How one of the sites is read. The readings raise Refused and Unreadable."""

    def headers(self, cookies: Cookies) -> Mapping[str, str]:
        """What the site's own pages send along."""

    def posts_url(self, cursor: Cursor) -> str:
        """Where a page of the account's posts is."""

    def read_posts(self, body: bytes, cursor: Cursor) -> Page:
        """A page of posts."""

    def long_text_url(self, row: Json) -> str:
        """Where the whole text of a post is."""

    def comments_url(self, post: str, cursor: Cursor) -> str:
        """Where a page of a post's comments is."""

    def read_comments(self, body: bytes, cursor: Cursor) -> Page:
        """A page of comments."""

    def children_url(self, comment: str, cursor: Cursor) -> str:
        """Where a page of the answers to a comment is."""

    def read_children(self, body: bytes, cursor: Cursor) -> Page:
        """A page of answers."""


def one_back(cursor: Cursor) -> Cursor:
    """Where to go on after some time: one page before, where pages are counted, for what stood there may have moved."""
    return {**cursor, "page": str(max(1, int(cursor["page"]) - 1))} if "page" in cursor else cursor


def read_long_text(body: bytes) -> str | None:
    """The whole text (HTML) of a post, the same on both sites; None where there is none."""
    data = (payload(body) or {}).get("data")
    text = data.get("longTextContent") if isinstance(data, dict) else None
    return text if isinstance(text, str) and text else None
