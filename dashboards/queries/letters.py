"""Questions about letters: how many were answered, how fast, which wait longest."""

from collections.abc import Sequence

from dashboards.queries.clauses import Clause

LETTER: Clause = {"term": {"kind": "letter"}}
ANSWERED: Clause = {"exists": {"field": "answered_at"}}


def tally(clauses: Sequence[Clause]) -> Clause:
    """How many letters, how many of them answered."""
    return {
        "query": {"bool": {"filter": [*clauses, LETTER]}},
        "size": 0,
        "track_total_hits": True,
        "aggs": {"answered": {"filter": ANSWERED}},
    }


def reply_hours(clauses: Sequence[Clause], size: int) -> Clause:
    """Hours to the reply of answered letters in rising order; goes on with `search_after`."""
    return {
        "query": {"bool": {"filter": [*clauses, LETTER, {"exists": {"field": "reply_hours"}}]}},
        "sort": [{"reply_hours": "asc"}, {"id": "asc"}],
        "size": size,
        "track_total_hits": True,
        "_source": ["reply_hours"],
    }


def longest_waiting(clauses: Sequence[Clause], size: int) -> Clause:
    """Letters without an official reply, oldest first."""
    return {
        "query": {"bool": {"filter": [*clauses, LETTER], "must_not": [ANSWERED]}},
        "sort": [{"posted_at": "asc"}, {"id": "asc"}],
        "size": size,
        "_source": ["id", "title", "text", "posted_at", "status", "category", "url", "source"],
    }
