"""Any public page that needs a browser: its comments, as they stand there when its scripts have run. Never a sign-in.

Pages   those listed in `pages`, or found on `list` by its links; each is opened in a browser, and read on by pressing
        `more` or by scrolling, in an iframe where `frame` names one.
Ends    when the button is gone, or three presses or scrolls bring nothing new. After `most_rounds` or the time limit
        (`browsing.LIMIT` times `pace.timeout`) the page is given up, with the reason.
Refuses as its web server does; with a sign-in or a captcha where the comments were due, over them, or in the way of
        more of them. What one covers is neither read nor pressed.

A page gets what it wants only by way of the crawl's own engine: from the source's hosts, within robots.txt and pace.
What it needed and could not have is said. A comment is known by the site's own id, else by its author, time and words.
"""

from collections.abc import Iterator
from contextlib import suppress
from functools import cached_property
from itertools import takewhile
from urllib.parse import urldefrag, urljoin, urlsplit

from scrapy import Request
from scrapy.http import Response
from scrapy.settings import BaseSettings

from crawler.browser import browser_settings, chosen_browser
from crawler.coverage import thread
from crawler.errors import ServiceAway
from crawler.items import Comment, Item, Post
from crawler.platforms.answers import Refused, Unreadable
from crawler.platforms.base import PlatformSpider, Read
from crawler.platforms.page.gathering import Gathered
from crawler.platforms.page.options import Opening, PageOptions
from crawler.platforms.page.parsing import Reader, markup
from crawler.platforms.page.seen import OPENING, WALLED, Seen, seen_in

_BROWSING = f"{__name__}.browsing.Browsing"  # by name: it cannot be imported where nothing drives a browser
_NEAREST = 40  # to the engine of all middlewares, so that it gets what the others let through


class PageSpider(PlatformSpider):
    """Comments of pages that need a browser; see the module's docstring."""

    name = "page"
    options_model = PageOptions
    options: PageOptions

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        """Scrapy's way to have settings of one's own: the browser, where there is one; else `begin` says so."""
        super().update_settings(settings)
        with suppress(ServiceAway):
            settings.update(browser_settings(settings["LIANXIN_CONFIG"]), priority="spider")
            middlewares = {**settings.getdict("DOWNLOADER_MIDDLEWARES"), _BROWSING: _NEAREST}
            settings.set("DOWNLOADER_MIDDLEWARES", middlewares, priority="spider")

    @cached_property
    def reader(self) -> Reader:
        """The pages as this source reads them."""
        return Reader(self.options, self.entry.id, self.entry.account, self.tally.run, self.zone)

    @cached_property
    def said(self) -> dict[str, str]:
        """The words of each comment of this crawl, by identity."""
        return {}

    def addresses(self) -> list[str]:
        """The site, and the hosts from which its pages get what they need."""
        return [str(self.options.site), *(str(host) for host in self.options.hosts)]

    def begin(self) -> Iterator[Request]:
        """The listed pages, or the page that lists them; nothing where there is no browser."""
        try:
            chosen_browser(self.crawler.settings["LIANXIN_CONFIG"])
        except ServiceAway as away:
            self.erred(str(away))
            return
        if listing := self.options.list:
            yield self._open(self.read_list, listing.page, listing, Gathered(str, repeats=False))
        for path in self.options.pages:
            yield self.open_page(path)

    def read_list(self, response: Response) -> Iterator[Request]:
        """The pages that a list links to."""
        seen = seen_in(response)
        for link in self.links(response, seen):
            yield self.open_page(link)
        self._say_of(seen)

    def links(self, response: Response, seen: Seen) -> list[str]:
        """Addresses of pages of the site that a list links to, each once, without the list itself and `pages`."""
        found = [markup(row).selector.css("a::attr(href)").get() for row in seen.rows.values()]
        known = {self._address(path) for path in self.options.pages} | {response.url}
        links = dict.fromkeys(urldefrag(response.urljoin(link)).url for link in found if link)
        here = urlsplit(self.addresses()[0]).netloc
        return [link for link in links if urlsplit(link).netloc == here and link not in known]

    def read_page(self, response: Response) -> Iterator[Item]:
        """What a page publishes, and its comments."""
        seen = seen_in(response)
        now = self.answered_at(response)
        post = self.reader.post(response.text, response.url, now)
        if post is not None:
            yield post
        whole, spoken = not seen.mishaps and not seen.walled, False
        for identity, row in seen.rows.items():
            try:
                items = list(self.reader.comment(identity, row, response.url, post, now))
            except Unreadable as broken:  # one comment; the others of the page are read
                self.erred(str(broken))
                whole = False
                continue
            spoken = spoken or bool(items)
            whole = whole and not any(isinstance(item, Comment) and self.too_old(item.posted_at) for item in items)
            yield from takewhile(self._is_wanted, items)
        if seen.rows and not spoken:
            raise Unreadable(f"{len(seen.rows)} 条评论里都没有读到正文（fields.text），平台可能改版了。")
        self._say_of(seen)
        if post is not None and whole:
            self._looked_through(post, len(seen.rows))

    def _looked_through(self, post: Post, rows: int) -> None:
        """Note that all comments of a page were read: what did not show is missing."""
        walk = self.walk(thread(post.id))
        work = walk.open_page()
        walk.turn(None, rows)
        work.end()

    def _is_wanted(self, item: Item) -> bool:
        """Whether a comment is new in this crawl, and not too old; else its answers are not wanted either."""
        if not isinstance(item, Comment):
            return True
        if item.id in self.said:
            if self.said[item.id] != item.text:
                self.fell_short("两个页面的评论编号相同、内容不同：这里的编号不是全站的，请去掉 fields.id。")
            return False
        self.said[item.id] = item.text
        return not self.too_old(item.posted_at)

    def _say_of(self, seen: Seen) -> None:
        """Say what a page lacked that was read nevertheless. Raises Refused where it must not be asked for more."""
        for mishap in dict.fromkeys(seen.mishaps):
            if mishap.outcome == "blocked":
                raise Refused(mishap.sentence)
            self.fell_short(mishap.sentence)
        if seen.walled:
            raise Refused(WALLED)

    def open_page(self, path: str) -> Request:
        """The request for a page with comments."""
        gathered = Gathered(self.reader.identity, repeats=not self.reader.numbered)
        return self._open(self.read_page, path, self.options.comments, gathered)

    def _open(self, then: Read, path: str, opening: Opening, gathered: Gathered) -> Request:
        request = self.ask(then, self._address(path))
        request.meta[OPENING] = (opening, gathered)
        return request

    def _address(self, path: str) -> str:
        return urljoin(str(self.options.site), path)
