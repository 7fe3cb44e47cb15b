"""Coverage: how each source's last run went, which days were missed, and whether today's numbers can be trusted."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Literal, cast

from apscheduler.triggers.cron import CronTrigger

from crawler.registry import STAGES, Registry, SourceEntry
from crawler.runs import Outcome
from dashboards.days import Days, zone_of
from dashboards.measures.answers import Part, aggregation, buckets, sources_under, total
from dashboards.measures.gaps import Gap, moment_of, open_gaps
from dashboards.queries import comments, runs, said_within
from pipelines.documents import Source
from pipelines.index import Index
from pipelines.index.mapping import COMMENTS, RUNS

Health = Literal["complete", "partial", "stale", "never"]
STALE_AFTER = 2
"""A source is stale when its last complete run is older than this many of its schedule's intervals."""


@dataclass(frozen=True, slots=True)
class SourceState:
    """A source and its last run. `stale_days` counts since its last complete run, 0 while it is in time."""

    source: str
    health: Health
    outcome: Outcome | None = None
    reason: str = ""
    at: datetime | None = None
    stale_days: int = 0


@dataclass(frozen=True, slots=True)
class Coverage:
    """All sources asked for, in the registry's order, and the days they missed.

    `unattributed` of all `comments` in the index belong to no policy yet, so no policy's page counts them.
    """

    sources: tuple[SourceState, ...]
    gaps: tuple[Gap, ...]
    comments: int = 0
    unattributed: int = 0

    @property
    def health(self) -> Health:
        """The worst thing true of any source: stale, then partial (also: days missed), then complete."""
        found = {source.health for source in self.sources}
        if not self.sources or found == {"never"}:
            return "never"
        if "stale" in found:
            return "stale"
        return "partial" if self.gaps or found != {"complete"} else "complete"

    @property
    def complete(self) -> int:
        """Sources whose last run was complete and in time."""
        return sum(source.health == "complete" for source in self.sources)

    @property
    def newest(self) -> datetime | None:
        """When any source was last asked."""
        return max((source.at for source in self.sources if source.at), default=None)


def coverage(index: Index, registry: Registry, now: datetime, of: Collection[str] | None = None) -> Coverage:
    """The sources in `of`, or all that are enabled or have ever run."""
    last = _last_runs(index)
    wanted = of if of is not None else {*last, *(entry.id for entry in registry.sources.values() if entry.enabled)}
    order = [*registry.sources, *sorted(set(last) - set(registry.sources))]
    states = tuple(_state(name, registry.sources.get(name), last.get(name), now) for name in order if name in wanted)
    answer = index.search(COMMENTS, comments.attributed())
    return Coverage(
        states,
        tuple(gap for gap in open_gaps(index, now) if gap.source in wanted),
        comments=total(answer),
        unattributed=total(answer) - cast(int, aggregation(answer, "attributed")["doc_count"]),
    )


def policy_coverage(index: Index, registry: Registry, policy: str, now: datetime) -> Coverage:
    """The sources that a policy has comments from or that name it; where there are none, all that name no policy.

    Days missed before the policy began do not concern it.
    """
    answer = index.search(COMMENTS, comments.sources(said_within(policy, Days(), None, zone_of(now))))
    heard = {str(bucket["key"]) for bucket in buckets(aggregation(answer, "sources"))}
    enabled = [entry for entry in registry.sources.values() if entry.enabled]
    named = {entry.id for entry in enabled if policy in entry.policies}
    found = coverage(index, registry, now, heard | named or {entry.id for entry in enabled if not entry.policies})
    followed = registry.policies[policy]
    begun = min((window.since for stage in STAGES if (window := followed.window(stage))), default=date.min)
    return replace(found, gaps=tuple(gap for gap in found.gaps if gap.last >= begun))


def _last_runs(index: Index) -> dict[str, tuple[Source, Source | None]]:
    """Newest run and newest complete run, by source."""
    answer = index.search(RUNS, runs.last_of_each_source())
    return {
        str(bucket["key"]): (
            sources_under(bucket, "newest")[0],
            next(iter(sources_under(cast(Part, bucket["complete"]), "newest")), None),
        )
        for bucket in buckets(aggregation(answer, "sources"))
    }


def _state(
    name: str, entry: SourceEntry | None, found: tuple[Source, Source | None] | None, now: datetime
) -> SourceState:
    if found is None:
        return SourceState(name, "never")
    newest, complete = found
    at = moment_of(newest, "finished_at") or moment_of(newest, "started_at")
    outcome = cast(Outcome, newest["outcome"])
    reference = moment_of(complete, "started_at") if complete else None
    late = _stale_days(entry, reference or moment_of(newest, "started_at"), now)
    health: Health = "stale" if late else "complete" if outcome == "complete" else "partial"
    return SourceState(name, health, outcome, str(newest.get("reason", "")), at, late)


def _stale_days(entry: SourceEntry | None, since: datetime | None, now: datetime) -> int:
    """Whole days (at least 1) since the last complete run where that is over twice the schedule's interval, else 0."""
    if entry is None or entry.schedule is None or not entry.enabled or since is None:
        return 0
    trigger = CronTrigger.from_crontab(entry.schedule, timezone=zone_of(now))
    first = trigger.get_next_fire_time(None, since)
    second = trigger.get_next_fire_time(first, first + timedelta(seconds=1)) if first else None
    if first is None or second is None or now - since <= STALE_AFTER * (second - first):
        return 0
    return max(1, (now - since).days)
