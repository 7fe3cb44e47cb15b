import random

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.index.embedded import quantiles
from pipelines.index.mapping import COMMENTS


def answer(index, request):
    return index.search(COMMENTS, {"size": 0, "aggs": {"a": request}})["aggregations"]["a"]


def put(index, field, numbers):
    documents = [{"id": f"{place}", field: number} for place, number in enumerate(numbers)]
    for start in range(0, len(documents), 400):
        index.put(COMMENTS, documents[start : start + 400])


def test_percentiles_of_a_few_are_exact(empty_index):
    put(empty_index, "sentiment", [0.5, 0.25, 0.1, 0.9])
    assert answer(empty_index, {"percentiles": {"field": "sentiment"}})["values"] == pytest.approx(
        {"1.0": 0.1045, "5.0": 0.1225, "25.0": 0.2125, "50.0": 0.375, "75.0": 0.6, "95.0": 0.84, "99.0": 0.888}
    )
    some = answer(empty_index, {"percentiles": {"field": "sentiment", "percents": [99.9, 0, 100]}})["values"]
    assert list(some) == ["0.0", "99.9", "100.0"]


def test_percentiles_of_nothing_are_null(empty_index):
    empty_index.put(COMMENTS, [{"id": "1", "platform": "weibo"}])
    hours = {"hours": {"percentiles": {"field": "reply_hours", "percents": [50]}}}
    found = answer(empty_index, {"terms": {"field": "platform"}, "aggs": hours})["buckets"]
    assert found == [{"key": "weibo", "doc_count": 1, "hours": {"values": {"50.0": None}}}]


CHANCE = random.Random(4)
MANY = {
    "even": ("sentiment", [CHANCE.random() for _ in range(900)]),
    "all the same": ("sentiment", [0.5] * 900),
    "two values": ("sentiment", [0.25] * 500 + [0.75] * 400),
    "a long tail": ("likes", [int(CHANCE.paretovariate(0.5)) for _ in range(900)]),
    "a far one": ("sentiment", [CHANCE.random() for _ in range(899)] + [1e300]),
    "very small": ("sentiment", [1e-300 * place for place in range(900)]),
    "both signs": ("likes", [CHANCE.randrange(-(2**31), 2**31) for _ in range(900)]),
}


@pytest.mark.parametrize("name", MANY)
def test_percentiles_of_many_are_found_without_reading_them_all(empty_index, monkeypatch, name):
    monkeypatch.setattr(quantiles, "_FEW", 10)
    monkeypatch.setattr(quantiles, "_INTERVALS", 16)
    field, numbers = MANY[name]
    put(empty_index, field, numbers)
    percents = [0, 12.5, 50, 66.6, 99.9, 100]
    found = answer(empty_index, {"percentiles": {"field": field, "percents": percents}})["values"]
    assert list(found.values()) == pytest.approx(list(numpy.percentile(numbers, percents)), rel=1e-12, abs=0)


@settings(max_examples=50, deadline=None)
@given(st.data())
def test_percentiles_of_a_query_are_those_of_its_documents(filled, documents, data):
    field = data.draw(st.sampled_from(["likes", "sentiment"]))
    platform = data.draw(st.sampled_from(["weibo", "liuyan"]))
    numbers = [one[field] for one in documents if one["platform"] == platform and field in one]
    body = {"query": {"term": {"platform": platform}}, "size": 0}
    body["aggs"] = {"a": {"percentiles": {"field": field, "percents": [10, 90]}}}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(quantiles, "_FEW", data.draw(st.sampled_from([1, 5, 50])))
        patch.setattr(quantiles, "_INTERVALS", data.draw(st.sampled_from([2, 7])))
        found = filled.search(COMMENTS, body)["aggregations"]["a"]["values"]
    assert list(found.values()) == pytest.approx(list(numpy.percentile(numbers, [10, 90])))


def test_extended_stats_of_one_value_and_of_none_are_as_elasticsearch_writes_them(empty_index):
    put(empty_index, "sentiment", [0.5])
    one = answer(empty_index, {"extended_stats": {"field": "sentiment"}})
    assert (one["variance"], one["variance_sampling"], one["std_deviation_sampling"]) == (0, "NaN", "NaN")
    assert one["std_deviation_bounds"]["upper_sampling"] == "NaN"
    none = answer(empty_index, {"extended_stats": {"field": "likes"}})
    assert {key for key, value in none.items() if value is not None} == {"count", "sum", "std_deviation_bounds"}
    assert set(none["std_deviation_bounds"].values()) == {None}


def test_a_range_of_whole_numbers_may_end_between_two(empty_index):
    put(empty_index, "likes", [2, 3, 3, 4])
    parts = [{"key": "low", "to": 2.5}, {"key": "high", "from": 2.5, "to": 3.5}, {"key": "none", "from": 9}]
    first = {"first": {"top_hits": {"size": 1, "sort": ["id"], "_source": ["likes"]}}}
    found = answer(empty_index, {"range": {"field": "likes", "ranges": parts}, "aggs": first})["buckets"]
    shown = [(one["key"], one.get("from"), one.get("to"), one["doc_count"]) for one in found]
    assert shown == [("low", None, 2.5, 1), ("high", 2.5, 3.5, 2), ("none", 9, None, 0)]
    assert [[hit["_id"] for hit in one["first"]["hits"]["hits"]] for one in found] == [["0"], ["1"], []]


def test_a_histogram_fills_gaps_and_keeps_its_offset(empty_index):
    put(empty_index, "sentiment", [0.5, 0.25, 0.1, 0.9])
    by = {"field": "sentiment", "interval": 0.2, "offset": 0.05}
    found = answer(empty_index, {"histogram": by, "aggs": {"mood": {"avg": {"field": "sentiment"}}}})["buckets"]
    assert [one["key"] for one in found] == pytest.approx([0.05, 0.25, 0.45, 0.65, 0.85])
    assert [one["doc_count"] for one in found] == [1, 1, 1, 0, 1]
    assert [one["mood"]["value"] for one in found] == [0.1, 0.25, 0.5, None, 0.9]
