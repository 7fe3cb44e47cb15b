import pytest

from pipelines.index.embedded.engine import EmbeddedIndex
from pipelines.index.mapping import COMMENTS
from tests.pipelines.index import oracle

BY_THEME = {"theme": {"terms": {"field": "themes"}}}
BY_DAY = {"day": {"date_histogram": {"field": "posted_at", "calendar_interval": "day", "time_zone": "+08:00"}}}


def page(index, **options):
    body = {"size": 0, "aggs": {"c": {"composite": options, "aggs": {"likes": {"sum": {"field": "likes"}}}}}}
    return index.search(COMMENTS, body)["aggregations"]["c"]


@pytest.mark.parametrize("size", [1, 7, 1000])
@pytest.mark.parametrize(
    "sources",
    [
        [BY_THEME],
        [BY_THEME, BY_DAY],
        [BY_DAY, BY_THEME],
        [{"author": {"terms": {"field": "author", "order": "desc"}}}, {"likes": {"terms": {"field": "likes"}}}],
        [{"month": {"date_histogram": {**BY_DAY["day"]["date_histogram"], "calendar_interval": "month"}}}],
    ],
)
def test_its_pages_hold_every_combination_once(filled, documents, sources, size):
    walked, after = [], {}
    while (found := page(filled, sources=sources, size=size, **after))["buckets"]:
        walked += found["buckets"]
        assert found["after_key"] == found["buckets"][-1]["key"]
        after = {"after": found["after_key"]}
    whole = {"composite": {"sources": sources, "size": 10_000}, "aggs": {"likes": {"sum": {"field": "likes"}}}}
    assert walked == oracle.aggregate(documents, {"c": whole})["c"]["buckets"]


def test_what_stands_below_may_be_called_as_a_key_begins(filled, documents):
    below = {name: {"sum": {"field": "likes"}} for name in ("keywords", "key_", "doc_counts")}
    request = {"c": {"composite": {"sources": [{"keyed": BY_THEME["theme"]}], "size": 100}, "aggs": below}}
    found = filled.search(COMMENTS, {"size": 0, "aggs": request})["aggregations"]["c"]["buckets"]
    assert found == oracle.aggregate(documents, request)["c"]["buckets"]


def test_after_may_be_what_is_there_no_more(empty_index):
    empty_index.put(COMMENTS, [{"id": one, "platform": one} for one in ("a", "c", "str:c")])
    keys = [
        [bucket["key"]["p"] for bucket in page(empty_index, sources=[by], after={"p": "b"})["buckets"]]
        for by in ({"p": {"terms": {"field": "platform", "order": order}}} for order in ("asc", "desc"))
    ]
    assert keys == [["c", "str:c"], ["a"]]
    assert page(empty_index, sources=[{"p": {"terms": {"field": "platform"}}}], after={"p": "z"}) == {"buckets": []}


def test_more_combinations_than_one_answer_holds_are_walked_in_parts(tmp_path):
    index = EmbeddedIndex(tmp_path / "index")
    said = [{"id": f"{n}", "author": f"~{n:05}", "platform": f"p{n % 7}"} for n in range(70_000)]
    index.put(COMMENTS, said)
    sources = [{"p": {"terms": {"field": "platform"}}}, {"a": {"terms": {"field": "author"}}}]
    found = page(index, sources=sources, size=3, after={"p": "p3", "a": "~69989"})["buckets"]
    assert [tuple(bucket["key"].values()) for bucket in found] == [
        ("p3", "~69996"),
        ("p4", "~00004"),
        ("p4", "~00011"),
    ]
    index.close()
