"""How long a crawl's reactor stands still: `python -m bench.reactor` prints docs/bench.md's table of it.

The town answers from a process of its own; each crawl runs through the ordinary spiders and steps in another. A beat
every 5 ms in the crawl's reactor finds the gaps. What other programs took of the processor meanwhile (the time the
thread waited for a core, as Linux counts it) is told apart, since the product can do nothing about it.
"""

import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Self

import typer
from scrapy import signals
from scrapy.crawler import Crawler
from twisted.internet.task import LoopingCall

from bench.measuring import apart, table
from bench.towns import grown, settle, town_elsewhere
from crawler.browser import PAGES
from crawler.config import Config
from crawler.crawling import crawl
from crawler.registry import load_registry
from pipelines.evidence import KEEPING
from pipelines.steps import STEPS

BEAT = 0.005
"""Seconds between two beats."""

LIMIT = 0.05
"""Seconds a gap may last."""

LATE = 3 * BEAT
"""Seconds after a beat at which we look what the reactor is doing."""

_SCHEDULE = Path("/proc/thread-self/schedstat")


@dataclass(slots=True)
class Pulse:
    """The beats of one crawl, from the first request of its first source to the end.

    gaps   seconds between beats, without what the thread waited for a core
    doing  what the reactor did in the longest gaps: function names, innermost first
    """

    gaps: list[float] = field(default_factory=list)
    waited: float = 0.0
    outcomes: list[str] = field(default_factory=list)
    items: int = 0
    doing: list[tuple[float, str]] = field(default_factory=list)

    def longest(self) -> float:
        """The longest gap, in seconds."""
        return max(self.gaps, default=0.0)

    def late(self) -> float:
        """The gap that one beat of a hundred exceeds, in seconds."""
        return sorted(self.gaps)[int(len(self.gaps) * 0.99)] if self.gaps else 0.0


class Heart:
    """A step that only listens: beats in the reactor from the first request on. The same for all sources of a crawl."""

    pulse = Pulse()
    _beating: LoopingCall | None = None

    def __init__(self) -> None:
        self._last, self._waited = time.perf_counter(), _waited()
        self._seen = ""
        self._reactor = threading.get_ident()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way to make a step."""
        heart = cls()
        crawler.signals.connect(heart.begin, signal=signals.request_reached_downloader)
        return heart

    def begin(self) -> None:
        """Beat, unless some heart does."""
        if Heart._beating is None:
            self._last, self._waited = time.perf_counter(), _waited()
            Heart._beating = LoopingCall(self._beat)
            Heart._beating.start(BEAT, now=False)
            threading.Thread(target=self._look, daemon=True).start()

    def _beat(self) -> None:
        now, waited = time.perf_counter(), _waited()
        elsewhere = waited - self._waited
        gap = now - self._last - elsewhere
        self.pulse.gaps.append(gap)
        self.pulse.waited += elsewhere
        if self._seen and gap > LATE:
            self.pulse.doing.append((gap, self._seen))
        self._last, self._waited, self._seen = now, waited, ""

    def _look(self) -> None:
        """In a thread: what the reactor is doing when a beat is late."""
        while True:
            time.sleep(BEAT)
            if time.perf_counter() - self._last > LATE and not self._seen:
                frame = sys._current_frames()[self._reactor]
                names = [f"{Path(each.filename).stem}.{each.name}" for each in traceback.extract_stack(frame)]
                self._seen = " < ".join(names[:-7:-1])


def _waited() -> float:
    """Seconds this thread has waited for a core so far; nothing where the system does not say."""
    try:
        return int(_SCHEDULE.read_text().split()[1]) / 1e9
    except OSError:
        return 0.0


def beaten(data: Path) -> Pulse:
    """Crawl the sources of an installation once, in a process of its own; not the page that needs a browser, for that
    takes the same cores."""
    sources = [entry for entry in load_registry(data).sources.values() if entry.platform != PAGES]
    steps = {**STEPS, f"{Heart.__module__}.{Heart.__name__}": 999}
    runs = crawl(Config(data=data, contact="bench@lianxin.example"), sources, steps, middlewares=KEEPING)
    pulse = Heart.pulse
    pulse.outcomes = [run.outcome for run in runs]
    pulse.items = sum(run.fetched for run in runs)
    return pulse


def pulses(folder: Path, comments: int, letters: int) -> Iterator[tuple[str, Pulse]]:
    """A first crawl, one in which nothing is new, and one after the ledger was lost."""
    data = folder / "data"
    with town_elsewhere(grown, comments, letters) as town:
        settle(data, town)
        yield "all is new", apart(beaten, data)[0]
        yield "nothing is new", apart(beaten, data)[0]
        for path in data.glob("ledger.sqlite*"):
            path.unlink()
        yield "the ledger was lost", apart(beaten, data)[0]


def pulses_table(found: list[tuple[str, Pulse]]) -> str:
    """Gaps in milliseconds."""
    heads = ["crawl", "items", "beats", "longest", "p99", "over 50 ms", "waited for a core, in all"]
    rows = [
        [
            name,
            f"{pulse.items:,}",
            f"{len(pulse.gaps):,}",
            f"{pulse.longest() * 1000:.0f}",
            f"{pulse.late() * 1000:.0f}",
            str(sum(gap > LIMIT for gap in pulse.gaps)),
            f"{pulse.waited * 1000:,.0f}",
        ]
        for name, pulse in found
    ]
    return table(heads, rows)


def main(
    comments: Annotated[int, typer.Option(help="Comments under the town's posts.")] = 2000,
    letters: Annotated[int, typer.Option(help="Letters to its board.")] = 3000,
) -> None:
    """Crawl, and print the gaps and what was done in the longest."""
    with tempfile.TemporaryDirectory(prefix="lianxin-bench-") as made:
        found = list(pulses(Path(made), comments, letters))
    typer.echo(pulses_table(found))
    for name, pulse in found:
        typer.echo(f"{name}: {', '.join(pulse.outcomes)}")
        for gap, doing in sorted(pulse.doing, reverse=True)[:5]:
            typer.echo(f"  {gap * 1000:4.0f} ms  {doing}")


if __name__ == "__main__":
    typer.run(main)
