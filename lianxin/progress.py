"""How long work shows itself: a bar with counts and time left on a terminal, one line a minute elsewhere."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from pipelines.watching import Unwatched, Watch

LINE_EVERY = 60.0
"""Seconds between two lines where there is no terminal."""


@contextmanager
def progress(title: str, total: int | None, unit: str = "条") -> Iterator[Watch]:
    """Shows the work inside. `total` is None while nobody knows it."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield _Lines(console, title, total, unit)
        return
    columns = [TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn(unit)]
    with Progress(*columns, TimeElapsedColumn(), TimeRemainingColumn(), console=console, transient=True) as bar:
        yield _Bar(bar, title, total)


class Spoken(Unwatched):
    """For short work: says only what holds it up."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def held_up(self, sentence: str) -> None:
        """One line."""
        self._console.print(sentence, markup=False)


class _Bar:
    def __init__(self, bar: Progress, title: str, total: int | None) -> None:
        self._bar = bar
        self._task = bar.add_task(title, total=total)

    def __call__(self, more: int) -> None:
        self._bar.advance(self._task, more)

    def expect(self, total: int) -> None:
        self._bar.update(self._task, total=total)

    def held_up(self, sentence: str) -> None:
        self._bar.console.print(sentence, markup=False)


class _Lines:
    def __init__(self, console: Console, title: str, total: int | None, unit: str) -> None:
        self._console = console
        self._title = title
        self._total = total
        self._unit = unit
        self._done = 0
        self._began = self._said = time.monotonic()

    def expect(self, total: int) -> None:
        self._total = total

    def held_up(self, sentence: str) -> None:
        self._console.print(sentence, markup=False)

    def __call__(self, more: int) -> None:
        self._done += more
        now = time.monotonic()
        if now - self._said < LINE_EVERY:
            return
        self._said = now
        left = ""
        if self._total and self._done:
            minutes = (now - self._began) / self._done * (self._total - self._done) / 60
            left = f"（共 {self._total}），约剩 {minutes:.0f} 分钟"
        self._console.print(f"{self._title}：{self._done} {self._unit}{left}", markup=False)


def megabytes(count: int) -> str:
    """Bytes as people read them: `0.1 MB`, `1,234.5 MB`."""
    return f"{max(count / 1_000_000, 0.1 if count else 0.0):,.1f} MB"
