"""What all that happens to a comment costs: `python -m bench.crawling` prints docs/bench.md's table of it.

The town answers from a process of its own. A bare Scrapy spider reads the pages of its site and all that is said under
them with the same parsers, and drops what it read; `lianxin crawl` reads the same, masks, keeps, and brings the index
up to date. In turns, each in a new process with an installation of its own.
"""

import resource
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Annotated
from urllib.parse import urlencode, urlsplit

import typer
from scrapy import Request, Spider
from scrapy.crawler import CrawlerProcess
from scrapy.http import Response

from bench.measuring import apart, table
from bench.reactor import settle, town_elsewhere
from crawler.config import Config
from crawler.crawling import crawl
from crawler.platforms.isso import PAGE
from crawler.platforms.isso.parsing import parse_comment, parse_post, parse_thread
from crawler.registry import load_registry
from lianxin.indexing import feed_index
from pipelines.evidence import KEEPING
from pipelines.steps import STEPS

SOURCE = "town-comments"
CONTACT = "bench@lianxin.example"
AT_ONCE = 4
"""Requests that both have on the way, as the town's registry has it."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading of the site: what was read, in how many seconds by the clock and of the processor."""

    comments: int
    seconds: float
    processor: float


class BareSpider(Spider):
    """Reads posts and their threads and counts the comments."""

    name = "bare"
    counted = 0

    def __init__(self, town: str) -> None:
        super().__init__()
        self.start_urls = [f"{town}/gov/"]
        self._town = town

    def parse(self, response: Response) -> Iterator[Request]:
        """The list of posts."""
        for link in dict.fromkeys(response.css("a::attr(href)").getall()):
            if link.startswith("/gov/") and link != "/gov/":
                yield response.follow(link, self.read_post)

    def read_post(self, response: Response) -> Iterator[Request]:
        """A post, then its thread."""
        post = parse_post(response.text, response.url, SOURCE, None, "run", datetime.now(UTC))
        yield self._thread(response.url, 0, post=post)

    def read_thread(self, response: Response, page: str, offset: int, post: object) -> Iterator[Request]:
        """A page of a thread, then the one after it."""
        rows, hidden = parse_thread(response.body)
        for row in rows:
            BareSpider.counted += parse_comment(row, post, frozenset(), None) is not None
            for answer in row.get("replies") or []:
                BareSpider.counted += parse_comment(answer, post, frozenset(), row) is not None
        if hidden:
            yield self._thread(page, offset + len(rows), post=post)

    def _thread(self, page: str, offset: int, **facts: object) -> Request:
        uri = {"uri": urlsplit(page).path, "sort": "oldest", "limit": PAGE, "nested_limit": PAGE, "offset": offset}
        address = f"{self._town}/isso/?{urlencode(uri)}"
        return Request(address, self.read_thread, cb_kwargs={"page": page, "offset": offset, **facts})


def read_bare(town: str) -> Reading:
    """With Scrapy alone."""
    settings = {"LOG_LEVEL": "WARNING", "CONCURRENT_REQUESTS": AT_ONCE, "CONCURRENT_REQUESTS_PER_DOMAIN": AT_ONCE}
    begun, used = perf_counter(), _processor()
    process = CrawlerProcess(settings)
    process.crawl(BareSpider, town=town)
    process.start()
    return Reading(BareSpider.counted, perf_counter() - begun, _processor() - used)


def read_whole(town: str, data: Path) -> Reading:
    """As `lianxin crawl` does."""
    settle(data, town)
    registry, config = load_registry(data), Config(data=data, contact=CONTACT)
    begun, used = perf_counter(), _processor()
    (run,) = crawl(config, [registry.sources[SOURCE]], STEPS, middlewares=KEEPING)
    feed_index(config, registry)
    if run.outcome != "complete":
        raise RuntimeError(run.reason)
    return Reading(run.fetched, perf_counter() - begun, _processor() - used)


def _processor() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def readings(folder: Path, comments: int, rounds: int) -> Iterator[tuple[Reading, Reading]]:
    """Bare and whole, in turns."""
    with town_elsewhere(comments, 1) as town:
        for number in range(rounds):
            yield apart(read_bare, town)[0], apart(read_whole, town, folder / str(number))[0]


def readings_table(found: list[tuple[Reading, Reading]]) -> str:
    """Medians, and what share of the bare spider's speed is left."""
    heads = ["", "comments", "seconds", "processor seconds", "of the bare spider's speed"]
    rows = []
    for place, name in enumerate(("a bare Scrapy spider (baseline)", "`lianxin crawl`, the index included")):
        seconds = median(pair[place].seconds for pair in found)
        processor = median(pair[place].processor for pair in found)
        share = median(pair[0].seconds / pair[place].seconds for pair in found)
        rows.append([name, f"{found[0][place].comments:,}", f"{seconds:.1f}", f"{processor:.1f}", f"{share:.2f}"])
    return table(heads, rows)


def main(
    comments: Annotated[int, typer.Option(help="Comments under the town's posts.")] = 20_000,
    rounds: Annotated[int, typer.Option(help="Turns.")] = 3,
) -> None:
    """Read in turns, and print the medians."""
    with tempfile.TemporaryDirectory(prefix="lianxin-bench-") as made:
        typer.echo(readings_table(list(readings(Path(made), comments, rounds))))


if __name__ == "__main__":
    typer.run(main)
