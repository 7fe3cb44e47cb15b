"""Recording: one page of a source, asked for as politely as in a crawl, for a test of its parser. Stores nothing."""

from collections.abc import Iterator, Sequence

from scrapy import Request
from scrapy.http import Response

from crawler.config import Config
from crawler.crawling import checked_spider
from crawler.looking import visit
from crawler.platforms.base import PlatformSpider
from crawler.registry import SourceEntry
from crawler.runs import Mishap

Answered = tuple[PlatformSpider, Response]
"""The spider that asked, and its answer."""


class Recording:
    """Mixed in before a platform's spider: it asks for one page and notes in `answered` what came."""

    def __init__(self, *args: object, page: str, answered: list[Answered], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self._page_asked = page
        self._answered = answered

    def begin(self) -> Iterator[Request]:
        """The page."""
        yield self.ask(self.note, self._page_asked)

    def note(self, response: Response) -> Iterator[Request]:
        """Nothing is read, and nothing else asked for."""
        self._answered.append((self, response))
        yield from ()


def record(config: Config, entry: SourceEntry, page: str) -> tuple[Sequence[Answered], Sequence[Mishap]]:
    """What came of asking for a page, one answer or none, and what went wrong. One call a process."""
    platform = checked_spider(entry, config)
    answered: list[Answered] = []
    spider = type(platform.__name__, (Recording, platform), {})
    return answered, visit(config, entry, spider, page=page, answered=answered)
