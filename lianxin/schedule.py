"""`lianxin schedule`: crawl what sources.toml schedules, until told to stop."""

import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from functools import partial

import typer
from rich.console import Console

from crawler.config import Config, load_config
from crawler.crawling import contactable
from crawler.locks import Lock
from crawler.schedule import Schedule

LOOK_EVERY = 1.0
"""Seconds between two looks at the clock, at the children and at the registry files."""

KILLED = 1
"""Exit code where crawls were not left to end in order."""


def run_schedule() -> None:
    """Start a child for each source that is due. Ends with SIGTERM or Ctrl+C, when the children have ended."""
    config = load_config()
    contactable(config)
    console = Console(stderr=True, soft_wrap=True, highlight=False)
    told: list[int] = []  # the signals that told us to stop
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda number, _: told.append(number))
    with Lock(config, config.data, "schedule").taken("定时采集"):
        schedule = Schedule(config, partial(CrawlProcess, config), partial(_say, config, console), datetime.now(UTC))
        while not told:
            schedule.step(datetime.now(UTC))
            time.sleep(LOOK_EVERY)
        schedule.stop()
        while schedule.busy:
            if len(told) > 1:
                schedule.kill()
            time.sleep(LOOK_EVERY)
            schedule.reap()
    if len(told) > 1:
        raise typer.Exit(KILLED)


class CrawlProcess(subprocess.Popen[bytes]):
    """`lianxin crawl SOURCE` on its own: what happens to our terminal or to us is no end for it.

    What it prints goes to `logs/schedule-SOURCE.log`, the newest only.
    """

    def __init__(self, config: Config, source: str) -> None:
        self._printed = config.data / "logs" / f"schedule-{source}.log"
        self._printed.parent.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-u", "-X", "utf8", "-m", "lianxin", "crawl", source]
        with self._printed.open("wb") as printed:
            super().__init__(
                command,
                stdin=subprocess.DEVNULL,
                stdout=printed,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def last_words(self) -> str:
        """The last line it printed; empty where somebody took the file away."""
        try:
            lines = self._printed.read_text("utf-8", errors="replace").split("\n")
        except OSError:
            return ""
        return next((line.strip() for line in reversed(lines) if line.strip()), "")


def _say(config: Config, console: Console, source: str, event: str, more: str) -> None:
    """One line: time, source, event, and more in words."""
    now = datetime.now(config.zone)
    console.print(f"{now.isoformat(timespec='seconds')} {source} {event} {more}", markup=False)
