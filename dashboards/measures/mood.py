"""Mood: how the public felt in each stage and how that moved, never without volume, floor and gaps."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import cast

from crawler.registry import STAGES, Milestone, Registry, Stage
from dashboards.days import ONE_DAY, Days, zone_of
from dashboards.measures.answers import Counts, Part, aggregation, buckets, keyed, label_counts
from dashboards.measures.buckets import Bucket, DayCounts, coarsened
from dashboards.measures.coverage import policy_coverage
from dashboards.measures.gaps import Gap
from dashboards.measures.significance import Share, Verdict, compare
from dashboards.measures.stages import focus, span
from dashboards.queries import comments, said_within
from dashboards.scope import Scope
from pipelines.index import Index
from pipelines.index.mapping import COMMENTS


@dataclass(frozen=True, slots=True)
class StageMood:
    """A stage and its comments by label."""

    stage: Stage
    counts: Counts

    @property
    def negative(self) -> Share:
        """Negative among judged comments."""
        return Share(self.counts.negative, self.counts.judged)


@dataclass(frozen=True, slots=True)
class Finding:
    """What the headline says: a stage, the stage before it, and the verdict of the test between them."""

    verdict: Verdict
    stage: StageMood | None = None
    previous: StageMood | None = None


@dataclass(frozen=True, slots=True)
class Mood:
    """Everything the card, its table, its drawing and the export say. `width` is the usual days of a bucket."""

    stages: tuple[StageMood, ...]
    buckets: tuple[Bucket, ...]
    width: int
    gaps: tuple[Gap, ...]
    milestones: tuple[Milestone, ...]
    as_of: date | None
    finding: Finding
    current: Stage | None

    @property
    def first(self) -> date | None:
        """First day drawn."""
        return self.buckets[0].first if self.buckets else None

    @property
    def last(self) -> date | None:
        """Last day with data that is drawn: the last bucket may reach beyond the newest comment."""
        return min(self.buckets[-1].last, self.as_of) if self.buckets and self.as_of else None


def mood(index: Index, registry: Registry, scope: Scope, now: datetime) -> Mood:
    """Mood of a scope's comments by stage and by bucket."""
    policy = registry.policies[scope.policy]
    as_of = span(index, policy.id, now).as_of
    current = focus(policy, now)
    days = scope.days(policy, current, as_of)
    by_day = _by_day(index, policy.id, days, scope.source, now)
    stages = tuple(StageMood(stage, sum(by_day[stage].values(), Counts())) for stage in STAGES)
    gaps = tuple(
        gap for gap in policy_coverage(index, registry, policy.id, now).gaps if scope.source in (None, gap.source)
    )
    missed = {gap.first + number * ONE_DAY for gap in gaps for number in range(gap.days)}
    width, drawn = coarsened(policy, days, by_day, missed, as_of)
    shown = Days(drawn[0].first, drawn[-1].last + ONE_DAY) if drawn else Days(date.max, date.max)
    return Mood(
        stages,
        drawn,
        width,
        tuple(gap for gap in gaps if gap.last >= shown.since and gap.first < shown.until),
        tuple(milestone for milestone in policy.milestones if shown.holds(milestone.on)),
        as_of,
        finding(stages),
        current,
    )


def finding(stages: tuple[StageMood, ...]) -> Finding:
    """The latest stage with comments, against the one before it."""
    heard = [stage for stage in stages if stage.counts.judged]
    if not heard:
        return Finding("none")
    latest, before = heard[-1], heard[-2] if len(heard) > 1 else None
    return Finding(compare(latest.negative, before.negative if before else None), latest, before)


def _by_day(index: Index, policy: str, days: Days, source: str | None, now: datetime) -> dict[Stage, DayCounts]:
    zone = zone_of(now)
    body = comments.mood_by_day(said_within(policy, days, source, zone), policy, zone.key)
    counted = keyed(aggregation(index.search(COMMENTS, body), "stages"))
    return {
        stage: {
            date.fromisoformat(str(day["key_as_string"])): label_counts(day)
            for day in buckets(cast(Part, counted[stage]["days"]))
        }
        for stage in STAGES
    }
