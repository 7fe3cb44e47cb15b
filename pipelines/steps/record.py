"""Record: the last step. What arrives here is masked; what leaves here is in the journal."""

from asyncio import wrap_future
from typing import Self

from scrapy import signals
from scrapy.crawler import Crawler

from crawler.config import Config
from crawler.errors import ServiceAway
from crawler.items import Item
from pipelines.recorder import Recorder


class Record:
    """Keeps items in the journal, refused ones aside, and closes the run's accounts when the spider ends."""

    def __init__(self, crawler: Crawler, config: Config) -> None:
        self._crawler = crawler
        self._config = config

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way to make a step."""
        step = cls(crawler, crawler.settings["LIANXIN_CONFIG"])
        crawler.signals.connect(step.rejected, signal=signals.item_dropped)
        return step

    async def open_spider(self) -> None:
        """Write the run's opening record before anything is asked. A run without one has no closing record either."""
        self._recorder = Recorder(self._config, self._crawler.spider.tally)
        await wrap_future(self._recorder.open())
        self._crawler.signals.connect(self.finish, signal=signals.spider_closed)

    async def process_item(self, item: Item) -> Item:
        """Keep a masked item. The answer it came from is read on when there is room for more."""
        self._recorder.record(item)
        while self._recorder.full:
            await wrap_future(self._recorder.flush())
        return item

    async def rejected(self, item: Item, exception: BaseException) -> None:
        """A step refused an item. What the disk does not take now waits for the next one, at the latest for the end."""
        self._recorder.reject(item, str(exception))
        if self._recorder.full:
            await wrap_future(self._recorder.flush())

    async def finish(self, reason: str) -> None:
        """Write the run's closing record."""
        tally = self._crawler.spider.tally
        tally.requests = self._crawler.stats.get_value("downloader/request_count", 0)
        try:
            await wrap_future(self._recorder.close(reason))
        except ServiceAway as trouble:
            tally.ending.trouble = f"采集了，但结果没有记完：{trouble}"
            raise
