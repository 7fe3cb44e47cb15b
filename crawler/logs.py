"""What Scrapy may write about an item: its id and nothing it says."""

import logging

from scrapy import Spider
from scrapy.http import Response
from scrapy.logformatter import LogFormatter, LogFormatterResult
from twisted.python.failure import Failure

from crawler.items import Item


class DiscreetFormatter(LogFormatter):
    """Names items by id only, so that no text or author reaches a log file."""

    def scraped(self, item: Item, response: Response | Failure | None, spider: Spider) -> LogFormatterResult:
        """One line an item, at debug level."""
        return {"level": logging.DEBUG, "msg": "scraped %(id)s", "args": {"id": item.id}}

    def dropped(
        self, item: Item, exception: BaseException, response: Response | Failure | None, spider: Spider
    ) -> LogFormatterResult:
        """One line for each refused item; the reason stands in the rejected file too."""
        return {
            "level": logging.INFO,
            "msg": "rejected %(id)s: %(reason)s",
            "args": {"id": item.id, "reason": str(exception)},
        }

    def item_error(
        self, item: Item, exception: BaseException, response: Response | Failure | None, spider: Spider
    ) -> LogFormatterResult:
        """A step broke on an item."""
        return {"level": logging.ERROR, "msg": "a step broke on %(id)s", "args": {"id": item.id}}
