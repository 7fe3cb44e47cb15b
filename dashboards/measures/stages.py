"""Stages of a policy: which is current, which looked at, how many comments each has."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, cast

from crawler.registry import STAGES, Policy, Registry, Stage, Window
from dashboards.days import Days, day_of, zone_of
from dashboards.measures.answers import aggregation, keyed, total
from dashboards.queries import comments, said_within
from dashboards.scope import Scope
from pipelines.index import Index
from pipelines.index.mapping import COMMENTS

State = Literal["past", "current", "future", "unset"]


@dataclass(frozen=True, slots=True)
class StageCount:
    """A stage with its days, where it stands today, and its comments."""

    stage: Stage
    window: Window | None
    state: State
    comments: int


@dataclass(frozen=True, slots=True)
class PolicySpan:
    """How far the data of a policy go. `as_of` is the day of its newest comment; None without comments."""

    comments: int
    as_of: date | None


def span(index: Index, policy: str, now: datetime) -> PolicySpan:
    """Comments of a policy and the day of the newest."""
    answer = index.search(COMMENTS, comments.newest(said_within(policy, Days(), None, zone_of(now))))
    newest = aggregation(answer, "newest")["value"]
    if newest is None:
        return PolicySpan(total(answer), None)
    return PolicySpan(
        total(answer), day_of(datetime.fromtimestamp(cast(float, newest) / 1000, now.tzinfo), zone_of(now))
    )


def focus(policy: Policy, now: datetime) -> Stage | None:
    """The stage to look at: the current one, else the latest that has begun, else None."""
    today = now.date()
    begun = [stage for stage in STAGES if (window := policy.window(stage)) and window.since <= today]
    return policy.stage_on(today) or (begun[-1] if begun else None)


def stage_counts(index: Index, registry: Registry, scope: Scope, now: datetime) -> tuple[StageCount, ...]:
    """The three stages in order, with the comments of all their days."""
    policy = registry.policies[scope.policy]
    clauses = said_within(policy.id, Days(), scope.source, zone_of(now))
    counted = keyed(aggregation(index.search(COMMENTS, comments.stage_counts(clauses, policy.id)), "stages"))
    return tuple(
        StageCount(
            stage,
            policy.window(stage),
            state(policy, stage, now.date()),
            cast(int, counted[stage]["doc_count"]),
        )
        for stage in STAGES
    )


def state(policy: Policy, stage: Stage, today: date) -> State:
    """Where a stage stands on a day."""
    window = policy.window(stage)
    if window is None:
        return "unset"
    if today < window.since:
        return "future"
    return "current" if window.holds(today) else "past"
