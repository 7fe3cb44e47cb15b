"""Questions about runs: how each source went last, and which days were missed."""

from dashboards.queries.clauses import Clause

SHOWN = ["id", "source", "platform", "started_at", "finished_at", "outcome", "reason"]


def last_of_each_source() -> Clause:
    """The newest run of each source, and its newest complete one."""
    newest: Clause = {
        "top_hits": {"size": 1, "sort": [{"started_at": "desc"}, {"id": "asc"}], "_source": SHOWN},
    }
    complete: Clause = {"filter": {"term": {"outcome": "complete"}}, "aggs": {"newest": newest}}
    return {
        "query": {"match_all": {}},
        "size": 0,
        "aggs": {
            "sources": {"terms": {"field": "source", "size": 1000}, "aggs": {"newest": newest, "complete": complete}}
        },
    }


def with_gaps(size: int) -> Clause:
    """Runs that know of days they missed; goes on with `search_after`."""
    return {
        "query": {"bool": {"filter": [{"exists": {"field": "gaps"}}]}},
        "sort": [{"started_at": "asc"}, {"id": "asc"}],
        "size": size,
        "_source": ["id", "source", "platform", "started_at", "gaps"],
    }


def complete_since(started_at: str, size: int) -> Clause:
    """Complete runs begun since a moment, which may have filled an earlier gap; goes on with `search_after`."""
    return {
        "query": {
            "bool": {
                "filter": [
                    {"term": {"outcome": "complete"}},
                    {"range": {"started_at": {"gte": started_at}}},
                ]
            }
        },
        "sort": [{"started_at": "asc"}, {"id": "asc"}],
        "size": size,
        "_source": ["id", "source", "platform", "started_at", "covered_from", "covered_until"],
    }
