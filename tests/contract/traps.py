"""Bodies on which the two engines once differed, or where such engines usually do: title → body for comments."""

from pipelines.index import Body

MOOD = {"mood": {"avg": {"field": "sentiment"}}}
PEOPLE = {"people": {"cardinality": {"field": "author"}}}
HALF_AN_HOUR = "Australia/Lord_Howe"  # is what summer time moves there; the dialect has no hours of it
ZONES = ("Asia/Shanghai", "+05:30", "-03:30", "America/New_York", HALF_AN_HOUR, "UTC")
ONE_PHRASE = {"match_phrase": {"text": "医保"}}
MARKED = {"encoder": "html", "number_of_fragments": 0, "fields": {"text": {}, "title": {}}}


def _asked(aggs: Body, query: Body | None = None) -> Body:
    return {"query": query or {"match_all": {}}, "size": 0, "aggs": aggs}


def _by(interval: str, below: Body | None = None, **more: object) -> Body:
    options = {"field": "posted_at", "calendar_interval": interval, "time_zone": "Asia/Shanghai", **more}
    return {"when": {"date_histogram": options, **({"aggs": below} if below else {})}}


def _terms(field: str, below: Body | None = None, **more: object) -> Body:
    return {field: {"terms": {"field": field, **more}, **({"aggs": below} if below else {})}}


def _hits(query: Body, *sort: object, **more: object) -> Body:
    return {"query": query, "sort": list(sort) or ["id"], "size": 50, **more}


TRAPS: dict[str, Body] = {
    **{f"days in {zone}": _asked(_by("day", MOOD, time_zone=zone)) for zone in ZONES},
    **{
        f"hours in {zone}": _asked(_by("hour", time_zone=zone, min_doc_count=1))
        for zone in ZONES
        if zone != HALF_AN_HOUR
    },
    **{f"days of {zone} written short": _asked(_by("day", time_zone=zone, format="yyyy-MM-dd")) for zone in ZONES},
    "stage > day > mood, gaps filled": _asked(_terms("policy_stages", _by("day", MOOD), size=20)),
    "label > month > mood, gaps filled": _asked(_terms("label", _by("month", MOOD))),
    "day > people": _asked(_by("day", PEOPLE)),
    "day > filter": _asked(_by("day", {"late": {"filter": {"term": {"reply_flags": "late"}}, "aggs": MOOD}})),
    "filters > day > label": _asked(
        {
            "which": {
                "filters": {"filters": {"letters": {"term": {"kind": "letter"}}, "phrase": ONE_PHRASE}},
                "aggs": _by("day", _terms("label"), min_doc_count=1),
            }
        }
    ),
    "a filter that is a bool": _asked(
        {"f": {"filter": {"bool": {"must": [ONE_PHRASE], "must_not": [{"exists": {"field": "likes"}}]}}}}
    ),
    "an offset inside a filter": _asked(
        {"f": {"filter": {"range": {"posted_at": {"gte": "2026-04-01T00:00:00.000+08:00"}}}}}
    ),
    "the rarest keywords": _asked(_terms("keywords", size=7, order={"_count": "asc"})),
    "keywords by mood": _asked(_terms("keywords", MOOD, size=50, order={"mood": "desc"})),
    "keywords cut among ties": _asked(_terms("keywords", size=61)),
    "keywords by key": _asked(_terms("keywords", size=25, order={"_key": "desc"})),
    "authors > newest": _asked(
        _terms(
            "author",
            {"newest": {"top_hits": {"size": 1, "sort": [{"posted_at": "desc"}, {"id": "asc"}], "_source": ["id"]}}},
        )
    ),
    "themes > keywords": _asked(_terms("themes", _terms("keywords", MOOD, size=10), size=10)),
    "erased or not": _asked(_terms("erased", MOOD)),
    "likes as terms": _asked(_terms("likes", size=30, order={"_key": "asc"})),
    "repeated values count once": _asked({"n": {"value_count": {"field": "keywords"}}}),
    "metrics of nothing": _asked(
        {kind: {kind: {"field": "sentiment"}} for kind in ("avg", "min", "max", "sum", "value_count")},
        {"term": {"platform": "nowhere"}},
    ),
    "buckets of nothing": _asked({**_terms("label"), **_by("day")}, {"term": {"platform": "nowhere"}}),
    "dates as metrics": _asked({kind: {kind: {"field": "answered_at"}} for kind in ("min", "max", "value_count")}),
    "arbitrary doubles": _asked({kind: {kind: {"field": "snownlp"}} for kind in ("avg", "min", "max", "sum")}),
    "percentiles of many": _asked(_terms("label", {"p": {"percentiles": {"field": "reply_hours"}}})),
    "percentiles of few": _asked(_terms("author", {"p": {"percentiles": {"field": "snownlp"}}}, size=40)),
    "percentiles of nothing": _asked(
        {"p": {"percentiles": {"field": "sentiment", "percents": [50, 99.9]}}}, {"term": {"platform": "nowhere"}}
    ),
    "spread of doubles": _asked(_terms("label", {"s": {"extended_stats": {"field": "snownlp"}}})),
    "spread of one value and of none": _asked(
        {"s": {"extended_stats": {"field": "sentiment"}}, **_terms("id", {"s": {"stats": {"field": "likes"}}}, size=2)},
        {"ids": {"values": ["weibo:1", "weibo:2", "weibo:3", "liuyan:1", "liuyan:2", "liuyan:3"]}},
    ),
    "days to the reply": _asked(
        {"h": {"histogram": {"field": "reply_hours", "interval": 24, "offset": 0.5}, "aggs": MOOD}}
    ),
    "likes in parts": _asked(
        {
            "r": {
                "range": {"field": "likes", "ranges": [{"key": "few", "to": 3}, {"key": "many", "from": 10}]},
                "aggs": MOOD,
            }
        }
    ),
    "platform and day, a page on": _asked(
        {
            "c": {
                "composite": {
                    "sources": [
                        {"platform": {"terms": {"field": "platform"}}},
                        {"day": {"date_histogram": {"field": "posted_at", "calendar_interval": "day"}}},
                    ],
                    "size": 100,
                    "after": {"platform": "liuyan", "day": 1774915200000},
                },
                "aggs": MOOD,
            }
        }
    ),
    "names like an answer's keys": _asked(
        {
            "c": {
                "composite": {"sources": [{"keyed": {"terms": {"field": "platform"}}}]},
                "aggs": {
                    "keywords": {"cardinality": {"field": "keywords"}},
                    "key-1": {
                        "filter": ONE_PHRASE,
                        "aggs": {"hits": {"max": {"field": "likes"}}, "values": MOOD["mood"]},
                    },
                },
            },
            "buckets-": {"filter": ONE_PHRASE, "aggs": _terms("label", MOOD, order={"mood": "desc"})},
        }
    ),
    "ids like a pattern": _hits({"wildcard": {"id": "*bo:?9*7"}}),
    "a pattern that escapes": _hits({"wildcard": {"id": "w\\\\eibo:1*"}}),
    "a phrase marked": _hits(ONE_PHRASE, {"likes": "desc"}, {"id": "asc"}, highlight=MARKED),
    "words and a filter marked": _hits(
        {"bool": {"must": {"match": {"text": "补贴 b ab1"}}, "filter": [ONE_PHRASE, {"match": {"title": "报销"}}]}},
        highlight=MARKED,
    ),
    "phrases that overlap marked": _hits(
        {"bool": {"should": [{"match_phrase": {"text": "医保医"}}, {"match_phrase": {"text": "保医保"}}]}},
        highlight=MARKED,
    ),
    "as many gaps as are filled": _asked({"h": {"histogram": {"field": "likes", "interval": 1.126}}}),
    "more gaps than are filled": _asked({"h": {"histogram": {"field": "likes", "interval": 1}}}),
    "should without must": _hits({"bool": {"should": [ONE_PHRASE, {"term": {"themes": ""}}]}}),
    "should beside filter": _hits({"bool": {"filter": [{"term": {"kind": "letter"}}], "should": [ONE_PHRASE]}}),
    "an empty bool": _hits({"bool": {}}),
    "a phrase over punctuation": _hits({"match_phrase": {"text": "医保"}}, {"posted_at": "desc"}, "id"),
    "a phrase in mixed case": _hits({"match_phrase": {"text": "ab1 AB"}}),
    "words of other scripts": _hits({"match": {"text": {"query": "サ カタカナ 서울 жилье ３孩", "operator": "or"}}}),
    "an emoji": _hits({"match_phrase": {"text": "👍👍"}}),
    "no words at all": _hits({"match": {"text": "，。！"}}),
    "missing last, rising": _hits({"match_all": {}}, {"answered_at": "asc"}, {"id": "desc"}, **{"from": 9_000}),
    "missing last, falling": _hits({"match_all": {}}, {"answered_at": "desc"}, {"id": "asc"}, **{"from": 9_000}),
    "far page": _hits({"match_all": {}}, {"likes": "desc"}, {"id": "asc"}, **{"from": 9_950}),
    "after a missing value": _hits({"match_all": {}}, {"likes": "desc"}, {"id": "asc"}, search_after=[None, "weibo:1"]),
    "after a date": _hits(
        {"match_all": {}}, {"posted_at": "asc"}, {"id": "asc"}, search_after=[1775001600000, "liuyan:5"]
    ),
}
