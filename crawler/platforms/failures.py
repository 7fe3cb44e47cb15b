"""Why a request brought no usable answer, in a sentence a person can act on."""

import zlib
from collections.abc import Mapping
from http import HTTPStatus
from zoneinfo import ZoneInfo

from OpenSSL import SSL
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
)
from scrapy.http import Response, TextResponse
from scrapy.spidermiddlewares.httperror import HttpError
from service_identity import VerificationError
from twisted.internet.error import DNSLookupError
from twisted.web.client import ResponseFailed

from crawler.errors import Trouble
from crawler.middlewares.compression import Cut, TooLarge
from crawler.middlewares.guard import Elsewhere, Inside
from crawler.middlewares.replay import NotKept
from crawler.middlewares.robots import Forbidden, Unread
from crawler.pacing import Resting
from crawler.platforms import walls
from crawler.runs import Mishap

REFUSALS = frozenset({401, 403, 407, 412, 414, 418, 429, 432, 451, 461, 468, 471, 511})
"""HTTP statuses with which platforms turn a reader away (platforms differ; all of these were seen): 412 with a script
(瑞数), 461 and 471 with a captcha, 468 from a firewall (雷池)."""

_UNKNOWN_HOST = "找不到这个网站的地址（域名解析失败），请核对网址。"
_BROKEN: Mapping[type[BaseException], str] = {
    CannotResolveHostError: _UNKNOWN_HOST,
    DNSLookupError: _UNKNOWN_HOST,
    DownloadTimeoutError: "平台在限定时间内没有回答完。请过些时候再采集；若总是这样，把 pace.timeout 调大。",
    DownloadCancelledError: "回答太大（超过 8 MiB），没有读。",
    TooLarge: "回答解压后太大（超过 8 MiB），没有读。",
    Cut: "回答不完整，几次都在中途断了。",
    zlib.error: "回答的压缩格式读不懂，没有读。",
}


def mishap_of(error: BaseException, zone: ZoneInfo) -> Mishap:
    """What became of a request: `blocked` where it must not be made again now, else `failed`."""
    match error:
        case HttpError():
            return _answered(error.response)
        case Elsewhere():
            return Mishap("blocked", f"被转到了别的网站（{error}，通常是登录或验证页），没有跟过去，已停止。")
        case Inside():
            more = "这个来源确实在内网，就在 sources.toml 写 inside = true。"
            return Mishap("blocked", f"{error} 是内网地址，没有访问，已停止。{more}")
        case NotKept():
            return Mishap("failed", "那次采集没有留下这一页的回答，重读不到。")
        case Forbidden():
            return Mishap("blocked", str(error))
        case Unread(why=int()):
            return Mishap("failed", f"网站的 robots.txt 取不到（HTTP {error.why}），按规定不能采集；过些时候再试。")
        case Unread():
            return mishap_of(error.why, zone)
        case Resting():
            until = f"{error.until.astimezone(zone):%m 月 %d 日 %H:%M}"
            return Mishap("blocked", f"平台要求 {until} 以后再来，没有再访问，已停止。")
        case DownloadFailedError() if _distrusted(error):
            return Mishap("failed", "网站的证书不可信（过期、不是这个网站的，或签发者不明），没有读。")
    return _broken(error)


def _broken(error: BaseException) -> Mishap:
    if isinstance(error, Trouble):  # ours, not the platform's: the ledger cannot be written
        return Mishap("failed", str(error))
    if sentence := _BROKEN.get(type(error)):
        return Mishap("failed", sentence)
    if isinstance(error, IgnoreRequest):
        return Mishap("blocked", "平台把请求转来转去，没有给出内容，已停止。")
    return Mishap("failed", f"连不上平台，或回答中途断开（{type(error).__name__}）。请核对网址和网络。")


def _answered(response: Response) -> Mishap:
    """By the status, then by the page that comes with it: some firewalls turn readers away with 405, 503 or 521."""
    status = response.status
    if status in REFUSALS:
        return Mishap("blocked", f"平台拒绝访问（HTTP {status}）。请过一段时间再采集；若总是这样，请联系平台。")
    if status in (HTTPStatus.NOT_FOUND, HTTPStatus.GONE):
        return Mishap("failed", f"地址不存在（HTTP {status}），请核对来源的地址和编号。")
    # An error with nothing behind it is that error: only an answer that should have brought something is a refusal.
    if isinstance(response, TextResponse) and response.text.strip() and (wall := walls.in_place_of_page(response.text)):
        return Mishap("blocked", f"HTTP {status}：{wall.sentence}")
    return Mishap("failed", f"平台出错（HTTP {status}）。请过些时候再采集；若总是这样，请联系平台。")


def _distrusted(error: DownloadFailedError) -> bool:
    cause = error.__cause__
    return isinstance(cause, ResponseFailed) and any(
        reason.check(SSL.Error, VerificationError) for reason in cause.reasons
    )
