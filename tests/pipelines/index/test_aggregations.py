import pytest
from hypothesis import HealthCheck, given, reject, settings

from pipelines.index.checks import TooManyBuckets
from pipelines.index.mapping import COMMENTS
from tests.pipelines.index import oracle
from tests.pipelines.index.bodies import AGGREGATIONS, QUERIES


def plain(result):
    """An answer's aggregations as the oracle writes them."""
    if isinstance(result, list):
        return [plain(part) for part in result]
    if not isinstance(result, dict):
        return pytest.approx(result, rel=1e-12) if isinstance(result, float) else result
    if oracle.shows_hits(result):
        hits = result["hits"]
        return {"total": hits["total"]["value"], "ids": [hit["_id"] for hit in hits["hits"]]}
    renamed = {"other" if key == "sum_other_doc_count" else key: value for key, value in result.items()}
    return {k: plain(v) for k, v in renamed.items() if k not in ("doc_count_error_upper_bound", "value_as_string")}


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(clause=QUERIES, request=AGGREGATIONS)
def test_an_aggregation_counts_what_plain_python_counts(filled, documents, clause, request):
    try:
        found = filled.search(COMMENTS, {"query": clause, "size": 0, "aggs": request})["aggregations"]
    except TooManyBuckets:
        reject()  # beyond the stated limit the engine says so; the tests of that stand below
    expected = oracle.aggregate([document for document in documents if oracle.matches(document, clause)], request)
    assert plain(found) == expected


def answer(index, request, query=None):
    return index.search(COMMENTS, {"query": query or {"match_all": {}}, "size": 0, "aggs": request})["aggregations"]


def keys(buckets):
    return [(bucket["key"], bucket["doc_count"]) for bucket in buckets["buckets"]]


def posted(*moments, **more):
    return [{"id": f"{number}", "posted_at": moment, **more} for number, moment in enumerate(moments)]


def days(zone, **more):
    return {"days": {"date_histogram": {"field": "posted_at", "calendar_interval": "day", "time_zone": zone, **more}}}


def texts_and_counts(index, request):
    return [(bucket["key_as_string"], bucket["doc_count"]) for bucket in answer(index, request)["days"]["buckets"]]


def test_a_day_in_shanghai_ends_at_midnight_there(empty_index):
    empty_index.put(COMMENTS, posted("2026-03-31T15:59:59.000Z", "2026-03-31T16:00:00.000Z"))
    assert texts_and_counts(empty_index, days("+08:00")) == [
        ("2026-03-31T00:00:00.000+08:00", 1),
        ("2026-04-01T00:00:00.000+08:00", 1),
    ]


def test_a_day_in_kolkata_begins_at_half_past_six_in_greenwich(empty_index):
    empty_index.put(COMMENTS, posted("2026-03-31T18:29:59.999Z", "2026-03-31T18:30:00.000Z"))
    found = answer(empty_index, days("+05:30", format="yyyy-MM-dd"))["days"]["buckets"]
    assert [(bucket["key_as_string"], bucket["key"]) for bucket in found] == [
        ("2026-03-31", 1774895400000),
        ("2026-04-01", 1774981800000),
    ]


def test_the_day_new_york_loses_an_hour_has_twenty_three(empty_index):
    edges = [
        "2026-03-08T04:59:59.999Z",
        "2026-03-08T05:00:00.000Z",
        "2026-03-09T03:59:59.999Z",
        "2026-03-09T04:00:00.000Z",
    ]
    empty_index.put(COMMENTS, posted(*edges))
    assert texts_and_counts(empty_index, days("America/New_York")) == [
        ("2026-03-07T00:00:00.000-05:00", 1),
        ("2026-03-08T00:00:00.000-05:00", 2),
        ("2026-03-09T00:00:00.000-04:00", 1),
    ]


def test_the_hour_new_york_repeats_is_two_buckets(empty_index):
    empty_index.put(COMMENTS, posted("2026-11-01T05:30:00.000Z", "2026-11-01T06:30:00.000Z"))
    hours = {
        "days": {"date_histogram": {**days("America/New_York")["days"]["date_histogram"], "calendar_interval": "hour"}}
    }
    assert texts_and_counts(empty_index, hours) == [
        ("2026-11-01T01:00:00.000-04:00", 1),
        ("2026-11-01T01:00:00.000-05:00", 1),
    ]


def test_gaps_are_filled_between_the_first_and_last_bucket_of_each_parent(empty_index):
    empty_index.put(
        COMMENTS,
        [
            {"id": "1", "platform": "weibo", "posted_at": "2026-01-01T00:00:00.000Z"},
            {"id": "2", "platform": "liuyan", "posted_at": "2026-01-03T00:00:00.000Z"},
            {"id": "3", "platform": "liuyan", "posted_at": "2026-01-05T00:00:00.000Z", "sentiment": 0.5},
        ],
    )
    request = days("UTC", format="yyyy-MM-dd")
    request["days"]["aggs"] = {"mood": {"avg": {"field": "sentiment"}}, "best": {"top_hits": {"size": 1}}}
    found = answer(empty_index, {"platforms": {"terms": {"field": "platform"}, "aggs": request}})["platforms"][
        "buckets"
    ]
    shown = [
        [(day["key_as_string"], day["doc_count"], day["mood"]["value"]) for day in one["days"]["buckets"]]
        for one in found
    ]
    assert shown == [
        [("2026-01-03", 1, None), ("2026-01-04", 0, None), ("2026-01-05", 1, 0.5)],
        [("2026-01-01", 1, None)],
    ]
    assert [day["best"]["hits"]["total"]["value"] for day in found[0]["days"]["buckets"]] == [1, 0, 1]


def test_hours_are_filled_too(empty_index):
    empty_index.put(COMMENTS, posted("2026-01-01T00:10:00.000Z", "2026-01-01T02:50:00.000Z"))
    hours = {"hours": {"date_histogram": {"field": "posted_at", "calendar_interval": "hour", "time_zone": "+05:30"}}}
    assert keys(answer(empty_index, hours)["hours"]) == [
        (1767223800000, 1),
        (1767227400000, 0),
        (1767231000000, 0),
        (1767234600000, 1),
    ]


def test_intervals_go_on_from_the_very_first_millisecond(empty_index):
    empty_index.put(
        COMMENTS, posted("1969-12-31T23:59:59.999Z", "1970-01-01T00:00:00.000Z", "1970-02-01T00:00:00.000Z")
    )
    months = {"m": {"date_histogram": {"field": "posted_at", "calendar_interval": "month"}}}
    assert keys(answer(empty_index, months)["m"]) == [(-2678400000, 1), (0, 1), (2678400000, 1)]


@pytest.mark.parametrize("interval", ["day", "month"])
def test_terms_of_many_intervals_are_ordered_and_cut_in_each(filled, documents, interval):
    mood = {"mood": {"avg": {"field": "sentiment"}}}
    for order in ({"_count": "desc"}, {"_key": "desc"}, {"mood": "asc"}):
        terms = {"terms": {"field": "themes", "size": 2, "order": order}, "aggs": mood}
        erased = {"terms": {"field": "erased"}, "aggs": {"people": {"cardinality": {"field": "author"}}}}
        by = {"field": "posted_at", "calendar_interval": interval, "time_zone": "America/New_York"}
        request = {"days": {"date_histogram": by, "aggs": {"themes": terms, "erased": erased} | mood}}
        nested = {"platforms": {"terms": {"field": "platform"}, "aggs": request}}
        expected = oracle.aggregate(documents, request | nested)
        assert without_names(plain(answer(filled, request | nested))) == expected


def without_names(result):
    """The same without the names of booleans, which the oracle does not write."""
    if isinstance(result, list):
        return [without_names(part) for part in result]
    if not isinstance(result, dict):
        return result
    named = result.get("key_as_string") in ("true", "false")
    return {key: without_names(value) for key, value in result.items() if not (named and key == "key_as_string")}


def test_a_date_range_inside_a_filter_keeps_its_offset(empty_index):
    empty_index.put(
        COMMENTS, posted("2026-03-31T15:59:59.999Z", "2026-03-31T16:00:00.000Z", "2026-03-31T23:00:00.000Z")
    )
    april = {"range": {"posted_at": {"gte": "2026-04-01T00:00:00.000+08:00"}}}
    found = answer(empty_index, {"one": {"filter": april}, "many": {"filters": {"filters": {"april": april}}}})
    assert found == {"one": {"doc_count": 2}, "many": {"buckets": {"april": {"doc_count": 2}}}}


def test_the_rarest_of_many_terms_are_found_across_segments(empty_index):
    authors = [[f"~{author:03}"] * (1 + (author != 137)) for author in range(300)]
    for start in range(0, 300, 100):
        said = [(author, copy) for group in authors[start : start + 100] for copy, author in enumerate(group)]
        empty_index.put(COMMENTS, [{"id": f"{author}:{copy}", "author": author} for author, copy in said])
    rare = {"rare": {"terms": {"field": "author", "size": 2, "order": {"_count": "asc"}}}}
    assert keys(answer(empty_index, rare)["rare"]) == [("~137", 1), ("~000", 2)]


@pytest.mark.parametrize("direction", ["asc", "desc"])
def test_terms_tied_at_the_cut_go_by_key_however_many_they_are(empty_index, direction):
    authors = [f"~{number * 7919 % 5000:04}" for number in range(5000)]
    for start in range(0, 5000, 1000):
        part = authors[start : start + 1000]
        empty_index.put(COMMENTS, [{"id": author, "author": author} for author in part])
    terms = {"field": "author", "size": 3, "order": {"_count": direction}}
    found = answer(empty_index, {"authors": {"terms": terms}})["authors"]
    assert keys(found) == [("~0000", 1), ("~0001", 1), ("~0002", 1)]
    assert found["sum_other_doc_count"] == 4997


def test_terms_without_a_value_come_last_in_both_directions(empty_index):
    empty_index.put(
        COMMENTS,
        [
            {"id": "1", "platform": "a"},
            {"id": "2", "platform": "b", "sentiment": 0.2},
            {"id": "3", "platform": "c", "sentiment": 0.8},
        ],
    )
    for direction, expected in (("asc", "bca"), ("desc", "cba")):
        terms = {
            "terms": {"field": "platform", "order": {"mood": direction}},
            "aggs": {"mood": {"avg": {"field": "sentiment"}}},
        }
        assert "".join(key for key, _ in keys(answer(empty_index, {"p": terms})["p"])) == expected


def test_a_value_repeated_in_a_document_counts_once(empty_index):
    empty_index.put(COMMENTS, [{"id": "1", "themes": ["医保", "医保", "养老"]}])
    found = answer(empty_index, {"n": {"value_count": {"field": "themes"}}, "t": {"terms": {"field": "themes"}}})
    assert found["n"] == {"value": 2}
    assert keys(found["t"]) == [("养老", 1), ("医保", 1)]


def test_nothing_has_no_average_and_no_edges_and_a_sum_of_zero(empty_index):
    metrics = {kind: {kind: {"field": "sentiment"}} for kind in ("avg", "min", "max", "sum", "value_count")}
    found = answer(empty_index, metrics | {"authors": {"cardinality": {"field": "author"}}})
    assert found == {
        "avg": {"value": None},
        "min": {"value": None},
        "max": {"value": None},
        "sum": {"value": 0},
        "value_count": {"value": 0},
        "authors": {"value": 0},
    }


def test_the_first_and_last_date_are_milliseconds(empty_index):
    empty_index.put(COMMENTS, posted("2026-03-31T15:59:59.999Z", "2026-03-31T16:00:00.000Z"))
    found = answer(empty_index, {end: {end: {"field": "posted_at"}} for end in ("min", "max")})
    assert found["min"] == {"value": 1774972799999, "value_as_string": "2026-03-31T15:59:59.999Z"}
    assert found["max"] == {"value": 1774972800000, "value_as_string": "2026-03-31T16:00:00.000Z"}


def test_booleans_are_zero_and_one_with_their_names(empty_index):
    empty_index.put(
        COMMENTS, [{"id": "1", "erased": True}, {"id": "2", "erased": False}, {"id": "3"}, {"id": "4", "erased": True}]
    )
    below = {"first": {"top_hits": {"size": 1, "sort": ["id"], "_source": ["erased"]}}}
    found = answer(empty_index, {"e": {"terms": {"field": "erased"}, "aggs": below}})["e"]["buckets"]
    assert [(bucket["key"], bucket["key_as_string"], bucket["doc_count"]) for bucket in found] == [
        (1, "true", 2),
        (0, "false", 1),
    ]
    assert found[1]["first"]["hits"]["hits"][0] == {
        "_index": COMMENTS,
        "_id": "2",
        "_score": None,
        "_source": {"erased": False},
        "sort": ["2"],
    }


@pytest.mark.parametrize(
    ("parents", "buckets", "refused"),
    [(1, 35_535, False), (1, 35_536, True), (2, 19_000, False), (3, 15_000, True), (7, 9_000, False), (8, 9_000, True)],
)
def test_gaps_count_as_elasticsearch_counts_them(empty_index, parents, buckets, refused):
    ends = [{"id": f"{n}-{end}", "platform": f"{n}", "likes": end} for n in range(parents) for end in (0, 1_000_000)]
    empty_index.put(COMMENTS, ends)
    steps = {"steps": {"histogram": {"field": "likes", "interval": 1_000_000 / (buckets - 0.5)}}}
    request = {"platforms": {"terms": {"field": "platform"}, "aggs": steps}}
    if refused:
        with pytest.raises(TooManyBuckets):
            answer(empty_index, request)
    else:
        found = answer(empty_index, request)["platforms"]["buckets"]
        assert [len(bucket["steps"]["buckets"]) for bucket in found] == [buckets] * parents


def test_so_many_intervals_are_refused(empty_index):
    empty_index.put(COMMENTS, posted("1990-01-01T00:00:00.000Z", "2026-01-01T00:00:00.000Z"))
    with pytest.raises(TooManyBuckets):
        answer(empty_index, {"h": {"date_histogram": {"field": "posted_at", "calendar_interval": "hour"}}})
