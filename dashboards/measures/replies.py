"""Replies: how many letters were answered, how fast, and which wait longest."""

from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import cast

from crawler.registry import Registry
from dashboards.days import day_of, zone_of
from dashboards.measures.answers import PAGE, aggregation, every, sources, total
from dashboards.measures.floors import CELL_FLOOR
from dashboards.measures.significance import Share
from dashboards.measures.stages import focus, span
from dashboards.queries import Clause, letters, said_within
from dashboards.scope import Scope
from pipelines.index import Index
from pipelines.index.mapping import COMMENTS

LISTED = 8


@dataclass(frozen=True, slots=True)
class WaitingLetter:
    """A letter without an official reply. `days` are whole days from its day to `as_of`."""

    id: str
    title: str
    text: str
    on: date
    days: int
    status: str
    url: str


@dataclass(frozen=True, slots=True)
class Replies:
    """Letters of a scope. `median_hours` is None while fewer than three are answered."""

    letters: int
    answered: int
    median_hours: float | None
    longest: tuple[WaitingLetter, ...]
    as_of: date | None

    @property
    def waiting(self) -> int:
        """Letters without an official reply."""
        return self.letters - self.answered

    @property
    def answered_share(self) -> Share:
        """Answered among all letters, those that still wait included."""
        return Share(self.answered, self.letters)


def replies(index: Index, registry: Registry, scope: Scope, now: datetime) -> Replies:
    """Letters of a scope: counts, median hours to the first official reply, the longest waiting first."""
    policy = registry.policies[scope.policy]
    as_of = span(index, policy.id, now).as_of
    days = scope.days(policy, focus(policy, now), as_of)
    clauses = said_within(policy.id, days, scope.source, zone_of(now))
    answer = index.search(COMMENTS, letters.tally(clauses))
    answered = cast(int, aggregation(answer, "answered")["doc_count"])
    waiting = _waiting(index, clauses, as_of, now) if as_of else ()
    return Replies(total(answer), answered, _median_hours(index, clauses), waiting, as_of)


def _median_hours(index: Index, clauses: list[Clause]) -> float | None:
    """The middle value, or the mean of the two middle ones."""
    count = total(index.search(COMMENTS, letters.reply_hours(clauses, 0)))
    if count < CELL_FLOOR:
        return None
    ordered = every(index, COMMENTS, letters.reply_hours(clauses, PAGE))
    middle = islice(ordered, (count - 1) // 2, count // 2 + 1)
    hours = [cast(float, source["reply_hours"]) for source in middle]
    return sum(hours) / len(hours)


def _waiting(index: Index, clauses: list[Clause], as_of: date, now: datetime) -> tuple[WaitingLetter, ...]:
    letters_waiting = []
    for source in sources(index.search(COMMENTS, letters.longest_waiting(clauses, LISTED))):
        on = day_of(datetime.fromisoformat(str(source["posted_at"])), zone_of(now))
        letters_waiting.append(
            WaitingLetter(
                id=str(source["id"]),
                title=str(source.get("title", "")),
                text=str(source["text"]),
                on=on,
                days=(as_of - on).days,
                status=str(source.get("status", "")),
                url=str(source.get("url", "")),
            )
        )
    return tuple(letters_waiting)
