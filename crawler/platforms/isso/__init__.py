"""Isso (isso-comments.de, 0.13 and later): comments under a government site's own pages.

Pages   a page of the site gives the post; GET {server}/?uri=… gives its comments, oldest first, by `limit` and
        `offset`; answers are nested one level deep and cut at `nested_limit`, the rest by `parent` and `offset`.
Ends    when `hidden_replies` is 0. An unknown `uri` is an empty thread, not an error.
Refuses as its web server does; Isso itself has no login for reading.

Isso does not mark official answers: `officials` lists the names under which the unit answers. The pages to read are
listed in `pages`, or found on `index_page` by links that begin with `link_prefix`.
"""

from collections.abc import Iterator
from urllib.parse import urlencode, urljoin, urlsplit

from pydantic import AnyHttpUrl, model_validator
from scrapy import Request
from scrapy.http import Response

from crawler.coverage import Cursor, thread
from crawler.evidence import Fields
from crawler.items import Item, Post
from crawler.platforms.answers import Json, Unreadable, page_for_page
from crawler.platforms.base import Options, PlatformSpider
from crawler.platforms.isso.evidence import FIELDS
from crawler.platforms.isso.parsing import OF_COMMENT, parse_comment, parse_post, parse_thread
from crawler.platforms.walks import Walk

PAGE = 50


class IssoOptions(Options):
    """Where the site and its Isso server are, which pages to read, under which names the unit answers."""

    site: AnyHttpUrl
    server: AnyHttpUrl
    pages: tuple[str, ...] = ()
    index_page: str | None = None
    link_prefix: str = "/"
    officials: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _some_pages(self) -> "IssoOptions":
        if not self.pages and self.index_page is None:
            raise ValueError('要写 pages = ["/…"]，或写 index_page = "/…" 由列表页找出')
        return self


class IssoSpider(PlatformSpider):
    """Posts of a site with their Isso threads; see the module's docstring."""

    name = "isso"
    options_model = IssoOptions
    options: IssoOptions

    def addresses(self) -> list[str]:
        """The site and its comment server."""
        return [str(self.options.site), str(self.options.server)]

    def officials(self) -> frozenset[str]:
        """The names under which the unit answers."""
        return frozenset(self.options.officials)

    def fields_kept(self) -> Fields:
        """Comments without their writers, and the site's own pages."""
        return FIELDS

    def begin(self) -> Iterator[Request]:
        """The listed pages, or the page that lists them."""
        if self.options.index_page is not None:
            yield self.ask(self.read_index, self._page(self.options.index_page))
        for path in self.options.pages:
            yield self.ask(self.read_page, self._page(path))

    def read_index(self, response: Response) -> Iterator[Request]:
        """Links to posts on the same site, each once."""
        links = [urlsplit(response.urljoin(link)) for link in response.css("a::attr(href)").getall()]
        here = urlsplit(response.url).netloc
        paths = dict.fromkeys(link.path for link in links if link.netloc == here)
        fitting = [path for path in paths if path.startswith(self.options.link_prefix)]
        if not fitting:
            raise page_for_page(response.text, f"列表页里没有一个以“{self.options.link_prefix}”开头的链接")
        for path in fitting:
            if path not in (self.options.index_page, *self.options.pages):
                yield self.ask(self.read_page, self._page(path))

    def read_page(self, response: Response) -> Iterator[Item | Request]:
        """A post, then its thread from the beginning."""
        now = self.answered_at(response)
        post = parse_post(response.text, response.url, self.entry.id, self.entry.account, self.tally.run, now)
        if not self.too_old(post.posted_at):
            yield post
            walk = self.walk(thread(post.id))
            yield self._ask_thread(walk, walk.start, post)

    def read_thread(
        self, response: Response, post: Post, parent: Json | None, cursor: Cursor, walk: Walk
    ) -> Iterator[Item | Request]:
        """Comments of a thread, or further answers to one of them; then what is still hidden."""
        rows, hidden = parse_thread(response.body)
        self.tally.profile.saw("评论" if parent is None else "回复", rows, OF_COMMENT)
        for row in rows:
            yield from self._items(row, post, parent)
            answers = row.get("replies") or []
            for answer in answers:
                yield from self._items(answer, post, row)
            if row.get("hidden_replies"):
                yield self._ask_thread(self.walk(), {"offset": str(len(answers))}, post, row)
        if hidden > 0 and not rows:
            raise Unreadable(f"还有 {hidden} 条评论没有给出，翻页没有前进。")
        offset = int(cursor.get("offset", "0")) + len(rows)
        if (following := walk.turn({"offset": str(offset)} if hidden > 0 else None, len(rows))) is not None:
            yield self._ask_thread(walk, following, post, parent)

    def _items(self, row: Json, post: Post, parent: Json | None) -> Iterator[Item]:
        item = parse_comment(row, post, frozenset(self.options.officials), parent)
        if item is not None:
            yield item

    def _ask_thread(self, walk: Walk, cursor: Cursor, post: Post, parent: Json | None = None) -> Request:
        query = {
            "uri": urlsplit(post.url).path,
            "sort": "oldest",
            "limit": PAGE,
            "nested_limit": PAGE,
            "offset": cursor.get("offset", "0"),
        }
        if parent is not None:
            query["parent"] = parent["id"]
        address = f"{str(self.options.server).rstrip('/')}/?{urlencode(query)}"
        return self.ask(self.read_thread, address, walk=walk, post=post, parent=parent, cursor=cursor)

    def _page(self, path: str) -> str:
        return urljoin(str(self.options.site), path)
