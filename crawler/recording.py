"""Recording: one answer of a source, asked for as politely as in a crawl, for a test of its parser. Stores nothing."""

from collections.abc import Iterator, Sequence
from functools import partial

from scrapy import Request
from scrapy.exceptions import CloseSpider
from scrapy.http import Response

from crawler.config import Config
from crawler.crawling import checked_spider, fields_kept
from crawler.errors import WrongUse
from crawler.looking import visit
from crawler.platforms.base import PlatformSpider, Read
from crawler.registry import SourceEntry
from crawler.runs import Mishap

Answered = tuple[PlatformSpider, Response]
"""The spider that asked, and its answer."""


class Recording:
    """Mixed in before a platform's spider: it notes one answer in `answered` and ends.

    With `page` it asks for that page, and nothing else. Else it asks as in a crawl, with the platform's own methods,
    headers and signatures, and notes the answer of this `number`, from 1; of those before only further requests are
    read.
    """

    def __init__(
        self, *args: object, page: str | None, number: int, answered: list[Answered], **kwargs: object
    ) -> None:
        super().__init__(*args, **kwargs)
        self._page_asked = page
        self._left = number
        self._answered = answered

    def begin(self) -> Iterator[Request]:
        """The page, or what the platform asks for first."""
        if self._page_asked is None:
            yield from super().begin()
        else:
            yield self.ask(self.note, self._page_asked)

    def ask(self, then: Read, *args: object, **kwargs: object) -> Request:
        """As the platform asks; the answer is counted before it is read."""
        return super().ask(partial(self._counted, then), *args, **kwargs)

    def note(self, _response: Response) -> Iterator[Request]:
        """Nothing is read, and nothing else asked for."""
        yield from ()

    def _counted(self, then: Read, response: Response, **facts: object) -> Iterator[Request]:
        self._left -= 1
        if self._left == 0:
            self._answered.append((self, response))
            raise CloseSpider("recorded")
        yield from (result for result in then(response, **facts) if isinstance(result, Request))


def record(
    config: Config, entry: SourceEntry, page: str | None, number: int = 1
) -> tuple[Sequence[Answered], Sequence[Mishap]]:
    """What came of asking for a page, or as in a crawl up to an answer; that answer or none, and what went wrong.

    One call a process. Raises WrongUse, before anybody is asked, for a source of whose answers nothing may be kept.
    """
    if fields_kept(config, entry) is None:
        raise WrongUse(f"来源“{entry.id}”的回答里哪些是个人信息没有写明，不能录成样本，没有访问对方网站。")
    platform = checked_spider(entry, config)
    answered: list[Answered] = []
    spider = type(platform.__name__, (Recording, platform), {})
    return answered, visit(config, entry, spider, page=page, number=number, answered=answered)
