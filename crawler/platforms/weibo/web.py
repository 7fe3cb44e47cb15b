"""weibo.com/ajax: posts by page number; comments and answers by one interface."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from crawler.coverage import Cursor
from crawler.platforms.answers import Json, field
from crawler.platforms.weibo.cookies import Cookies
from crawler.platforms.weibo.refusals import payload
from crawler.platforms.weibo.rows import rows_in, token_of
from crawler.platforms.weibo.ways import Page


@dataclass(frozen=True, slots=True)
class Web:
    """The site for screens."""

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
        data = field(answer, "data", dict)
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


def _built(answer: Json | None, kept: Cursor) -> Page:
    if answer is None:
        return Page([])
    following = None if answer.get("max_id") in (None, 0, "0", "") else token_of(answer, "max_id")
    return Page(rows_in(field(answer, "data", list), "data"), {**kept, "max_id": following} if following else None)
