"""Measuring: time of the clock and of the processor, memory, bytes on disk, and tables of them."""

import re
import resource
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from statistics import quantiles
from threading import Event, Thread
from typing import ParamSpec, TypeVar

_UNIT = 1 if sys.platform == "darwin" else 1024
"""Bytes in which the system counts memory."""

Given = ParamSpec("Given")
Found = TypeVar("Found")


@dataclass(slots=True)
class Spent:
    """Seconds by the clock, and seconds that this process and those it began and saw end kept processors busy.

    Filled at the end of `spent`.
    """

    seconds: float = 0.0
    processor: float = 0.0

    def add(self, other: "Spent") -> None:
        """Count what another took, too."""
        self.seconds += other.seconds
        self.processor += other.processor


@contextmanager
def spent() -> Iterator[Spent]:
    """What the block takes."""
    found = Spent()
    clock, processor = time.perf_counter(), _busy()
    yield found
    found.seconds = time.perf_counter() - clock
    found.processor = _busy() - processor


def _busy() -> float:
    used = [resource.getrusage(whose) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def middle_and_late(samples: Sequence[float]) -> tuple[float, float]:
    """The median and the 95th percentile of at least two samples."""
    cuts = quantiles(samples, n=20, method="inclusive")
    return cuts[9], cuts[18]


def apart(function: Callable[Given, Found], *given: Given.args, **named: Given.kwargs) -> tuple[Found, int]:
    """What a function gives, run in a process of its own, and the most bytes of memory of that process.

    What the processes that it began held is added, where the system tells (`/proc`).
    """
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        return pool.submit(_with_peak, function, given, named).result()


def _with_peak(
    function: Callable[..., Found], given: tuple[object, ...], named: dict[str, object]
) -> tuple[Found, int]:
    children: dict[str, int] = {}
    ended = Event()
    watching = Thread(target=_watch_children, args=(children, ended), daemon=True)
    watching.start()
    try:
        found = function(*given, **named)
    finally:
        ended.set()
        watching.join()
    return found, peak_memory() + sum(children.values())


def _watch_children(most: dict[str, int], ended: Event) -> None:
    """Note the most bytes that each process this one begins ever held. What the system sums up at their end counts the
    memory that they shared with this one before they became themselves."""
    while not ended.wait(0.2):
        for task in Path("/proc/self/task").glob("*/children"):
            with suppress(OSError):  # a thread that has ended meanwhile
                for child in task.read_text(encoding="ascii").split():
                    most[child] = _most_held(child) or most.get(child, 0)


def peak_memory() -> int:
    """Most bytes of memory that this process ever held."""
    # The other way counts what the parent held when it began this process.
    return _most_held("self") or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _UNIT


def _most_held(process: str) -> int | None:
    """Of a process that runs; None where the system does not say, or it has ended."""
    try:
        status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    except OSError:
        return None
    kibibytes = re.search(r"^VmHWM:\s+(\d+) kB$", status, re.MULTILINE)
    return int(kibibytes[1]) * 1024 if kibibytes else None


def bytes_in(folder: Path) -> int:
    """Bytes of all files in a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table; all columns but the first are numbers."""
    lines = [heads, ["---", *["---:"] * (len(heads) - 1)], *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines) + "\n"
