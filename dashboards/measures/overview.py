"""Overview: what needs a look today, one row a policy."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import cast

from crawler.registry import Policy, Registry, Stage
from dashboards.days import Days, zone_of
from dashboards.measures.answers import Counts, aggregation, keyed, label_counts, total
from dashboards.measures.coverage import Coverage, coverage, policy_coverage
from dashboards.measures.floors import SAMPLE_FLOOR
from dashboards.measures.significance import Share
from dashboards.measures.stages import focus, span, state
from dashboards.queries import comments, letters, said_within
from dashboards.queries.clauses import on_days
from dashboards.scope import previous, recent
from pipelines.index import Index
from pipelines.index.mapping import COMMENTS


@dataclass(frozen=True, slots=True)
class Row:
    """One policy. `recent` are the 30 days up to `as_of`, `earlier` the 30 before; `letters` are of all time."""

    policy: Policy
    stage: Stage | None
    ended: bool
    recent: Counts
    earlier: int
    letters: int
    answered: int
    coverage: Coverage
    as_of: date | None

    @property
    def waiting(self) -> int:
        """Letters without an official reply."""
        return self.letters - self.answered

    @property
    def enough(self) -> bool:
        """Whether shares of the recent mood may be shown."""
        return self.recent.judged >= SAMPLE_FLOOR


@dataclass(frozen=True, slots=True)
class Overview:
    """All policies in the registry's order. Sums count a comment once for each policy it belongs to."""

    rows: tuple[Row, ...]
    coverage: Coverage

    @property
    def as_of(self) -> date | None:
        """The day of the newest comment of all."""
        return max((row.as_of for row in self.rows if row.as_of), default=None)

    @property
    def recent(self) -> int:
        """Comments of each policy's newest 30 days."""
        return sum(row.recent.total for row in self.rows)

    @property
    def earlier(self) -> int:
        """Comments of the 30 days before."""
        return sum(row.earlier for row in self.rows)

    @property
    def letters(self) -> int:
        """Letters of all time."""
        return sum(row.letters for row in self.rows)

    @property
    def answered(self) -> int:
        """Letters with an official reply."""
        return sum(row.answered for row in self.rows)

    @property
    def answer_rate(self) -> float:
        """Answered among all letters, those that still wait included, 0–1."""
        return Share(self.answered, self.letters).value


def overview(index: Index, registry: Registry, now: datetime) -> Overview:
    """Every policy's row, and the state of all sources."""
    rows = tuple(_row(index, registry, policy, now) for policy in registry.policies.values())
    return Overview(rows, coverage(index, registry, now))


def _row(index: Index, registry: Registry, policy: Policy, now: datetime) -> Row:
    as_of = span(index, policy.id, now).as_of
    now_counts, earlier = _volumes(index, policy, as_of, now) if as_of else (Counts(), 0)
    tally = index.search(COMMENTS, letters.tally(said_within(policy.id, Days(), None, zone_of(now))))
    stage = focus(policy, now)
    return Row(
        policy=policy,
        stage=stage,
        ended=stage is not None and state(policy, stage, now.date()) != "current",
        recent=now_counts,
        earlier=earlier,
        letters=total(tally),
        answered=cast(int, aggregation(tally, "answered")["doc_count"]),
        coverage=policy_coverage(index, registry, policy.id, now),
        as_of=as_of,
    )


def _volumes(index: Index, policy: Policy, as_of: date, now: datetime) -> tuple[Counts, int]:
    zone = zone_of(now)
    newest = recent(as_of)
    windows = {name: on_days(days, zone) for name, days in (("recent", newest), ("earlier", previous(newest)))}
    body = comments.mood_in(
        said_within(policy.id, Days(), None, zone), {name: clause for name, clause in windows.items() if clause}
    )
    found = keyed(aggregation(index.search(COMMENTS, body), "windows"))
    return label_counts(found["recent"]), cast(int, found["earlier"]["doc_count"])
