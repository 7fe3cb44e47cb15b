"""What all that happens to a comment costs: `python -m bench.crawling` prints docs/bench.md's tables of it.

The town answers from a process of its own. Of each platform a bare Scrapy spider reads all there is with the same
parsers, and drops what it read; `lianxin crawl` reads the same, masks, keeps, and brings the index up to date. They
take turns, each in a new process with an installation of its own.
"""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Annotated

import typer
from scrapy.crawler import CrawlerProcess

from bench.bare import BareSpider
from bench.costs import costs, costs_table
from bench.measuring import apart, spent, table
from bench.towns import grown_everywhere, settle, town_elsewhere
from crawler.config import Config
from crawler.crawling import crawl
from crawler.pacing import Turns
from crawler.platforms import spider_for
from crawler.registry import SourceEntry, load_registry
from lianxin.indexing import feed_index
from pipelines.evidence import KEEPING
from pipelines.steps import STEPS

CONTACT = "bench@lianxin.example"
SOURCES = {
    "town-comments": "Isso, 50 an answer",
    "town-weibo": "Weibo, 20 an answer",
    "town-letters": "liuyan, a page a letter",
    "town-hotline": "letterbox, a page a letter",
}
"""What is read, and how."""


ALONE = 2_000
"""Comments of which it is told what each thing done to them costs."""

OFFLINE = {
    "scrapy.downloadermiddlewares.cookies.CookiesMiddleware": None,
    "crawler.middlewares.cookies.OfflineCookies": 700,
}
"""Scrapy's own cookies ask a server for the list of public suffixes."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading of a source: how many items, in how many seconds by the clock and of the processor."""

    items: int
    seconds: float
    processor: float


def read_bare(data: Path, town: str, source: str) -> Reading:
    """With Scrapy alone."""
    entry, config = _settled(data, town, source)
    settings = dict.fromkeys(("CONCURRENT_REQUESTS", "CONCURRENT_REQUESTS_PER_DOMAIN"), entry.pace.concurrency)
    settings |= {"LOG_LEVEL": "WARNING", "DOWNLOADER_MIDDLEWARES": OFFLINE}
    with closing(Turns(config.ledger_path, 0)) as turns, spent() as taken:
        process = CrawlerProcess({**settings, "LIANXIN_CONFIG": config})
        process.crawl(BareSpider, platform=spider_for(entry.platform), entry=entry, turns=turns)
        process.start()
    return Reading(BareSpider.counted, taken.seconds, taken.processor)


def read_whole(data: Path, town: str, source: str) -> Reading:
    """As `lianxin crawl` does. The processor's seconds are those of the second process, too."""
    entry, config = _settled(data, town, source)
    with spent() as taken:
        (run,) = crawl(config, [entry], STEPS, middlewares=KEEPING)
        feed_index(config, load_registry(data))
    if run.outcome != "complete":
        raise RuntimeError(run.reason)
    return Reading(run.fetched, taken.seconds, taken.processor)


def _settled(data: Path, town: str, source: str) -> tuple[SourceEntry, Config]:
    settle(data, town)
    return load_registry(data).sources[source], Config(data=data, contact=CONTACT)


def readings(
    folder: Path, sources: Sequence[str], comments: int, letters: int, rounds: int
) -> Iterator[tuple[str, list[tuple[Reading, Reading]]]]:
    """Of each source bare and whole, in turns."""
    with town_elsewhere(grown_everywhere, comments, letters) as town:
        for source in sources:
            found = []
            for number in range(rounds):
                here = folder / source / str(number)
                bare = apart(read_bare, here / "bare", town, source)[0]
                whole = apart(read_whole, here / "whole", town, source)[0]
                if bare.items != whole.items:
                    raise RuntimeError(f"{source}: {bare.items} items, and {whole.items}")
                found.append((bare, whole))
            yield source, found


def readings_table(found: Mapping[str, Sequence[tuple[Reading, Reading]]]) -> str:
    """Medians, and what share of the bare spider's speed is left."""
    heads = ["", "items", "seconds", "processor seconds", "of the bare spider's speed"]
    rows = []
    for source, pairs in found.items():
        for place, name in enumerate(("bare Scrapy spider (baseline)", "`lianxin crawl`, the index included")):
            seconds = median(pair[place].seconds for pair in pairs)
            processor = median(pair[place].processor for pair in pairs)
            share = median(pair[0].seconds / pair[place].seconds for pair in pairs)
            items = f"{pairs[0][place].items:,}"
            rows.append([f"{SOURCES[source]}: {name}", items, f"{seconds:.1f}", f"{processor:.1f}", f"{share:.2f}"])
    return table(heads, rows)


def main(
    comments: Annotated[int, typer.Option(help="Comments under the town's posts, and on Weibo.")] = 20_000,
    letters: Annotated[int, typer.Option(help="Letters to its board, and to 12345.")] = 1_500,
    rounds: Annotated[int, typer.Option(help="Turns.")] = 3,
    source: Annotated[list[str] | None, typer.Option(help="Only these sources of the town.")] = None,
) -> None:
    """Read in turns, and print the medians; then what each thing done to a comment costs by itself."""
    with tempfile.TemporaryDirectory(prefix="lianxin-bench-") as made:
        here = Path(made)
        typer.echo(readings_table(dict(readings(here, source or [*SOURCES], comments, letters, rounds))))
        typer.echo(costs_table(apart(costs, here / "costs", ALONE)[0]))


if __name__ == "__main__":
    typer.run(main)
