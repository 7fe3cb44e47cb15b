"""Recording: one page of a source, asked for as politely as in a crawl, for a test of its parser. Stores nothing."""

from collections.abc import Iterator, Sequence
from contextlib import closing

from scrapy import Request
from scrapy.http import Response

from crawler.config import Config
from crawler.crawling import checked_spider
from crawler.errors import WrongUse
from crawler.looking import visit
from crawler.pacing import Turns
from crawler.platforms.base import PlatformSpider
from crawler.registry import SourceEntry
from crawler.runs import Mishap, Tally

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
    """What came of asking for a page, one answer or none, and what went wrong. One call a process.

    Raises WrongUse, before anybody is asked, for a source of whose answers nothing may be kept.
    """
    platform = checked_spider(entry, config)
    with closing(Turns(config.ledger_path, entry.pace.delay)) as turns:
        if platform(entry, Tally(entry.id, entry.platform), turns, config.zone).fields_kept() is None:
            raise WrongUse(f"来源“{entry.id}”的回答里哪些是个人信息没有写明，不能录成样本，没有访问对方网站。")
    answered: list[Answered] = []
    spider = type(platform.__name__, (Recording, platform), {})
    return answered, visit(config, entry, spider, page=page, answered=answered)
