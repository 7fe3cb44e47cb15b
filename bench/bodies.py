"""How long each body takes on the embedded engine and on a real Elasticsearch, in turns, over the same documents."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from bench.elasticsearch import Baseline
from bench.measuring import middle_and_late, table
from bench.questions import Questions
from pipelines.index import Answer, Body
from pipelines.index.embedded.engine import EmbeddedIndex

RUNS = 20
WARM_UP = 3
LONGEST = 10.0
"""Seconds after which a body's turns end, whether or not there were RUNS of them."""
FEWEST = 3

MIDDLE_BOUND, LATE_BOUND, RATIO_BOUND = 0.060, 0.150, 1.5
"""What is aimed at with a million documents: seconds, seconds, and times Elasticsearch's own median."""


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds of each run of one body on both."""

    name: str
    embedded: list[float]
    elasticsearch: list[float]

    @property
    def ratio(self) -> float:
        """The embedded engine's median in Elasticsearch's."""
        return middle_and_late(self.embedded)[0] / middle_and_late(self.elasticsearch)[0]

    @property
    def within(self) -> bool:
        """Whether it is as fast as is aimed at."""
        middle, late = middle_and_late(self.embedded)
        return middle <= MIDDLE_BOUND and late <= LATE_BOUND and self.ratio <= RATIO_BOUND


def timed(embedded: EmbeddedIndex, baseline: Baseline, asked: Questions) -> list[Timing]:
    """Every body in turns on both."""
    for index, body in [*asked.values()] * WARM_UP:
        baseline.search(index, body)  # Java compiles what is asked often
    return [_in_turns(name, embedded, baseline, index, body) for name, (index, body) in asked.items()]


def _in_turns(name: str, embedded: EmbeddedIndex, baseline: Baseline, index: str, body: Body) -> Timing:
    timing = Timing(name, [], [])
    begun = time.perf_counter()
    for number in range(WARM_UP + RUNS):
        ours, theirs = _seconds(embedded.search, index, body), _seconds(baseline.search, index, body)
        slow = time.perf_counter() - begun > LONGEST
        if number >= WARM_UP or slow:
            timing.embedded.append(ours)
            timing.elasticsearch.append(theirs)
        if slow and len(timing.embedded) >= FEWEST:
            break
    return timing


def _seconds(search: Callable[[str, Body], Answer], index: str, body: Body) -> float:
    begun = time.perf_counter()
    search(index, body)
    return time.perf_counter() - begun


def bodies_table(timings: list[Timing]) -> str:
    """Milliseconds; a body that is slower than is aimed at is marked."""
    heads = ["body", "embedded p50", "p95", "Elasticsearch p50", "p95", "embedded : Elasticsearch", "runs"]
    rows = []
    for timing in timings:
        cells = [
            f"{1000 * each:.1f}" for one in (timing.embedded, timing.elasticsearch) for each in middle_and_late(one)
        ]
        mark = "" if timing.within else " ✗"
        rows.append([timing.name + mark, *cells, f"{timing.ratio:.2f}", str(len(timing.embedded))])
    return table(heads, rows)
