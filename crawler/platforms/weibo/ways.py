"""The two ways to read Weibo, m.weibo.cn and weibo.com/ajax: where to ask, what an answer holds, where it goes on.

A cursor is the query's part that changes from page to page, taken from the answer before; empty for the first page.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlencode

from crawler.coverage import Cursor
from crawler.platforms.answers import Json, Unreadable, field
from crawler.platforms.weibo.cookies import Cookies
from crawler.platforms.weibo.refusals import Unclear, payload
from crawler.platforms.weibo.rows import identity, rows_in, token_of

COMMENTS_SHOWN = 50
"""Comments that api/comments/show gives of a post at most; about ten a page."""

_TEN = 10


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


@dataclass(frozen=True, slots=True)
class Mobile:
    """m.weibo.cn. The account's profile comes first: it names the container of the posts."""

    site: str
    uid: int

    def headers(self, cookies: Cookies) -> Mapping[str, str]:  # noqa: ARG002 - the other way needs them
        """As the site's own script."""
        return {
            "Accept": "application/json, text/plain, */*",
            "X-Requested-With": "XMLHttpRequest",
            "MWeibo-Pwa": "1",
            "Referer": f"{self.site}/u/{self.uid}",
        }

    def posts_url(self, cursor: Cursor) -> str:
        """The profile, then the pages of its container."""
        return self._url("api/container/getIndex", {"type": "uid", "value": str(self.uid), **cursor})

    def read_posts(self, body: bytes, cursor: Cursor) -> Page:
        """A page of posts, or the profile."""
        answer = payload(body)
        if answer is None:
            return Page([])
        data = _object(answer, "data")
        if not cursor:
            return Page([], {"containerid": _container(data)})
        rows = list(_posts_on(rows_in(data.get("cards") or [], "cards")))
        info = data.get("cardlistInfo")
        return Page(rows, _next_posts(info if isinstance(info, dict) else {}, cursor) if rows else None)

    def long_text_url(self, row: Json) -> str:
        """By the post's number."""
        return self._url("statuses/extend", {"id": identity(row)})

    def comments_url(self, post: str, cursor: Cursor) -> str:
        """The hot list; by page number, the older one."""
        if "page" in cursor:
            return self._url("api/comments/show", {"id": post, **cursor})
        return self._url("comments/hotflow", {"id": post, "mid": post, "max_id_type": "0", **cursor})

    def read_comments(self, body: bytes, cursor: Cursor) -> Page:
        """A page of comments. A first page that says nothing we know sends us to the older list."""
        if "page" in cursor:
            return _shown(body, int(cursor["page"]))
        try:
            answer = payload(body)
        except Unclear:
            if cursor:
                raise
            return Page([], {"page": "1"})
        if answer is None:
            return Page([])
        data = _object(answer, "data")
        page = Page(rows_in(field(data, "data", list), "data"), _next_comments(data))
        return page if page.rows or page.following or cursor else Page([], {"page": "1"})

    def children_url(self, comment: str, cursor: Cursor) -> str:
        """The answers to a comment."""
        return self._url("comments/hotFlowChild", {"cid": comment, "max_id": "0", "max_id_type": "0", **cursor})

    def read_children(self, body: bytes, cursor: Cursor) -> Page:  # noqa: ARG002 - the other way needs it
        """A page of answers; here the list is `data` itself."""
        answer = payload(body)
        return Page(rows_in(field(answer, "data", list), "data"), _next_comments(answer)) if answer else Page([])

    def _url(self, path: str, query: Mapping[str, str]) -> str:
        return f"{self.site}/{path}?{urlencode(query)}"


@dataclass(frozen=True, slots=True)
class Web:
    """weibo.com/ajax. Posts by page number; comments and answers by one interface."""

    site: str
    uid: int

    def headers(self, cookies: Cookies) -> Mapping[str, str]:
        """As the site's own script; its token against forged requests is repeated where there is one."""
        token = {"X-XSRF-TOKEN": cookies["XSRF-TOKEN"]} if "XSRF-TOKEN" in cookies else {}
        return {"Referer": f"{self.site}/u/{self.uid}", "X-Requested-With": "XMLHttpRequest", **token}

    def posts_url(self, cursor: Cursor) -> str:
        """By page number, and the last page's cursor for those that heed it."""
        return self._url("mymblog", {"uid": str(self.uid), "page": "1", "feature": "0", **cursor})

    def read_posts(self, body: bytes, cursor: Cursor) -> Page:
        """A page of posts; the one after it is asked for until one is empty."""
        answer = payload(body)
        if answer is None:
            return Page([])
        data = _object(answer, "data")
        rows = rows_in(field(data, "list", list), "list")
        since = data.get("since_id")
        following = {"page": str(int(cursor.get("page", "1")) + 1)}
        if since and isinstance(since, (int, str)):
            following["since_id"] = str(since)
        return Page(rows, following if rows else None)

    def long_text_url(self, row: Json) -> str:
        """By the post's short name."""
        return self._url("longtext", {"id": str(field(row, "mblogid", str))})

    def comments_url(self, post: str, cursor: Cursor) -> str:
        """The hot list."""
        whose = {"id": post, "is_show_bulletin": "2", "is_mix": "0", "uid": str(self.uid), "fetch_level": "0"}
        return self._url("buildComments", {**whose, "is_reload": "1", "count": "20", "flow": "0", **cursor})

    def read_comments(self, body: bytes, cursor: Cursor) -> Page:
        """A page of comments. A first page without any is asked for once more without the notice board."""
        answer = payload(body)
        page = _built(answer, {"is_show_bulletin": cursor["is_show_bulletin"]} if "is_show_bulletin" in cursor else {})
        return page if answer is None or page.rows or cursor else Page([], {"is_show_bulletin": "0"})

    def children_url(self, comment: str, cursor: Cursor) -> str:
        """The answers to a comment."""
        whose = {"id": comment, "is_show_bulletin": "2", "is_mix": "1", "uid": str(self.uid), "fetch_level": "1"}
        return self._url("buildComments", {**whose, "is_reload": "1", "count": "20", "max_id": "0", **cursor})

    def read_children(self, body: bytes, cursor: Cursor) -> Page:  # noqa: ARG002 - the other way needs it
        """A page of answers."""
        return _built(payload(body), {})

    def _url(self, path: str, query: Mapping[str, str]) -> str:
        return f"{self.site}/ajax/statuses/{path}?{urlencode(query)}"


def _object(answer: Json, name: str) -> Json:
    return field(answer, name, dict)


def _container(data: Json) -> str:
    """The container of the account's posts, named by the tab `weibo`; tabs are a list, in older answers an object."""
    tabs = _object(data, "tabsInfo").get("tabs")
    for tab in tabs.values() if isinstance(tabs, dict) else rows_in(tabs, "tabs"):
        if isinstance(tab, dict) and "weibo" in (tab.get("tab_type"), tab.get("tabKey")):
            return token_of(tab, "containerid")
    raise Unreadable("账号主页里没有“微博”一栏（tabsInfo），请核对 uid；若无误，平台可能改版了。")


def _posts_on(cards: list[Json]) -> Iterator[Json]:
    """The posts on cards (type 9), those in groups (type 11) included; other cards are menus and advertisements."""
    waiting = cards[::-1]
    while waiting:
        card = waiting.pop()
        if card.get("card_type") == 11:
            waiting += rows_in(card.get("card_group") or [], "card_group")[::-1]
        elif card.get("card_type") == 9:
            yield _object(card, "mblog")


def _next_posts(info: Json, cursor: Cursor) -> Cursor | None:
    """By the cursor of the answer; where it counts pages instead, by their number."""
    here = {"containerid": cursor["containerid"]}
    if info.get("since_id"):
        return {**here, "since_id": token_of(info, "since_id")}
    if info.get("page"):
        return {**here, "page": str(int(cursor.get("page", "1")) + 1)}
    return None


def _next_comments(data: Json) -> Cursor | None:
    """`max_id` with the `max_id_type` that belongs to it; 0 is the end."""
    following = data.get("max_id")
    if following in (None, 0, "0", ""):
        return None
    kind = data.get("max_id_type")
    return {"max_id": token_of(data, "max_id"), "max_id_type": "1" if kind in (1, "1") else "0"}


def _shown(body: bytes, number: int) -> Page:
    """A page of the older list: comments only, without their answers, and not all."""
    answer = payload(body)
    data = answer.get("data") if answer else None
    rows = rows_in(data.get("data") or [], "data") if isinstance(data, dict) else []
    at_its_end = number * _TEN >= COMMENTS_SHOWN
    return Page(rows, {"page": str(number + 1)} if rows and not at_its_end else None, cut=bool(rows) and at_its_end)


def _built(answer: Json | None, kept: Cursor) -> Page:
    if answer is None:
        return Page([])
    following = None if answer.get("max_id") in (None, 0, "0", "") else token_of(answer, "max_id")
    return Page(rows_in(field(answer, "data", list), "data"), {**kept, "max_id": following} if following else None)
