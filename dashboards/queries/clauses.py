"""Clauses that several questions share."""

from datetime import tzinfo

from dashboards.days import Days, midnight
from pipelines.documents import moment

Clause = dict[str, object]


def said_within(policy: str, days: Days, source: str | None, zone: tzinfo) -> list[Clause]:
    """Comments of one policy said on these days, from one source or from all."""
    clauses: list[Clause] = [{"term": {"policies": policy}}]
    if source is not None:
        clauses.append({"term": {"source": source}})
    posted = on_days(days, zone)
    if posted is not None:
        clauses.append(posted)
    return clauses


def on_days(days: Days, zone: tzinfo) -> Clause | None:
    """`posted_at` on these days of a zone; None when both sides are open."""
    limits = {}
    if days.since is not None:
        limits["gte"] = moment(midnight(days.since, zone))
    if days.until is not None:
        limits["lt"] = moment(midnight(days.until, zone))
    return {"range": {"posted_at": limits}} if limits else None
