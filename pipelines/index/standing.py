"""Twelve standing bodies: questions of the kind the pages ask, whose answers two equal indices give alike.

Only exact ones: what an engine estimates (percentiles, many distinct values) may differ and is not among them.
"""

from pipelines.index.contract import Body
from pipelines.index.mapping import COMMENTS, POSTS, RUNS

_ZONE = "Asia/Shanghai"
_LABELS = {"terms": {"field": "label", "size": 5}}
_MOOD = {"avg": {"field": "sentiment"}}
_NEWEST = [{"posted_at": "desc"}, {"id": "asc"}]


def _each(interval: str, below: dict[str, object]) -> dict[str, object]:
    by = {"field": "posted_at", "calendar_interval": interval, "time_zone": _ZONE, "min_doc_count": 1}
    return {interval: {"date_histogram": by, "aggs": below}}


STANDING: dict[str, tuple[str, Body]] = {
    "评论总数和最早最晚": (
        COMMENTS,
        {"size": 0, "aggs": {"first": {"min": {"field": "posted_at"}}, "last": {"max": {"field": "posted_at"}}}},
    ),
    "政策与阶段": (
        COMMENTS,
        {"size": 0, "aggs": {"stages": {"terms": {"field": "policy_stages", "size": 1000}, "aggs": {"mood": _MOOD}}}},
    ),
    "每天的情绪": (COMMENTS, {"size": 0, "aggs": _each("day", {"labels": _LABELS})}),
    "每月的平均分": (COMMENTS, {"size": 0, "aggs": _each("month", {"mood": _MOOD})}),
    "平台与类别": (
        COMMENTS,
        {
            "size": 0,
            "aggs": {"platforms": {"terms": {"field": "platform"}, "aggs": {"kinds": {"terms": {"field": "kind"}}}}},
        },
    ),
    "答复情况": (
        COMMENTS,
        {
            "query": {"term": {"kind": "letter"}},
            "size": 0,
            "aggs": {
                "answered": {"filter": {"exists": {"field": "answered_at"}}},
                "hours": {"avg": {"field": "reply_hours"}},
            },
        },
    ),
    "最新的评论": (COMMENTS, {"sort": _NEWEST, "size": 50}),
    "最多人赞同的评论": (COMMENTS, {"sort": [{"likes": "desc"}, {"id": "asc"}], "size": 50}),
    "提到“不”的评论": (COMMENTS, {"query": {"match_phrase": {"text": "不"}}, "sort": _NEWEST, "size": 20}),
    "没有归属的评论": (
        COMMENTS,
        {"query": {"bool": {"must_not": {"exists": {"field": "policies"}}}}, "sort": ["id"], "size": 20},
    ),
    "发布": (POSTS, {"sort": _NEWEST, "size": 50, "aggs": {"accounts": {"terms": {"field": "account", "size": 1000}}}}),
    "采集记录": (
        RUNS,
        {
            "size": 0,
            "aggs": {
                "sources": {
                    "terms": {"field": "source", "size": 1000},
                    "aggs": {"stored": {"sum": {"field": "stored"}}, "last": {"max": {"field": "started_at"}}},
                }
            },
        },
    ),
}
"""Each by name: its index and its body."""
