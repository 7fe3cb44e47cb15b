"""The town's Weibo: the account 示例县发布 on m.weibo.cn and on weibo.com, and where visitors get their cookies."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

from crawler.town.corpus import ACCOUNT, Town
from crawler.town.weibo_rows import (
    UID,
    Posted,
    Row,
    child_row,
    html_of,
    numbered,
    post_row,
    short_name,
    thread_row,
    threads_of,
)

CONTAINER = f"107603{UID}"
VISITORS = {"/weibo.cn/visitor/genvisitor2": "_2Ak-m", "/weibo.com/visitor/genvisitor2": "_2Ak-web"}
"""Where each site gives visitors their cookies, and the SUB they get; those of one are not known on the other."""

MEMBER = "_2A-own"
"""The SUB of somebody who is signed in."""

SIGN_IN: Row = {"ok": -100, "url": "https://passport.weibo.com/sso/signin?entry=wapsso"}
VISITOR_PAGE = b"<!DOCTYPE html><html><head><title>Sina Visitor System</title></head><body></body></html>"
SHOWN = 50
"""Comments of a post that api/comments/show gives at most."""

OLDER_PAGE = 10
_CURSOR = 138_000_000_000_000
"""What a cursor adds to the place it stands for: nobody shall count on it."""

_FLIPS_AT = 2
"""The page, from 0, from which on cursors are of type 1."""

Fetched = tuple[int, bytes]
Listed = TypeVar("Listed")


@dataclass(frozen=True, slots=True)
class Sizes:
    """Rows a page, small enough that a small county has several, and the pages of comments that a visitor sees."""

    posts: int = 4
    comments: int = 3
    children: int = 10
    free_pages: int | None = None


class WeiboReplica:
    """Answers GET requests of both sites; `fetch` gives None for what is not theirs."""

    def __init__(self, town: Town, sizes: Sizes = Sizes(), clock: Callable[[], datetime] | None = None) -> None:
        self._posts = numbered(town)
        self._by_number = {str(posted.number): posted for posted in self._posts}
        self._by_name = {short_name(posted.number): posted for posted in self._posts}
        self._threads = {str(number): thread for number, thread in threads_of(self._posts).items()}
        self._sizes = sizes
        self._clock = clock or (lambda: datetime.now(UTC))
        self._pages: dict[str, Callable[[Mapping[str, str], bool], Row]] = {
            "/api/container/getIndex": self._container,
            "/comments/hotflow": self._hotflow,
            "/comments/hotFlowChild": self._hot_children,
            "/api/comments/show": self._shown,
            "/statuses/extend": self._long_text,
            "/ajax/statuses/mymblog": self._mymblog,
            "/ajax/statuses/buildComments": self._built,
            "/ajax/statuses/longtext": self._long_text,
        }

    def fetch(self, path: str, query: Mapping[str, str], cookies: Mapping[str, str]) -> Fetched | None:
        """Status and body. Without both cookies there is nothing; with those of the other site, a wall."""
        if path not in self._pages:
            return None
        is_web, sub = path.startswith("/ajax/"), cookies.get("SUB")
        if sub is None or "SUBP" not in cookies:
            return (200, VISITOR_PAGE) if is_web else (432, b"")
        if sub not in (MEMBER, "_2Ak-web" if is_web else "_2Ak-m"):
            return 200, _json(SIGN_IN)
        return 200, _json(self._pages[path](query, sub == MEMBER))

    def visit(self, path: str) -> bytes:
        """The answer to a visitor's form: JSONP with the cookies in it."""
        data = {"sub": VISITORS[path], "subp": "0033-town", "tid": "01A-town", "next": "cross_domain"}
        answer = _json({"retcode": 20000000, "msg": "succ", "data": data})
        return b"window.visitor_gray_callback && visitor_gray_callback(" + answer + b");"

    def _container(self, query: Mapping[str, str], _member: bool) -> Row:
        if query.get("value") != str(UID):
            return {"ok": 0, "msg": "这里还没有内容", "data": {"cards": []}}
        if "containerid" not in query:
            tabs = [
                {"tabKey": "profile", "tab_type": "profile", "containerid": f"230283{UID}"},
                {"tabKey": "weibo", "tab_type": "weibo", "containerid": CONTAINER},
            ]
            user = {"id": UID, "screen_name": ACCOUNT, "verified": True}
            return {"ok": 1, "data": {"userInfo": user, "tabsInfo": {"selectedTab": 1, "tabs": tabs}}}
        place = int(query.get("since_id") or _CURSOR) - _CURSOR
        posts, following = _slice(self._posts, place, self._sizes.posts)
        cards: list[Row] = [{"card_type": 9, "mblog": post_row(posted, self._clock(), mobile=True)} for posted in posts]
        if place == 0:
            pinned = [post_row(posted, self._clock(), True, True) for posted in self._posts if posted.post.pinned]
            cards = [
                {"card_type": 58, "title": "全部微博"},
                *({"card_type": 9, "mblog": row} for row in pinned),
                *cards,
            ]
        if cards and place:
            cards[-1] = {"card_type": 11, "card_group": [cards[-1]]}
        info: Row = {"containerid": CONTAINER, "total": len(self._posts), "page": None}
        if following is not None:
            info["since_id"] = _CURSOR + following
        return {"ok": 1, "data": {"cardlistInfo": info, "cards": cards}}

    def _hotflow(self, query: Mapping[str, str], member: bool) -> Row:
        posted = self._by_number.get(query.get("id", ""))
        if posted is None or posted.post.closed or not posted.threads:
            return _nothing(posted)
        place = int(query.get("max_id") or _CURSOR) - _CURSOR
        number = place // self._sizes.comments
        if query.get("max_id_type") != str(int(number >= _FLIPS_AT)):
            return {"ok": 0, "msg": "参数错误"}
        if self._walled(number, member):
            return SIGN_IN
        threads, following = _slice(posted.threads, place, self._sizes.comments)
        rows = [thread_row(thread, self._clock(), mobile=True) for thread in threads]
        kind = int(number + 1 >= _FLIPS_AT)
        cursor = {"max_id": 0 if following is None else _CURSOR + following, "max_id_type": kind}
        return {"ok": 1, "data": {"data": rows, "total_number": len(posted.threads), **cursor}}

    def _hot_children(self, query: Mapping[str, str], member: bool) -> Row:
        thread = self._threads[query["cid"]]
        place = max(int(query.get("max_id") or 0) - _CURSOR, 0)
        if place and not member:
            return SIGN_IN
        children, following = _slice(thread.children, place, self._sizes.children)
        return {
            "ok": 1,
            "data": [child_row(child, thread, self._clock(), mobile=True) for child in children],
            "rootComment": [thread_row(thread, self._clock(), mobile=True)],
            "total_number": len(thread.children),
            "max_id": 0 if following is None else _CURSOR + following,
            "max_id_type": 0,
        }

    def _shown(self, query: Mapping[str, str], member: bool) -> Row:
        posted = self._by_number.get(query.get("id", ""))
        number = int(query.get("page") or 1) - 1
        if posted is None or posted.post.closed or not posted.threads:
            return _nothing(posted)
        if self._walled(number, member):
            return SIGN_IN
        threads, _ = _slice(posted.threads[:SHOWN], number * OLDER_PAGE, OLDER_PAGE)
        rows = [{**thread_row(thread, self._clock(), mobile=True), "comments": False} for thread in threads]
        if not rows:
            return {"ok": 0, "msg": "暂无数据"}
        return {"ok": 1, "msg": "数据获取成功", "data": {"data": rows, "total_number": len(posted.threads)}}

    def _long_text(self, query: Mapping[str, str], _member: bool) -> Row:
        name = query.get("id", "")
        posted = self._by_number.get(name) or self._by_name.get(name)
        if posted is None:
            return {"ok": 0, "msg": "微博不存在"}
        text = posted.post.text.strip()
        return {"ok": 1, "data": {"ok": 1, "longTextContent": html_of(text), "longTextContent_raw": text}}

    def _mymblog(self, query: Mapping[str, str], _member: bool) -> Row:
        number = int(query.get("page") or 1) - 1
        found = self._posts if query.get("uid") == str(UID) else []
        posts, _ = _slice(found, number * self._sizes.posts, self._sizes.posts)
        rows = [post_row(posted, self._clock(), mobile=False) for posted in posts]
        if number == 0:
            rows = [post_row(posted, self._clock(), False, True) for posted in found if posted.post.pinned] + rows
        since = f"{posts[-1].number}kp{number + 2}" if posts else ""
        return {"ok": 1, "data": {"list": rows, "since_id": since, "total": len(found)}}

    def _built(self, query: Mapping[str, str], member: bool) -> Row:
        place = max(int(query.get("max_id") or 0) - _CURSOR, 0)
        is_child = query.get("fetch_level") == "1"
        size = self._sizes.children if is_child else self._sizes.comments
        if self._walled(place // size, member) or (is_child and place and not member):
            return SIGN_IN
        if is_child:
            thread = self._threads[query["id"]]
            children, following = _slice(thread.children, place, size)
            rows = [child_row(child, thread, self._clock(), mobile=False) for child in children]
        else:
            posted = self._by_number.get(query.get("id", ""))
            if posted is None or posted.post.closed:
                return _nothing(posted)
            threads, following = _slice(posted.threads, place, size)
            rows = [thread_row(thread, self._clock(), mobile=False) for thread in threads]
        cursor = 0 if following is None else _CURSOR + following
        return {"ok": 1, "data": rows, "max_id": cursor, "total_number": len(rows), "trendsText": "已加载全部评论"}

    def _walled(self, number: int, member: bool) -> bool:
        """Whether a page of comments, counted from 0, is only for members."""
        return not member and self._sizes.free_pages is not None and number >= self._sizes.free_pages


def _nothing(posted: Posted | None) -> Row:
    if posted is None:
        return {"ok": 0, "msg": "该微博已被删除"}
    return {"ok": 0, "msg": "博主已关闭评论" if posted.post.closed else "还没有人评论哦~快来抢沙发！"}


def _slice(rows: Sequence[Listed], place: int, size: int) -> tuple[Sequence[Listed], int | None]:
    """Rows from a place on, and the place after them where there are more."""
    return rows[place : place + size], place + size if place + size < len(rows) else None


def _json(value: Row) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()
