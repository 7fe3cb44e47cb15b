"""A bare Scrapy spider that asks a platform's questions and reads the answers with its parsers, and drops what it read.

Scrapy's own settings, middlewares and pace; none of ours, no steps, nothing kept or counted but the items.
"""

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from zoneinfo import ZoneInfo

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.http import Response

from crawler.pacing import Turns
from crawler.platforms.base import PlatformSpider, Read
from crawler.profiles import Profile
from crawler.registry import SourceEntry
from crawler.runs import Tally


class NoProfile(Profile):
    """Sees nothing."""

    def saw(self, kind: str, rows: Iterable[object], read: frozenset[str]) -> None:
        """What only our monitors want to know."""


class BareSpider(Spider):
    """Asks what the spider of a platform asks, with its methods as callbacks."""

    name = "bare"
    counted = 0

    def __init__(self, platform: type[PlatformSpider], entry: SourceEntry, turns: Turns) -> None:
        super().__init__()
        tally = Tally(entry.id, entry.platform, profile=NoProfile())
        self._platform = platform(entry, tally, turns, ZoneInfo("Asia/Shanghai"))

    def _set_crawler(self, crawler: Crawler) -> None:
        super()._set_crawler(crawler)
        self._platform.crawler = crawler

    async def start(self) -> AsyncIterator[Request]:
        """The platform's first requests."""
        for request in self._platform.begin():
            yield self._plain(request)

    def read(self, response: Response, then: Read, facts: Mapping[str, object]) -> Iterator[Request]:
        """An answer: its items are counted."""
        for result in then(response, **facts):
            if isinstance(result, Request):
                yield self._plain(result)
            else:
                BareSpider.counted += 1

    def _plain(self, request: Request) -> Request:
        """The same question, read without what the base of all platforms does."""
        read = {name: request.cb_kwargs[name] for name in ("then", "facts")}
        return request.replace(callback=self.read, errback=None, cb_kwargs=read)
