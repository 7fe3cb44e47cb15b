"""Voices: the most liked comments of each stage with their official replies, authors removed."""

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from crawler.registry import STAGES, Registry, Stage
from dashboards.days import zone_of
from dashboards.measures.answers import sources
from dashboards.measures.stages import focus, span
from dashboards.queries import comments, said_within
from dashboards.scope import Scope
from pipelines.documents import Source
from pipelines.index import Index
from pipelines.index.mapping import COMMENTS

A_STAGE = 3
"""How many comments of a stage are shown."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An official reply."""

    unit: str
    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Voice:
    """A comment as it may be shown: never its author. Missing likes are None, a missing label is `unknown`."""

    id: str
    stage: Stage | None
    kind: str
    title: str
    text: str
    at: datetime
    likes: int | None
    label: str
    source: str
    url: str
    answers: tuple[Answer, ...]


def voices(index: Index, registry: Registry, scope: Scope, now: datetime) -> dict[Stage, tuple[Voice, ...]]:
    """The most liked comments of each stage in a scope; a stage without any is left out."""
    policy = registry.policies[scope.policy]
    days = scope.days(policy, focus(policy, now), span(index, policy.id, now).as_of)
    clauses = said_within(policy.id, days, scope.source, zone_of(now))
    found: dict[Stage, tuple[Voice, ...]] = {}
    for stage in STAGES:
        answer = index.search(COMMENTS, comments.most_liked(clauses, policy.id, stage, A_STAGE))
        chosen = tuple(voice(source, stage) for source in sources(answer))
        if chosen:
            found[stage] = chosen
    return found


def voice(source: Source, stage: Stage | None) -> Voice:
    """A stored comment without its author."""
    replies = cast(list[dict[str, str]], source.get("replies", []))
    return Voice(
        id=str(source["id"]),
        stage=stage,
        kind=str(source["kind"]),
        title=str(source.get("title", "")),
        text=str(source["text"]),
        at=datetime.fromisoformat(str(source["posted_at"])),
        likes=cast(int | None, source.get("likes")),
        label=str(source.get("label", "unknown")),
        source=str(source["source"]),
        url=str(source.get("url", "")),
        answers=tuple(
            Answer(reply["unit"], datetime.fromisoformat(reply["replied_at"]), reply["text"]) for reply in replies
        ),
    )
