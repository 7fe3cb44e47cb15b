"""The spider: which pages follow which; what they hold is read by `ways` and `parsing`."""

from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from scrapy import Request
from scrapy.http import Response

from crawler.coverage import POSTS, Cursor, thread
from crawler.evidence import Fields
from crawler.items import Item, Post
from crawler.platforms.answers import Json, Unreadable
from crawler.platforms.base import PlatformSpider, Read
from crawler.platforms.walks import Walk
from crawler.platforms.weibo.cookies import VISITOR_FORM, Cookies, cookie_line, own_cookies, visitor_cookies
from crawler.platforms.weibo.evidence import FIELDS
from crawler.platforms.weibo.mobile import Mobile
from crawler.platforms.weibo.options import WeiboOptions
from crawler.platforms.weibo.parsing import Crawl, parse_comment, parse_post
from crawler.platforms.weibo.refusals import Closed, Walled
from crawler.platforms.weibo.rows import (
    OF_COMMENT,
    OF_POST,
    children_shown,
    has_more_children,
    identity,
    is_by,
    is_pinned,
)
from crawler.platforms.weibo.ways import Page, Way, one_back, read_long_text
from crawler.platforms.weibo.web import Web
from crawler.registry import load_registry


class WeiboSpider(PlatformSpider):
    """One account with what is said under its posts; see the package's docstring."""

    name = "weibo"
    options_model = WeiboOptions
    against_refusals = "微博常这样拒绝访客和来得太勤的人：可把 pace.delay 调大、隔得久些再采集，或用 cookie_file。"
    options: WeiboOptions

    def addresses(self) -> list[str]:
        """The site that is read, and where it gives visitors their cookies."""
        return [self.options.site, self.options.visitor_form]

    def officials(self) -> frozenset[str]:
        """The account's own number."""
        return frozenset({str(self.options.uid)})

    def fields_kept(self) -> Fields:
        """What was said without who said it."""
        return FIELDS

    def no_longer_waiting(self) -> Sequence[Post]:
        """Posts whose comments were asked for and have not come."""
        posts = tuple(self._waiting.values())
        self._waiting.clear()
        return posts

    def begin(self) -> Iterator[Request]:
        """The account's posts with the operator's cookies, or first those of a visitor."""
        options = self.options
        self._way: Way = (Mobile if options.way == "m" else Web)(options.site, options.uid)
        account = load_registry(self.crawler.settings["LIANXIN_CONFIG"].data).accounts.get(self.entry.account or "")
        self._crawl = Crawl(
            source=self.entry.id,
            run=self.tally.run,
            site=str(options.sites.m).rstrip("/"),
            uid=options.uid,
            account=self.entry.account,
            unit=account.unit if account else None,
        )
        self._posts: set[str] = set()
        self._waiting: dict[str, Post] = {}
        self._heard: set[str] = set()
        self._own: set[str] = set()
        self._cookies: Cookies = own_cookies(options.cookie_file) if options.cookie_file else {}
        if self._cookies:
            yield self._ask_posts(self.walk(POSTS))
        else:
            yield self._ask(self.read_visitor, options.visitor_form, form=VISITOR_FORM)

    def read_visitor(self, response: Response) -> Iterator[Request]:
        """The cookies of a visitor, asked for once; then the posts."""
        self._cookies = visitor_cookies(response.body, response.headers.getlist("Set-Cookie"))
        yield self._ask_posts(self.walk(POSTS))

    def read_posts(self, response: Response, cursor: Cursor, walk: Walk) -> Iterator[Item | Request]:
        """A page of posts, and the page after it. A pinned post is out of order: its age says nothing of the next."""
        page, now, fresh = self._way.read_posts(response.body, cursor), self.answered_at(response), 0
        self.tally.profile.saw(f"微博，{self.options.way}", page.rows, OF_POST)
        oldest: datetime | None = None
        for row in page.rows:
            number = identity(row)
            if number in self._posts:
                continue
            self._posts.add(number)
            fresh += 1
            if not is_by(row, self.options.uid):
                continue
            post = parse_post(row, self._crawl, now)
            if not is_pinned(row):
                oldest = min(post.posted_at, oldest or post.posted_at)
            if self.too_old(post.posted_at):
                continue
            if row.get("isLongText") is True:
                yield self._ask(self.read_long_text, self._way.long_text_url(row), row=row, post=post)
            else:
                yield from self._with_comments(post)
        if (following := walk.turn(page.following, fresh, oldest)) is not None:
            yield self._ask_posts(walk, following if following is page.following else one_back(following))

    def read_long_text(self, response: Response, row: Json, post: Post) -> Iterator[Item | Request]:
        """The whole text of a post that the list cuts."""
        try:
            text = read_long_text(response.body)
        except Unreadable:
            text = None
        if text is None:
            self.fell_short(f"微博 {identity(row)} 的全文没有取到，存的是列表里的前一段。")
        else:
            post = parse_post(row, self._crawl, self.answered_at(response), text)
        yield from self._with_comments(post)

    def _with_comments(self, post: Post) -> Iterator[Item | Request]:
        """A post comes in with the first page of its comments, which knows whether they are closed."""
        if post.comment_count == 0:
            yield post
        else:
            walk = self.walk(thread(post.id))
            self._waiting[post.id] = post
            yield self._ask_comments(walk, walk.start, post)

    def read_comments(
        self, response: Response, post: Post, root: Json | None, cursor: Cursor, walk: Walk
    ) -> Iterator[Item | Request]:
        """A page of comments under a post, or of answers to one (`root`), and the page after it."""
        read = self._way.read_comments if root is None else self._way.read_children
        where = f"微博 {_number(post)} 的评论" + (f" {identity(root)} 的回复" if root else "")
        try:
            page = read(response.body, cursor)
        except Unreadable as broken:
            self._waiting.pop(post.id, None)
            if not isinstance(broken, Closed):
                raise
            page, post = Page([]), replace(post, comments_open=False)
        except Walled:
            if not cursor:
                raise
            self.fell_short(f"{where}第 {walk.page} 页起要登录，后面的没有取到。")
            self.leave_undone()
            return
        self._waiting.pop(post.id, None)
        if root is None and walk.page == 1:
            yield post
        fresh = yield from self._said(page.rows, post, root, self.answered_at(response))
        if page.cut:
            self.fell_short(f"{where}平台只给到前几十条，后面的没有取到。")
        if post.curated:
            walk.falls_short()
        if (following := walk.turn(page.following, fresh)) is not None:
            yield self._ask_comments(walk, following, post, root)

    def _said(
        self, rows: Sequence[Json], post: Post, root: Json | None, now: datetime
    ) -> Generator[Item | Request, None, int]:
        """What was not had before, with what is shown under it; gives how many rows were new."""
        fresh = 0
        self.tally.profile.saw(f"{'回复' if root else '评论'}，{self.options.way}", rows, OF_COMMENT)
        for row in rows:
            number = identity(row)
            if number in self._heard:
                continue
            self._heard.add(number)
            fresh += 1
            if is_by(row, self.options.uid):
                self._own.add(number)
            item = parse_comment(row, post, self._crawl, now, root, self._own)
            if item is not None:
                yield item
            if root is None:
                yield from self._said(children_shown(row), post, row, now)
                if has_more_children(row):
                    yield self._ask_comments(self.walk(), {}, post, row)
        return fresh

    def _ask_posts(self, walk: Walk, cursor: Cursor = {}) -> Request:  # noqa: B006 - nobody writes to a cursor
        return self._ask(self.read_posts, self._way.posts_url(cursor), walk=walk, cursor=cursor)

    def _ask_comments(self, walk: Walk, cursor: Cursor, post: Post, root: Json | None = None) -> Request:
        way = self._way
        url = way.children_url(identity(root), cursor) if root else way.comments_url(_number(post), cursor)
        return self._ask(self.read_comments, url, walk=walk, post=post, root=root, cursor=cursor)

    def _ask(
        self, then: Read, url: str, form: Cursor | None = None, walk: Walk | None = None, **facts: object
    ) -> Request:
        """A request with our own cookies and no others: what the platform sets later is not kept."""
        cookies = {"Cookie": cookie_line(self._cookies)} if self._cookies else {}
        headers = {**self._way.headers(self._cookies), **cookies}
        request = self.ask(then, url, form=form, headers=headers, walk=walk, **facts)
        request.meta["dont_merge_cookies"] = True
        return request


def _number(post: Post) -> str:
    return post.id.partition(":")[2]
