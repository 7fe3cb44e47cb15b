"""Answers in the shape that both engines give; the contract suite compares far more bodies."""

import random

import pytest

from pipelines.index.elasticsearch.connection import Access
from pipelines.index.elasticsearch.engine import ElasticsearchIndex
from pipelines.index.embedded.engine import EmbeddedIndex
from pipelines.index.mapping import COMMENTS, LARGEST_INTEGER, POSTS
from pipelines.index.standing import STANDING
from tests.pipelines.index.conftest import comment


@pytest.fixture(scope="module")
def documents():
    chance = random.Random(20261124)
    made = [comment(chance, number) for number in range(700)]
    made += [{"id": f"edge:{n}", "likes": n} for n in (LARGEST_INTEGER, -LARGEST_INTEGER, 0)]
    return list({source["id"]: source for source in made}.values())


@pytest.fixture(scope="module")
def engines(elasticsearch, documents, tmp_path_factory):
    pair = EmbeddedIndex(tmp_path_factory.mktemp("embedded") / "index"), ElasticsearchIndex(Access(elasticsearch))
    for each in pair:
        each.put(COMMENTS, documents)
        each.refresh()
    yield pair
    for each in pair:
        each.close()


def test_both_engines_answer_alike(engines):
    embedded, index = engines
    for name, body in STANDING.values():
        assert index.search(name, body) == embedded.search(name, body)
    newest = {"size": 3, "sort": [{"likes": "asc"}, {"id": "asc"}], "_source": ["id", "likes"]}
    below = {"newest": {"top_hits": newest}, "last": {"max": {"field": "posted_at"}}}
    nested = {"kinds": {"filters": {"filters": {"liked": {"exists": {"field": "likes"}}}}, "aggs": below}}
    body = {"size": 0, "aggregations": {"platforms": {"terms": {"field": "platform"}, "aggs": nested}}}
    assert index.search(COMMENTS, body) == embedded.search(COMMENTS, body)


@pytest.mark.parametrize("order", ["asc", "desc"])
@pytest.mark.parametrize("field", ["likes", "sentiment", "answered_at"])
def test_pages_and_walks_go_on_after_missing_values_alike(engines, field, order):
    embedded, index = engines
    body = {"sort": [{field: order}, {"id": "asc"}], "size": 61}
    asked, pages = body, []
    while True:
        pages.append(index.search(COMMENTS, asked))
        assert pages[-1] == embedded.search(COMMENTS, asked)
        hits = pages[-1]["hits"]["hits"]
        if not hits:
            break
        asked = body | {"search_after": hits[-1]["sort"]}
    assert None in {hit["sort"][0] for page in pages for hit in page["hits"]["hits"]}
    walked = [hit["_id"] for hit in index.scan(COMMENTS, body)]
    assert walked == [hit["_id"] for page in pages for hit in page["hits"]["hits"]]


def test_equal_scores_come_by_id(engines):
    _, index = engines
    index.put(POSTS, [{"id": name, "text": "医保"} for name in "dbca"])
    index.refresh()
    found = index.search(POSTS, {"query": {"match": {"text": "医保"}}})["hits"]
    assert [hit["_id"] for hit in found["hits"]] == list("abcd")
    assert found["max_score"] == found["hits"][0]["_score"] > 0
    assert "sort" not in found["hits"][0]
    scores = index.search(POSTS, {"query": {"match": {"text": "医保"}}, "sort": ["_score"]})["hits"]["hits"]
    assert [hit["sort"] for hit in scores] == [[hit["_score"]] for hit in scores]
