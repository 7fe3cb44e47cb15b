"""How long each body takes on the embedded engine and on a real Elasticsearch, in turns, over the same documents."""

import time
from dataclasses import dataclass

from bench.elasticsearch import Baseline
from bench.measuring import middle_and_late, spent, table
from bench.questions import Questions
from pipelines.index import Body
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
    """Seconds of each run of one body on both; `processor` are those of the embedded engine's that a core was busy."""

    name: str
    embedded: list[float]
    elasticsearch: list[float]
    processor: list[float]

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
    timing = Timing(name, [], [], [])
    begun = time.perf_counter()
    for number in range(WARM_UP + RUNS):
        with spent() as ours:
            embedded.search(index, body)
        with spent() as theirs:
            baseline.search(index, body)
        slow = time.perf_counter() - begun > LONGEST
        if number >= WARM_UP or slow:
            timing.embedded.append(ours.seconds)
            timing.processor.append(ours.processor)
            timing.elasticsearch.append(theirs.seconds)
        if slow and len(timing.embedded) >= FEWEST:
            break
    return timing


def bodies_table(timings: list[Timing]) -> str:
    """Milliseconds; a body that is slower than is aimed at is marked."""
    heads = [
        "body",
        "embedded p50",
        "p95",
        "a core busy",
        "Elasticsearch p50",
        "p95",
        "embedded : Elasticsearch",
        "runs",
    ]
    rows = []
    for timing in timings:
        middle, late = middle_and_late(timing.embedded)
        busy, _ = middle_and_late(timing.processor)
        cells = [f"{1000 * each:.1f}" for each in (middle, late, busy, *middle_and_late(timing.elasticsearch))]
        mark = "" if timing.within else " ✗"
        rows.append([timing.name + mark, *cells, f"{timing.ratio:.2f}", str(len(timing.embedded))])
    return table(heads, rows)
