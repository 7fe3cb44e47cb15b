"""robots.txt as RFC 9309 reads it, with Crawl-delay, which is older than the RFC and not in it.

A site without the file (4xx) allows everything (2.3.1.3); one whose file cannot be had (5xx, no answer, a redirect to
another host) allows nothing (2.3.1.4). A copy counts for a day (2.4).
"""

from asyncio import Lock
from collections import defaultdict
from http import HTTPStatus
from time import monotonic
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.robotstxt import RobotParser

AGENT = "Lianxin"
"""The name by which robots.txt may speak to us."""

FRESH = 24 * 3600
"""Seconds that a copy counts."""

LONGEST_DELAY = 3600.0
"""Seconds of Crawl-delay with which a source can still be collected."""


class Forbidden(IgnoreRequest):
    """robots.txt does not allow the request; says so in a sentence."""


class Unread(IgnoreRequest):
    """robots.txt could not be had, so that nothing may be asked: an HTTP status, or what went wrong."""

    def __init__(self, why: int | Exception) -> None:
        super().__init__(f"robots.txt: {why}")
        self.why = why


class Robots(RobotsTxtMiddleware):
    """Asks a host's robots.txt before anything else of it. What it does not allow raises Forbidden or Unread."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._reading: defaultdict[str, Lock] = defaultdict(Lock)
        self._read_at: dict[str, float] = {}
        self._unread: dict[str, int | Exception] = {}

    async def robot_parser(self, request: Request) -> RobotParser | None:
        """The rules of the request's host, asked again when a day old."""
        host = urlsplit(request.url).netloc
        async with self._reading[host]:  # of several that wait for one answer Scrapy gives it to the first alone
            if monotonic() - self._read_at.setdefault(host, monotonic()) > FRESH:
                self._unread.pop(host, None)
                del self._parsers[host], self._read_at[host]
            return await super().robot_parser(request)

    def process_request_2(self, rp: RobotParser | None, request: Request) -> None:
        """Raise Forbidden or Unread where nothing may be asked; slow down where the rules ask for it."""
        address = urlsplit(request.url)
        if address.netloc in self._unread:
            raise Unread(self._unread[address.netloc])
        if rp is None or not rp.allowed(request.url, AGENT):
            raise Forbidden("robots.txt 不允许采集这个地址，已停止。请联系平台取得许可，或改用别的来源。")
        delay = rp.crawl_delay(AGENT) or 0.0
        if delay > LONGEST_DELAY:
            raise Forbidden(f"robots.txt 要求每隔 {delay:.0f} 秒才访问一次，这样采不完，已停止。")
        self.crawler.spider.turns.at_least(address.hostname or "", delay)

    async def _parse_robots(self, response: Response, netloc: str, request: Request) -> None:
        if response.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            self._unread[netloc] = response.status
        elif response.status >= HTTPStatus.BAD_REQUEST:
            response = response.replace(body=b"")
        await super()._parse_robots(response, netloc, request)

    def _robots_error(self, exc: Exception, netloc: str) -> None:
        self._unread[netloc] = exc
        super()._robots_error(exc, netloc)
