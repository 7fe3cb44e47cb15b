"""Buckets: a policy's days cut into pieces that start with a stage, never cross its border, and are wide enough."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from crawler.registry import STAGES, Policy, Stage
from dashboards.days import ONE_DAY, Days
from dashboards.measures.answers import Counts
from dashboards.measures.floors import SAMPLE_FLOOR

WIDTHS = (7, 30)
ENOUGH_BUCKETS = 0.6
"""Buckets are widened until this share of those with comments reaches the floor."""

DayCounts = dict[date, Counts]


@dataclass(frozen=True, slots=True)
class Bucket:
    """Some days of one stage, both ends inside. `missing` days of them were not collected or have no data yet."""

    stage: Stage
    first: date
    last: date
    counts: Counts
    missing: int

    @property
    def days(self) -> int:
        """How many days."""
        return (self.last - self.first).days + 1

    @property
    def enough(self) -> bool:
        """Whether shares may be shown."""
        return self.counts.judged >= SAMPLE_FLOOR


def coarsened(
    policy: Policy, days: Days, by_day: dict[Stage, DayCounts], missed: set[date], as_of: date | None
) -> tuple[int, tuple[Bucket, ...]]:
    """Buckets of 7 days, or of 30 where too few of the former reach the floor."""
    for width in WIDTHS:
        drawn = tuple(
            bucket
            for stage in STAGES
            for bucket in _stage_buckets(
                policy, stage, days=days, counts=by_day[stage], missed=missed, as_of=as_of, width=width
            )
        )
        heard = [bucket for bucket in drawn if bucket.counts.total]
        if sum(bucket.enough for bucket in heard) >= ENOUGH_BUCKETS * len(heard):
            break
    return width, drawn


def _stage_buckets(
    policy: Policy,
    stage: Stage,
    *,
    days: Days,
    counts: DayCounts,
    missed: set[date],
    as_of: date | None,
    width: int,
) -> Iterable[Bucket]:
    """Buckets that start with the stage and never cross its border; a rest under half a width joins the one before."""
    window = policy.window(stage)
    if window is None or as_of is None:
        return
    end = min(day for day in (window.until, days.until, as_of + ONE_DAY) if day)
    border = min((day for day in (window.until, days.until) if day), default=date.max)
    first = max(window.since, days.since or window.since)
    while first < end:
        until = min(first + width * ONE_DAY, border)
        if (border - until).days < width / 2:
            until = border
        span_days = [first + number * ONE_DAY for number in range((until - first).days)]
        inside = sum((counts.get(day, Counts()) for day in span_days), Counts())
        yield Bucket(stage, first, until - ONE_DAY, inside, sum(day in missed or day > as_of for day in span_days))
        first = until
