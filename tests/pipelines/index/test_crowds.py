import pytest

from pipelines.index.checks import TooManyBuckets
from pipelines.index.embedded.engine import EmbeddedIndex
from pipelines.index.mapping import COMMENTS


def answer(index, request):
    return index.search(COMMENTS, {"size": 0, "aggs": request})["aggregations"]


def keys(buckets):
    return [(bucket["key"], bucket["doc_count"]) for bucket in buckets["buckets"]]


def crowded(number):
    half = number // 2
    return {"sentiment": number / 70_000, "likes": half, "post_id": f"p{half}", "source": f"s{half}"}


@pytest.fixture(scope="module")
def crowd(tmp_path_factory):
    """70 000 authors with one comment each, on two platforms, two under each post."""
    index = EmbeddedIndex(tmp_path_factory.mktemp("crowd") / "index")
    number = range(70_000)
    index.put(COMMENTS, [{"id": f"{n}", "author": f"~{n:05}", "platform": "ab"[n % 2], **crowded(n)} for n in number])
    yield index
    index.close()


def test_a_crowd_is_estimated_and_its_small_parts_are_counted(crowd):
    people = {"people": {"cardinality": {"field": "author"}}}
    few = {"range": {"sentiment": {"lt": 0.04}}}
    request = {"platforms": {"terms": {"field": "platform"}, "aggs": people}, "few": {"filter": few, "aggs": people}}
    tenths = {"histogram": {"field": "sentiment", "interval": 0.04}, "aggs": people}
    found = answer(crowd, people | request | {"tenths": tenths})
    assert found["people"]["value"] == pytest.approx(70_000, rel=0.06)
    shown = [bucket["people"]["value"] for bucket in found["platforms"]["buckets"]]
    assert shown == [pytest.approx(35_000, rel=0.06)] * 2
    assert found["few"]["people"]["value"] == 2_800
    assert [bucket["people"]["value"] for bucket in found["tenths"]["buckets"]] == [2_800] * 25


@pytest.mark.parametrize("field", ["id", "likes", "post_id", "source"])
def test_other_values_of_a_crowd_are_counted_too(crowd, field):
    expected = {"id": 70_000, "likes": 35_000, "post_id": pytest.approx(35_000, rel=0.06), "source": 35_000}
    every = {"n": {"cardinality": {"field": field}}}
    assert answer(crowd, every)["n"]["value"] == expected[field]
    halves = answer(crowd, {"p": {"terms": {"field": "platform"}, "aggs": every}})["p"]["buckets"]
    assert [one["n"]["value"] for one in halves] == [35_000 if field != "post_id" else expected[field]] * 2


def test_repeated_values_beyond_one_answer_are_counted_in_parts(empty_index, monkeypatch):
    monkeypatch.setattr("pipelines.index.embedded.distinct.COUNTED", 10**9)  # nothing is estimated
    said = [
        {"id": f"{n}", "author": f"~{n % 40_000}", "likes": n % 40_000, "platform": "ab"[n // 40_000 % 2]}
        for n in range(160_000)
    ]
    empty_index.put(COMMENTS, said)
    every = {name: {"cardinality": {"field": name}} for name in ("author", "likes")}
    found = answer(empty_index, {"p": {"terms": {"field": "platform"}, "aggs": every}})["p"]["buckets"]
    assert [(one["author"]["value"], one["likes"]["value"]) for one in found] == [(40_000, 40_000)] * 2


def test_terms_of_a_crowd_are_refused_where_they_cannot_be_right(crowd):
    by_key = {"a": {"terms": {"field": "author", "size": 1, "order": {"_key": "desc"}}}}
    assert keys(answer(crowd, by_key)["a"]) == [("~69999", 1)]
    rare = {"a": {"terms": {"field": "author", "size": 1, "min_doc_count": 2}}}
    assert keys(answer(crowd, rare)["a"]) == []
    with pytest.raises(TooManyBuckets):
        answer(crowd, {"a": {"terms": {"field": "author", "size": 1}}})
