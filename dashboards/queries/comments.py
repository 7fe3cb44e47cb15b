"""Questions about comments: how many, when, in what mood, which most liked."""

from collections.abc import Mapping, Sequence

from crawler.registry import STAGES
from dashboards.queries.clauses import Clause

LABELS = {"terms": {"field": "label", "size": 4}}
SHOWN = ("id", "kind", "title", "text", "posted_at", "posted_precision", "likes", "label", "source", "url", "replies")


def newest(clauses: Sequence[Clause]) -> Clause:
    """When the newest of these comments was said, and how many there are."""
    return _counting(clauses, {"newest": {"max": {"field": "posted_at"}}})


def stage_counts(clauses: Sequence[Clause], policy: str) -> Clause:
    """How many of these comments were said in each stage."""
    return _counting(clauses, {"stages": {"filters": {"filters": _stages(policy)}}})


def mood_by_day(clauses: Sequence[Clause], policy: str, time_zone: str) -> Clause:
    """Comments a stage, a day and a label; days without comments are left out."""
    days = {
        "date_histogram": {
            "field": "posted_at",
            "calendar_interval": "day",
            "time_zone": time_zone,
            "format": "yyyy-MM-dd",
            "min_doc_count": 1,
        },
        "aggs": {"labels": LABELS},
    }
    return _counting(clauses, {"stages": {"filters": {"filters": _stages(policy)}, "aggs": {"days": days}}})


def mood_in(clauses: Sequence[Clause], windows: Mapping[str, Clause]) -> Clause:
    """Comments and their labels in each of several windows of time."""
    return _counting(clauses, {"windows": {"filters": {"filters": dict(windows)}, "aggs": {"labels": LABELS}}})


def attributed() -> Clause:
    """How many comments there are, and how many of them belong to a policy."""
    return {
        "query": {"match_all": {}},
        "size": 0,
        "track_total_hits": True,
        "aggs": {"attributed": {"filter": {"exists": {"field": "policies"}}}},
    }


def sources(clauses: Sequence[Clause]) -> Clause:
    """Which sources these comments came from."""
    return _counting(clauses, {"sources": {"terms": {"field": "source", "size": 1000}}})


def most_liked(clauses: Sequence[Clause], policy: str, stage: str, size: int) -> Clause:
    """The most liked comments of a stage, with their official replies."""
    return {
        "query": {
            "bool": {
                "filter": [*clauses, {"term": {"policy_stages": f"{policy}:{stage}"}}],
                "must_not": [{"term": {"erased": True}}],
            }
        },
        "sort": [{"likes": "desc"}, {"id": "asc"}],
        "size": size,
        "_source": list(SHOWN),
    }


def all_in_order(clauses: Sequence[Clause], size: int) -> Clause:
    """Every one of these comments by time, `size` at once; goes on with `search_after`."""
    return {
        "query": {"bool": {"filter": list(clauses)}},
        "sort": [{"posted_at": "asc"}, {"id": "asc"}],
        "size": size,
    }


def _stages(policy: str) -> dict[str, Clause]:
    return {stage: {"term": {"policy_stages": f"{policy}:{stage}"}} for stage in STAGES}


def _counting(clauses: Sequence[Clause], aggregations: Clause) -> Clause:
    return {
        "query": {"bool": {"filter": list(clauses)}},
        "size": 0,
        "track_total_hits": True,
        "aggs": aggregations,
    }
