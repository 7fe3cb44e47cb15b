"""What each selector of a source finds on its list and on the first page, as they are when they are opened."""

from collections.abc import Iterator
from itertools import islice

from scrapy import Request
from scrapy.http import Response

from crawler.looking import Looking, Sight
from crawler.platforms.base import Read
from crawler.platforms.letterbox.looking import columns
from crawler.platforms.page import PageSpider
from crawler.platforms.page.gathering import Gathered
from crawler.platforms.page.options import Opening
from crawler.platforms.page.parsing import Markup, markup
from crawler.platforms.page.seen import OPENING, seen_in


class PageLook(Looking, PageSpider):
    """The list, where there is one, then one page; nothing is pressed or scrolled."""

    def begin(self) -> Iterator[Request]:
        """The first request of a crawl."""
        yield from islice(super().begin(), 1)

    def read_list(self, response: Response) -> Iterator[Request]:
        """What is found in the list; then the first page that it links to."""
        seen = seen_in(response)
        links = self.links(response, seen)
        opening = response.meta[OPENING][0]
        self.sights.append(Sight("list", "rows", opening.rows, len(links), len(seen.rows), None, needed=True))
        yield from (self.open_page(link) for link in links[:1])
        self._say_of(seen)

    def read_page(self, response: Response) -> Iterator[Request]:
        """What is found on the page."""
        seen = seen_in(response)
        comments = self.options.comments
        rows = [markup(row) for row in seen.rows.values()]
        if post := self.options.post:
            finders = {"title": post.title, "text": post.text, "posted_at": post.posted_at}
            self.sights += columns(self.zone, "post", [markup(response.text)], finders, set(finders))
        self.sights.append(Sight("comments", "rows", comments.rows, len(rows), len(rows), None))
        needed = {"text", "posted_at"} & set(comments.fields) if rows else set()
        self.sights += columns(self.zone, "comments", rows, comments.fields, needed)
        self._look_at_replies(rows)
        self._say_of(seen)
        yield from ()

    def _look_at_replies(self, rows: list[Markup]) -> None:
        block = self.options.comments.reply
        if block is None:
            return
        replies = [part for row in rows for part in (row.rows(block.rows) if block.rows else [row])]
        self.sights.append(Sight("reply", "rows", block.rows or "", len(replies), len(replies), None))
        needed = {"text", "replied_at"} if replies and block.rows else set()
        self.sights += columns(self.zone, "reply", replies, block.fields, needed)

    def _open(self, then: Read, path: str, opening: Opening, gathered: Gathered) -> Request:
        return super()._open(then, path, opening.model_copy(update={"more": None, "scroll": False}), gathered)
