"""Gaps: the days a source is known to have missed and has not caught up. Drawn as not collected, never as zero."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import cast

from dashboards.days import ONE_DAY, day_of, zone_of
from dashboards.measures.answers import PAGE, every
from dashboards.queries import runs
from pipelines.documents import Source
from pipelines.index import Index
from pipelines.index.mapping import RUNS


@dataclass(frozen=True, slots=True)
class Gap:
    """Days, both inside, that a source missed and has not caught up."""

    source: str
    first: date
    last: date

    @property
    def days(self) -> int:
        """How many days."""
        return (self.last - self.first).days + 1


def open_gaps(index: Index, now: datetime) -> Iterator[Gap]:
    """Missed days that no later complete run of the same source spans."""
    known = list(every(index, RUNS, runs.with_gaps(PAGE)))
    if not known:
        return
    later = list(every(index, RUNS, runs.complete_since(str(known[0]["started_at"]), PAGE)))
    seen: set[Gap] = set()
    for run in known:
        for text in cast(list[str], run["gaps"]):
            first, _, until = text.partition("/")
            gap = Gap(str(run["source"]), date.fromisoformat(first), date.fromisoformat(until) - ONE_DAY)
            if gap not in seen and not any(_fills(other, run, gap, now) for other in later):
                seen.add(gap)
                yield gap


def _fills(other: Source, run: Source, gap: Gap, now: datetime) -> bool:
    if other["source"] != gap.source or str(other["started_at"]) <= str(run["started_at"]):
        return False
    since, until = moment_of(other, "covered_from"), moment_of(other, "covered_until")
    zone = zone_of(now)
    return (
        since is not None and until is not None and day_of(since, zone) <= gap.first and gap.last <= day_of(until, zone)
    )


def moment_of(run: Source, name: str) -> datetime | None:
    """A moment of a run, None where it has none."""
    return datetime.fromisoformat(str(run[name])) if name in run else None
