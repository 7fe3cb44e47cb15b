"""The bodies that are timed: those the product sends, and others of the kinds that pages to come will send."""

from collections.abc import Mapping
from datetime import date
from zoneinfo import ZoneInfo

from bench.documents import BEGIN, END
from bench.stock import Stock
from dashboards.days import Days
from dashboards.queries import comments, letters, runs, said_within
from pipelines.documents import moment
from pipelines.index import Body
from pipelines.index.mapping import COMMENTS, RUNS
from pipelines.index.moments import epoch_milliseconds
from pipelines.index.standing import STANDING

ZONE = "Asia/Shanghai"
POLICY = "lift"
_NEWEST = [{"posted_at": "desc"}, {"id": "asc"}]
_MOOD = {"avg": {"field": "sentiment"}}
_LABELS = {"terms": {"field": "label", "size": 5}}
_WRITERS = {"cardinality": {"field": "author"}}

Questions = dict[str, tuple[str, Body]]


def questions(stock: Stock) -> Questions:
    """Each by its name: its index and its body."""
    return {**STANDING, **_of_the_pages(), **_of_other_kinds(stock)}


def _of_the_pages() -> Questions:
    """Every function of `dashboards.queries`, for one policy over all its days or over a month."""
    zone = ZoneInfo(ZONE)
    whole = said_within(POLICY, Days(), None, zone)
    month = said_within(POLICY, Days(date(2025, 6, 1), date(2025, 7, 1)), None, zone)
    of_source = said_within(POLICY, Days(), "weibo-1", zone)
    windows = {
        "now": month[-1],
        "before": said_within(POLICY, Days(date(2025, 5, 1), date(2025, 6, 1)), None, zone)[-1],
    }
    begin = moment(BEGIN)
    return {
        "comments.newest": (COMMENTS, comments.newest(whole)),
        "comments.stage_counts": (COMMENTS, comments.stage_counts(whole, POLICY)),
        "comments.mood_by_day": (COMMENTS, comments.mood_by_day(whole, POLICY, ZONE)),
        "comments.mood_by_day, one source": (COMMENTS, comments.mood_by_day(of_source, POLICY, ZONE)),
        "comments.mood_in": (COMMENTS, comments.mood_in(whole[:1], windows)),
        "comments.attributed": (COMMENTS, comments.attributed()),
        "comments.sources": (COMMENTS, comments.sources(whole)),
        "comments.most_liked": (COMMENTS, comments.most_liked(whole, POLICY, "during", 3)),
        "comments.all_in_order": (COMMENTS, comments.all_in_order(month, 1000)),
        "letters.tally": (COMMENTS, letters.tally(whole)),
        "letters.reply_hours": (COMMENTS, letters.reply_hours(whole, 1000)),
        "letters.longest_waiting": (COMMENTS, letters.longest_waiting(whole, 20)),
        "runs.last_of_each_source": (RUNS, runs.last_of_each_source()),
        "runs.with_gaps": (RUNS, runs.with_gaps(1000)),
        "runs.complete_since": (RUNS, runs.complete_since(begin, 1000)),
    }


def _of_other_kinds(stock: Stock) -> Questions:
    """Over all comments, whatever their policy."""
    return _counts() | _pages(stock)


def _counts() -> Questions:
    """Aggregations that no page asks yet."""
    stages = {stage: {"term": {"policy_stages": f"{POLICY}:{stage}"}} for stage in ("before", "during", "after")}
    counted = {
        "stage>day>avg": _terms("policy_stages", 30, day=_each("day", mood=_MOOD)),
        "day>label": _each("day", labels=_LABELS),
        "month>label": _each("month", labels=_LABELS),
        "region by avg": {"terms": {"field": "region", "size": 20, "order": {"mood": "asc"}}, "aggs": {"mood": _MOOD}},
        "keywords top 50+avg": _terms("keywords", 50, mood=_MOOD),
        "themes>keywords": _terms("themes", 20, words=_terms("keywords", 10)),
        "platform>writers": _terms("platform", 10, writers=_WRITERS),
        "day>writers": _each("day", writers=_WRITERS),
        "stage>percentiles": _terms(
            "policy_stages", 30, hours={"percentiles": {"field": "reply_hours", "percents": [50, 90]}}
        ),
        "stage>top_hits": _terms("policy_stages", 30, first={"top_hits": {"sort": _NEWEST, "size": 2}}),
        "day>filter": _each("day", answered={"filter": {"exists": {"field": "answered_at"}}}),
        "filters>day>label": {"filters": {"filters": stages}, "aggs": {"day": _each("day", labels=_LABELS)}},
        "likes histogram>avg": {
            "histogram": {"field": "likes", "interval": 1000, "min_doc_count": 1},
            "aggs": {"mood": _MOOD},
        },
        "hours extended_stats": {"extended_stats": {"field": "reply_hours"}},
    }
    return {name: (COMMENTS, {"size": 0, "aggs": {"found": one}}) for name, one in counted.items()}


def _pages(stock: Stock) -> Questions:
    """Hits and counts of a selection."""
    middle = next(stock.pages(COMMENTS))[0]
    half = {"range": {"posted_at": {"gte": moment(BEGIN + (END - BEGIN) / 2)}}}
    phrase = {"match_phrase": {"text": "一楼采光"}}
    return {
        "half of all, day>avg": (COMMENTS, {"query": half, "size": 0, "aggs": {"found": _each("day", mood=_MOOD)}}),
        "match_phrase": (COMMENTS, {"query": phrase, "sort": _NEWEST, "size": 20}),
        "match two words": (COMMENTS, {"query": {"match": {"text": "末班车 老人"}}, "sort": _NEWEST, "size": 20}),
        "page at 1000": (COMMENTS, {"sort": [{"likes": "desc"}, {"id": "asc"}], "from": 1000, "size": 20}),
        "search_after": (
            COMMENTS,
            {
                "sort": _NEWEST,
                "size": 100,
                "search_after": [epoch_milliseconds(str(middle["posted_at"])), middle["id"]],
            },
        ),
        "newest of a phrase, marked": (
            COMMENTS,
            {
                "query": phrase,
                "sort": _NEWEST,
                "size": 20,
                "highlight": {"encoder": "html", "number_of_fragments": 0, "fields": {"text": {}}},
            },
        ),
    }


def _terms(field: str, size: int, **below: Mapping[str, object]) -> dict[str, object]:
    return {"terms": {"field": field, "size": size}, **({"aggs": below} if below else {})}


def _each(interval: str, **below: Mapping[str, object]) -> dict[str, object]:
    by = {"field": "posted_at", "calendar_interval": interval, "time_zone": ZONE, "min_doc_count": 1}
    return {"date_histogram": by, "aggs": below}
