"""What Scrapy may write about items: their ids and nothing they say."""

import logging

from scrapy import Spider
from scrapy.http import Response
from scrapy.logformatter import LogFormatter, LogFormatterResult
from twisted.python.failure import Failure

from crawler.portions import Portion


class DiscreetFormatter(LogFormatter):
    """Names items by id only, so that no text or author reaches a log file."""

    def scraped(self, item: Portion, response: Response | Failure | None, spider: Spider) -> LogFormatterResult:
        """One line a portion, at debug level; why items were refused stands in the rejected file."""
        counts = {"kept": len(item.items), "refused": len(item.refused)}
        return {"level": logging.DEBUG, "msg": "scraped %(kept)d, refused %(refused)d", "args": counts}

    def item_error(
        self, item: Portion, exception: BaseException, response: Response | Failure | None, spider: Spider
    ) -> LogFormatterResult:
        """A step broke on one of these."""
        ids = " ".join(each.id for each in item.items)
        return {"level": logging.ERROR, "msg": "a step broke on one of %(ids)s", "args": {"ids": ids}}
