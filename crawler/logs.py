"""What may be written to a log while a platform is asked: ids of items, and nothing that they or an answer say."""

import logging
from traceback import format_tb

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


class DiscreetRecord(logging.LogRecord):
    """A record that tells of an error its kind and where it was, not its words: they may quote an answer."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        if self.exc_info and self.exc_info[1]:
            self.exc_text = _where(self.exc_info[1])  # a formatter makes none of its own then


def _where(error: BaseException) -> str:
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    told = "".join([*format_tb(error.__traceback__), type(error).__qualname__])
    return told if before is None else f"{_where(before)}\n\n{told}"
