"""m.weibo.cn: posts of the account's container, comments by the hot list or the older one by page number."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from crawler.coverage import Cursor
from crawler.platforms.answers import Json, Unreadable, field
from crawler.platforms.weibo.cookies import Cookies
from crawler.platforms.weibo.refusals import Unclear, payload
from crawler.platforms.weibo.rows import identity, rows_in, token_of
from crawler.platforms.weibo.ways import Page

COMMENTS_SHOWN = 50
"""Comments that api/comments/show gives of a post at most; about ten a page."""

_TEN = 10


@dataclass(frozen=True, slots=True)
class Mobile:
    """The site for phones. The account's profile comes first: it names the container of the posts."""

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
        data = field(answer, "data", dict)
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
        data = field(answer, "data", dict)
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


def _container(data: Json) -> str:
    """The container of the account's posts, named by the tab `weibo`; tabs are a list, in older answers an object."""
    tabs = field(data, "tabsInfo", dict).get("tabs")
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
            yield field(card, "mblog", dict)


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
