from contextlib import nullcontext
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.index.aggregation_rules import MOST_TOP_HITS, RESERVED
from pipelines.index.dialect import AGGREGATIONS, BODY, INTERVALS, MOST_BYTES, QUERIES, SORTED, OutsideDialect, validate
from pipelines.index.mapping import COMMENTS, LONGEST_KEYWORD, LONGEST_TERM
from pipelines.index.query_rules import MOST_CLAUSES, MOST_TERMS
from tests.pipelines.index import bodies
from tests.pipelines.index.limits import LIMITS

DOCUMENT = Path(__file__).parents[3] / "docs" / "dialect.md"


def table(rules, last, cell):
    rows = []
    for name, rule in rules.items():
        types, parameters = ", ".join(rule.types), ", ".join(f"`{parameter}`" for parameter in rule.parameters)
        rows.append(f"| `{name}` | {types or '–'} | {parameters or '–'} |{cell(rule)}")
    return "\n".join([f"| name | type of field | parameters |{last}", *rows])


def test_the_document_shows_what_the_code_accepts():
    text = DOCUMENT.read_text(encoding="utf-8").replace("|---|---|---|---|\n", "").replace("|---|---|---|\n", "")
    assert table(QUERIES, "", lambda _: "") in text
    assert table(AGGREGATIONS, " below it |", lambda rule: f" {'yes' if rule.nests else 'no'} |") in text
    assert ", ".join(f"`{name}`" for name in BODY) in text
    assert ", ".join(f"`{name}`" for name in INTERVALS) in text
    assert f"of type {', '.join(SORTED)}" in text
    assert ", ".join(f"`{name}`" for name in RESERVED) in " ".join(text.split())
    assert f"at most {MOST_CLAUSES:,} queries" in text
    assert f"at most {MOST_BYTES // 2**20} MiB" in text
    assert f"up to {LONGEST_TERM:,} bytes" in text
    assert f"`top_hits` shows 1 to {MOST_TOP_HITS}" in text


@settings(suppress_health_check=list(HealthCheck), deadline=None)
@given(bodies.QUERIES, bodies.SORTS, bodies.AGGREGATIONS, st.integers(0, 10_000), bodies.HIGHLIGHTS)
def test_what_the_dialect_has_is_let_through(query, sort, aggs, size, highlight):
    body = {"query": query, "sort": sort, "aggs": aggs, "size": size, "highlight": highlight}
    validate(COMMENTS, body | {"track_total_hits": True})


@pytest.mark.parametrize("title", LIMITS)
def test_up_to_a_limit_a_body_is_let_through(title):
    validate(COMMENTS, LIMITS[title][0])


def query(**clause):
    return {"query": clause}


def one(**aggregation):
    return {"aggs": {"a": aggregation}}


def histogram(**options):
    return one(date_histogram={"field": "posted_at", "calendar_interval": "day"} | options)


def ranges(*parts):
    return one(range={"field": "likes", "ranges": list(parts)})


HIGHLIGHT = {"encoder": "html", "number_of_fragments": 0, "fields": {"text": {}}}
BY_LIKES = {"a": {"terms": {"field": "likes"}}}
BY_DAY = {"a": {"date_histogram": {"field": "posted_at", "calendar_interval": "day", "format": "yyyy-MM-dd"}}}


def composite(**options):
    return one(composite={"sources": [BY_LIKES]} | options)


OUTSIDE = {
    "plain highlight": {"highlight": {"fields": {"text": {}}}},
    "fragments": {"highlight": {"encoder": "html", "fields": {"text": {}}}},
    "highlight tags": {"highlight": {**HIGHLIGHT, "pre_tags": ["<b>"]}},
    "highlight nothing": {"highlight": {**HIGHLIGHT, "fields": {}}},
    "highlight keyword": {"highlight": {**HIGHLIGHT, "fields": {"platform": {}}}},
    "highlight parameter": {"highlight": {**HIGHLIGHT, "fields": {"text": {"type": "fvh"}}}},
    "scripted": {"script_fields": {}},
    "both spellings": {"aggs": {}, "aggregations": {}},
    "far page": {"from": 9_995},
    "large size": {"size": 10_001},
    "negative from": {"from": -1},
    "true size": {"size": True},
    "capped totals": {"track_total_hits": 100},
    "no totals": {"track_total_hits": False},
    "no source": {"_source": False},
    "empty source": {"_source": []},
    "source wildcard": {"_source": ["t*"]},
    "sort without id": {"sort": [{"posted_at": "desc"}]},
    "three keys": {"sort": [{"posted_at": "desc"}, {"likes": "desc"}, {"id": "asc"}]},
    "score and id": {"sort": ["_score", {"id": "asc"}]},
    "worst first": {"sort": [{"_score": "asc"}]},
    "sort by keyword": {"sort": ["platform", "id"]},
    "sort by text": {"sort": ["text", "id"]},
    "missing first": {"sort": [{"likes": {"order": "asc", "missing": "_first"}}, "id"]},
    "sort as object": {"sort": {"id": "asc"}},
    "after score": {"search_after": [1.0]},
    "after and from": {"sort": ["id"], "search_after": ["a"], "from": 1},
    "after too few": {"sort": [{"likes": "asc"}, "id"], "search_after": [1]},
    "after a large like": {"sort": [{"likes": "asc"}, "id"], "search_after": [2**31, "a"]},
    "after a moment beyond": {"sort": [{"posted_at": "asc"}, "id"], "search_after": [2**53, "a"]},
    "after wrong type": {"sort": [{"posted_at": "asc"}, "id"], "search_after": ["2026-11-24T00:00:00.000Z", "a"]},
    "query_string": query(query_string={"query": "a"}),
    "regexp": query(regexp={"platform": "a.*"}),
    "wildcard on text": query(wildcard={"text": "a*"}),
    "wildcard of many unknowns": query(wildcard={"platform": "a???"}),
    "long wildcard": query(wildcard={"platform": "a" * 32 + "*"}),
    "wildcard case_insensitive": query(wildcard={"platform": {"value": "a*", "case_insensitive": True}}),
    "fuzzy": query(fuzzy={"platform": "a"}),
    "multi_match": query(multi_match={"query": "a", "fields": ["text"]}),
    "match_none": query(match_none={}),
    "two queries": {"query": {"match_all": {}, "term": {"platform": "a"}}},
    "no query": {"query": {}},
    "null query": {"query": None},
    "boost": query(match_all={"boost": 2}),
    "unknown field": query(term={"nope": "a"}),
    "stored only": query(term={"url": "a"}),
    "object field": query(exists={"field": "replies"}),
    "term on text": query(term={"text": "a"}),
    "term on a date": query(term={"posted_at": "2026-11-24T00:00:00.000Z"}),
    "term on a double": query(term={"sentiment": 0.5}),
    "term wrong type": query(term={"likes": "5"}),
    "term true as number": query(term={"likes": True}),
    "case_insensitive": query(term={"platform": {"value": "a", "case_insensitive": True}}),
    "terms lookup": query(terms={"platform": {"index": "x", "id": "1", "path": "y"}}),
    "terms boost": query(terms={"platform": ["a"], "boost": 2}),
    "day only": query(range={"posted_at": {"gte": "2026-11-24"}}),
    "date math": query(range={"posted_at": {"gte": "now-1d/d"}}),
    "no zone": query(range={"posted_at": {"gte": "2026-11-24T00:00:00"}}),
    "range time_zone": query(range={"posted_at": {"gte": "2026-11-24T00:00:00Z", "time_zone": "+08:00"}}),
    "rounded upper bound": query(range={"posted_at": {"lte": "2026-11-24T00:00:00Z"}}),
    "epoch bound": query(range={"posted_at": {"gte": 1774972800000}}),
    "no such number": query(range={"sentiment": {"gte": 10**30}}),
    "endless number": query(range={"sentiment": {"gte": 10**400}}),
    "large like": query(term={"likes": 2**31}),
    "18 hours east": query(range={"posted_at": {"gte": "2026-11-24T00:00:00+18:00"}}),
    "half a like": query(range={"likes": {"gte": 2.5}}),
    "nan": query(range={"sentiment": {"gte": float("nan")}}),
    "two lower bounds": query(range={"likes": {"gte": 1, "gt": 1}}),
    "no bounds": query(range={"likes": {}}),
    "range on keyword": query(range={"platform": {"gte": "a"}}),
    "exists on text": query(exists={"field": "text"}),
    "match on keyword": query(match={"platform": "a"}),
    "match msm": query(match={"text": {"query": "a", "minimum_should_match": 2}}),
    "match fuzziness": query(match={"text": {"query": "a", "fuzziness": 1}}),
    "phrase slop": query(match_phrase={"text": {"query": "a b", "slop": 2}}),
    "endless match": query(match={"text": "医" * 1_001}),
    "long prefix": query(prefix={"platform": "a" * 101}),
    "ids as text": query(ids={"values": "a"}),
    "bool parameter": query(bool={"must": [], "boost": 2}),
    "percent msm": query(bool={"should": [{"match_all": {}}], "minimum_should_match": "50%"}),
    "negative msm": query(bool={"should": [{"match_all": {}}], "minimum_should_match": -1}),
    "zero msm": query(bool={"should": [{"match_all": {}}], "minimum_should_match": 0}),
    "msm of nothing": query(bool={"minimum_should_match": 1}),
    "percentiles of a date": one(percentiles={"field": "posted_at"}),
    "percentiles keyed": one(percentiles={"field": "likes", "keyed": False}),
    "no percents": one(percentiles={"field": "likes", "percents": []}),
    "percent beyond": one(percentiles={"field": "likes", "percents": [101]}),
    "percent too small": one(percentiles={"field": "likes", "percents": [0.0001]}),
    "percent twice": one(percentiles={"field": "likes", "percents": [50, 50.0]}),
    "tdigest": one(percentiles={"field": "likes", "tdigest": {}}),
    "stats of a date": one(stats={"field": "posted_at"}),
    "extended_stats sigma": one(extended_stats={"field": "likes", "sigma": 3}),
    "histogram of dates": one(histogram={"field": "posted_at", "interval": 1}),
    "no interval": one(histogram={"field": "likes"}),
    "interval 0": one(histogram={"field": "likes", "interval": 0}),
    "endless interval": one(histogram={"field": "likes", "interval": float("inf")}),
    "histogram keyed": one(histogram={"field": "likes", "interval": 1, "keyed": True}),
    "histogram bounds": one(histogram={"field": "likes", "interval": 1, "extended_bounds": {}}),
    "missing": one(missing={"field": "sentiment"}),
    "global": one(**{"global": {}}),
    "unnamed range": ranges({"to": 1}),
    "range of everything": ranges({"key": "a"}),
    "no ranges": ranges(),
    "overlapping ranges": ranges({"key": "a", "to": 2}, {"key": "b", "from": 1}),
    "falling ranges": ranges({"key": "a", "from": 3, "to": 4}, {"key": "b", "from": 1, "to": 2}),
    "empty range": ranges({"key": "a", "from": 3, "to": 3}),
    "open range inside": ranges({"key": "a", "from": 3}, {"key": "b", "from": 4}),
    "ranges of one name": ranges({"key": "a", "to": 1}, {"key": "a", "from": 1}),
    "range as text": ranges({"key": "a", "to": "1"}),
    "range keyed": one(range={"field": "likes", "keyed": True, "ranges": [{"key": "a", "to": 1}]}),
    "range of keywords": one(range={"field": "platform", "ranges": [{"key": "a", "to": 1}]}),
    "composite of nothing": composite(sources=[]),
    "composite of one name": composite(sources=[BY_LIKES, BY_LIKES]),
    "composite of doubles": composite(sources=[{"a": {"terms": {"field": "sentiment"}}}]),
    "composite of histograms": composite(sources=[{"a": {"histogram": {"field": "likes", "interval": 1}}}]),
    "composite missing_bucket": composite(sources=[{"a": {"terms": {"field": "likes", "missing_bucket": True}}}]),
    "composite after another": composite(after={"b": 1}),
    "composite after wrong type": composite(after={"a": "1"}),
    "composite after a large like": composite(after={"a": 2**31}),
    "composite after nothing": composite(after={"a": None}),
    "composite after no day": composite(sources=[BY_DAY], after={"a": "2026-02-30"}),
    "composite after a moment": composite(sources=[BY_DAY], after={"a": 1772323200000}),
    "composite of hours by day": composite(
        sources=[{"a": {"date_histogram": BY_DAY["a"]["date_histogram"] | {"calendar_interval": "hour"}}}]
    ),
    "composite size 0": composite(size=0),
    "composite below": {"aggs": {"a": {"filter": {"match_all": {}}, "aggs": composite()["aggs"]}}},
    "two aggregations": one(avg={"field": "likes"}, sum={"field": "likes"}),
    "metric with more below": one(avg={"field": "likes"}, aggs={"b": {"avg": {"field": "likes"}}}),
    "meta": one(avg={"field": "likes"}, meta={}),
    **{
        f"aggregation called {name!r}": {"aggs": {name: {"avg": {"field": "likes"}}}}
        for name in ("", "a[b]", "a>b", "a.b", " ", "a ", "a\n", "_a", "-a", "均", *RESERVED)
    },
    "source called key": composite(sources=[{"key": {"terms": {"field": "likes"}}}]),
    "source called >": composite(sources=[{">": {"terms": {"field": "likes"}}}]),
    "sub-aggregation called key": one(terms={"field": "platform"}, aggs={"key": {"avg": {"field": "likes"}}}),
    "avg on keyword": one(avg={"field": "platform"}),
    "avg of a date": one(avg={"field": "posted_at"}),
    "avg missing": one(avg={"field": "likes", "missing": 0}),
    "terms on text": one(terms={"field": "text"}),
    "terms shard_size": one(terms={"field": "platform", "shard_size": 100}),
    "terms include": one(terms={"field": "platform", "include": "a.*"}),
    "terms min_doc_count 0": one(terms={"field": "platform", "min_doc_count": 0}),
    "min_doc_count of the rarest": one(terms={"field": "platform", "min_doc_count": 2, "order": {"_count": "asc"}}),
    "min_doc_count by key": one(terms={"field": "platform", "min_doc_count": 2, "order": {"_key": "asc"}}),
    "terms size 0": one(terms={"field": "platform", "size": 0}),
    "order list": one(terms={"field": "platform", "order": [{"_count": "desc"}, {"_key": "asc"}]}),
    "order by nobody": one(terms={"field": "platform", "order": {"mood": "desc"}}),
    "order sideways": one(terms={"field": "platform", "order": {"_key": "up"}}),
    "fixed_interval": one(date_histogram={"field": "posted_at", "fixed_interval": "1d"}),
    "short interval": histogram(calendar_interval="1d"),
    "minute": histogram(calendar_interval="minute"),
    "keyed": histogram(keyed=True),
    "offset": histogram(offset="+6h"),
    "order": histogram(order={"_key": "desc"}),
    "extended_bounds": histogram(extended_bounds={}),
    "other format": histogram(format="yyyy-MM"),
    "a zone in wide digits": histogram(time_zone="+0８:00"),
    "no such zone": histogram(time_zone="Mars/Olympus"),
    "a folder of zones": histogram(time_zone="America/Argentina"),
    "a zone in lower case": histogram(time_zone="asia/shanghai"),
    "half a character": query(term={"author": "\ud800"}),
    "half a character among ids": query(ids={"values": ["a", "\ud800"]}),
    "half a character in a text": query(match={"text": "医\udc00保"}),
    "hours of half an hour": histogram(calendar_interval="hour", time_zone="Australia/Lord_Howe"),
    "zone as number": histogram(time_zone=8),
    "unnamed filters": one(filters={"filters": [{"match_all": {}}]}),
    "no filters": one(filters={"filters": {}}),
    "other_bucket_key": one(filters={"filters": {"a": {"match_all": {}}}, "other_bucket_key": "rest"}),
    "bad filter": one(filter={"regexp": {"platform": "a"}}),
    "precision_threshold": one(cardinality={"field": "author", "precision_threshold": 100}),
    "cardinality of doubles": one(cardinality={"field": "sentiment"}),
    "top_hits from": one(top_hits={"from": 1}),
    "top_hits highlight": one(top_hits={"highlight": {}}),
    "below is checked": one(filter={"match_all": {}}, aggs={"b": {"avg": {"field": "platform"}}}),
    **{f"{title}, beyond the limit": outside for title, (_, outside) in LIMITS.items()},
}


@pytest.mark.parametrize("name", OUTSIDE)
def test_what_the_dialect_lacks_is_refused_with_a_sentence(empty_index, name):
    with pytest.raises(OutsideDialect, match=r"\w.*\.$"):
        empty_index.search(COMMENTS, OUTSIDE[name])


def test_another_index_is_refused(empty_index):
    with pytest.raises(OutsideDialect, match="no index"):
        empty_index.search("lianxin-nobody", {})


def test_a_body_of_many_long_terms_is_refused_for_its_length():
    for length, refused in ((LONGEST_KEYWORD // 2, False), (LONGEST_KEYWORD, True)):
        body = query(terms={"id": ["x" * length] * MOST_TERMS})
        with pytest.raises(OutsideDialect, match="longer than") if refused else nullcontext():
            validate(COMMENTS, body)


def test_endless_nesting_is_refused():
    clause, request = {"match_all": {}}, {"filter": {"match_all": {}}}
    for _ in range(500):
        clause, request = {"bool": {"must": clause}}, {"filter": {"match_all": {}}, "aggs": {"a": request}}
    for body in ({"query": clause}, {"aggs": {"a": request}}):
        with pytest.raises(OutsideDialect, match="inside one another"):
            validate(COMMENTS, body)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(["id", "text", "likes", "a", "desc"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from([*BODY, *QUERIES, *AGGREGATIONS, "text", "likes", "field", "order", "must", "values"]),
            inner,
            max_size=3,
        )
    ),
)


@settings(max_examples=500, suppress_health_check=list(HealthCheck), deadline=None)
@given(st.dictionaries(st.sampled_from(BODY), JSON, max_size=4))
def test_any_body_is_answered_or_refused(filled, body):
    try:
        answer = filled.search(COMMENTS, body)
    except OutsideDialect:
        return
    assert answer["hits"]["total"]["relation"] == "eq"
