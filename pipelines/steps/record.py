"""Record: the last step. What arrives here is masked; what leaves here is in the journal."""

from asyncio import wrap_future
from typing import Self

from scrapy import signals
from scrapy.crawler import Crawler

from crawler.config import Config
from crawler.errors import ServiceAway
from crawler.portions import Portion
from pipelines.recorder import Recorder


class Record:
    """Keeps items in the journal, refused ones aside, and closes the run's accounts when the spider ends."""

    def __init__(self, crawler: Crawler, config: Config) -> None:
        self._crawler = crawler
        self._config = config

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way to make a step."""
        return cls(crawler, crawler.settings["LIANXIN_CONFIG"])

    async def open_spider(self) -> None:
        """Write the run's opening record before anything is asked. A run without one has no closing record either."""
        self._recorder = Recorder(self._config, self._crawler.spider.tally)
        await wrap_future(self._recorder.open())
        self._crawler.signals.connect(self.finish, signal=signals.spider_closed)

    async def process_item(self, portion: Portion) -> Portion:
        """Keep masked items, and aside what the steps refused. The answer they came from is read on when there is room
        for more. What the disk does not take now waits for the next portion, at the latest for the end."""
        self._recorder.record(portion.items)
        for item, reason in portion.refused:
            self._recorder.reject(item, reason)
        portion.taken()
        while self._recorder.full:
            await wrap_future(self._recorder.flush())
        return portion

    async def finish(self, reason: str) -> None:
        """Write the run's closing record."""
        tally = self._crawler.spider.tally
        tally.requests = self._crawler.stats.get_value("downloader/request_count", 0)
        try:
            await wrap_future(self._recorder.close(reason))
        except ServiceAway as trouble:
            tally.ending.trouble = f"采集了，但结果没有记完：{trouble}"
            raise
