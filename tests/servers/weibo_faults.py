"""Ways in which Weibo turns readers away or leads them in circles, put in front of the town's."""

import json
from collections.abc import Callable
from itertools import count

from crawler.town.server import Answered, Answering, Asked
from tests.servers.faults import Fault

VISITOR = ("/weibo.cn/visitor/genvisitor2", "/weibo.com/visitor/genvisitor2")
POSTS = ("/api/container/getIndex", "/ajax/statuses/mymblog")
COMMENTS = ("/comments/hotflow", "/ajax/statuses/buildComments")
ALL = (*POSTS, *COMMENTS)


def on(paths: tuple[str, ...], spoil: Callable[[Answered], Answered], after: int = 0) -> Fault:
    """Spoil the answers of some paths, from the one after the first `after` on."""

    def fault(answer: Answering) -> Answering:
        seen = 0

        def spoiled(asked: Asked) -> Answered:
            nonlocal seen
            answered = answer(asked)
            seen += asked.path in paths
            return spoil(answered) if asked.path in paths and seen > after else answered

        return spoiled

    return fault


def said(body: object, status: int = 200) -> Callable[[Answered], Answered]:
    """This answer, whatever was asked."""
    data = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
    return lambda _: Answered(data, status, "application/json; charset=utf-8")


WALL = said({"ok": -100, "url": "https://passport.weibo.com/sso/signin?entry=wapsso"})
CAPTCHA = said({"ok": 1, "url": "https://m.weibo.cn/captcha/show"})
TOO_OFTEN = said({"ok": 0, "msg": "操作过于频繁，请稍后再试"})
DELETED = said({"ok": 0, "msg": "该微博已被删除"})
CLOSED = said({"ok": 0, "msg": "由于博主设置，评论已关闭"})
STRANGE = said({"ok": 0, "msg": "今天天气不错"})
EXPIRED = said({"error_code": 21301, "error": "auth faild"})
EXPIRED_SESSION = said({"errno": "100098", "msg": "session"})
VISITOR_SYSTEM = said(b"<!doctype html><title>Sina Visitor System</title>")
SIGN_IN_PAGE = said("<!doctype html><title>登录 - 微博</title>".encode())
NO_SUB = said(b'visitor_gray_callback({"retcode":20000000,"msg":"succ","data":{"tid":"01A","confidence":100}});')


def status(code: int) -> Callable[[Answered], Answered]:
    """An HTTP status and nothing else."""
    return lambda _: Answered(b"", code)


def same_cursor(answered: Answered) -> Answered:
    """The next page is always the same one."""
    return _with_cursor(answered, 138_000_000_000_003, kind=0)


def new_cursors() -> Callable[[Answered], Answered]:
    """There is always another page, with nothing new on it."""
    numbers = count(200_000_000_000_000)
    return lambda answered: _with_cursor(answered, next(numbers), kind=1)


def _with_cursor(answered: Answered, cursor: int, kind: int) -> Answered:
    body = json.loads(answered.body)
    if body["ok"] == 1:
        (body["data"] if isinstance(body["data"], dict) else body).update(max_id=cursor, max_id_type=kind)
    return Answered(json.dumps(body).encode())
