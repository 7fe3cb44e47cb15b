"""Looking at a source: the first pages only, asked as politely as a crawl, to see what is found where. Stores nothing.

A platform that can be looked at is a package with a module `looking`, whose spider notes `sights` and yields no items.
"""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from scrapy.crawler import Crawler, CrawlerProcess

from crawler import platforms
from crawler.config import Config
from crawler.crawling import checked_spider, crawl_settings
from crawler.errors import WrongUse
from crawler.pacing import Turns
from crawler.platforms.base import PlatformSpider
from crawler.registry import SourceEntry
from crawler.runs import Mishap, Tally


@dataclass(frozen=True, slots=True)
class Sight:
    """What was found for one column: in how many of the rows, and the first value, raw.

    `personal` is a writer's name, not to be shown here nor in another value. `needed` says that nothing can be
    collected without it. `trouble` is why what was found is of no use.
    """

    part: str
    column: str
    path: str
    count: int
    rows: int
    first: str | None
    needed: bool = False
    personal: bool = False
    trouble: str = ""

    @property
    def fails(self) -> bool:
        """Whether this keeps the source from being collected."""
        return bool(self.trouble) or (self.needed and not self.count)


class Looking:
    """Mixed in before a platform's spider: it notes `sights`."""

    def __init__(self, *args: object, sights: list[Sight], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.sights = sights


def look(config: Config, entry: SourceEntry) -> tuple[Sequence[Sight], Sequence[Mishap]]:
    """What is found at a source, and what went wrong. One call a process.

    Raises WrongUse for a platform that cannot be looked at.
    """
    checked_spider(entry, config)
    sights: list[Sight] = []
    return sights, visit(config, entry, _looking_spider(entry.platform), sights=sights)


def visit(config: Config, entry: SourceEntry, spider: type[PlatformSpider], **told: object) -> Sequence[Mishap]:
    """Let a spider ask a source without storing what it finds, and say what went wrong. One call a process.

    `told` is what the spider is given besides what every spider is.
    """
    tally = Tally(entry.id, entry.platform)
    process = CrawlerProcess(crawl_settings(config, {}))
    crawler = Crawler(spider, crawl_settings(config, {}, entry), init_reactor=True)
    with closing(Turns(config.ledger_path, entry.pace.delay)) as turns:
        process.crawl(crawler, entry=entry, tally=tally, turns=turns, zone=config.zone, **told)
        process.start()
    return tally.mishaps


def _looking_spider(platform: str) -> type[PlatformSpider]:
    folders = [Path(folder) for folder in platforms.__path__]
    able = [
        name for name in platforms.platforms() if any((folder / name / "looking.py").is_file() for folder in folders)
    ]
    if platform not in able:
        raise WrongUse(f"平台 {platform} 没有可以先看一眼的；可以的有：{'、'.join(able)}。")
    module = import_module(f"{platforms.__name__}.{platform}.looking")
    return next(
        found
        for found in vars(module).values()
        if isinstance(found, type) and issubclass(found, Looking) and issubclass(found, PlatformSpider)
    )
