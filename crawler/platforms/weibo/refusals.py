"""What an answer of Weibo says when it is not what was asked for."""

import re

from w3lib.encoding import html_to_unicode

from crawler.platforms import walls
from crawler.platforms.answers import Json, Refused, Unreadable, json_object, page_for_data
from crawler.reading.quoting import quoted

_SIGN_IN = -100
_EXPIRED = frozenset({"21301", "100098"})
_TOO_OFTEN = re.compile("频繁|频次|过快|稍后再试")
_GONE = re.compile("删除|不存在|不可见|无权|没有权限|不适宜")
_CLOSED = re.compile("关闭|未开放|不允许评论|无法评论|禁止评论|暂不支持评论")
_NOTHING = re.compile("还没有|暂无|没有更多|没有内容|沙发")


class Walled(Refused):
    """Signing in is wanted from here on."""


class Gone(Unreadable):
    """What was asked for is deleted or not to be seen."""


class Closed(Unreadable):
    """Nobody may comment here."""


class Unclear(Unreadable):
    """`ok: 0` with words that are not known."""


def payload(body: bytes) -> Json | None:
    """The JSON object of an answer; None where the platform says that there is nothing (more).

    Raises Refused (Walled where signing in helps), or Unreadable (Gone, Closed) with what the platform said.
    """
    if body.lstrip()[:1] == b"<":
        raise _page(body)
    answer = json_object(body)
    if answer.get("ok") == _SIGN_IN:
        raise Walled("微博要求登录（ok -100）：访客看不到，或访问太快。可过些时候再试，或用 cookie_file。")
    if {str(answer.get(name)) for name in ("error_code", "errno")} & _EXPIRED:
        raise Refused("微博说登录已失效（error_code 21301 或 100098），请更新 cookie_file。")
    if "url" in answer and "data" not in answer:
        raise Refused("微博要求验证码，已停止。请过一段时间再采集，或把 pace.delay 调大。")
    if answer.get("ok") == 0:
        return _said(str(answer.get("msg") or answer.get("message") or ""))
    return answer


def _page(body: bytes) -> Refused | Unreadable:
    """What a page means: what a cookie of the operator's would help against is said so."""
    wall = walls.in_place_of_data(html_to_unicode("text/html; charset=utf-8", body)[1])
    if wall and wall.kind == "visitor":
        return Refused(
            "微博转到了访客验证页（Sina Visitor System）：访客身份失效或没有被接受。过些时候再试，或用 cookie_file。"
        )
    if wall and wall.kind == "sign-in":
        return Walled("微博转到了登录页：访客看不到，或访问太快。可过些时候再试，或用 cookie_file。")
    return page_for_data(body)


def _said(message: str) -> None:
    """What `ok: 0` means: only its words tell."""
    if _TOO_OFTEN.search(message):
        raise Refused(f"微博说访问太频繁（{quoted(message)}），已停止。请过一段时间再采集，或把 pace.delay 调大。")
    if _GONE.search(message):
        raise Gone(f"已删除或看不到（{quoted(message)}）。")
    if _CLOSED.search(message):
        raise Closed(f"评论已关闭（{quoted(message)}）。")
    if not _NOTHING.search(message):
        raise Unclear(f"微博没有给出数据（{quoted(message) or '没有说明'}）。")
