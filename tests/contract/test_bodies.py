"""Every body the product sends, those on which engines like to differ, and long walks through the documents."""

import inspect

import pytest

from pipelines.index.mapping import COMMENTS
from tests.contract.product import QUERIES, product
from tests.contract.traps import TRAPS
from tests.pipelines.index import oracle

PRODUCT = product()
WALKS = {
    "id": ({"term": {"platform": "bilibili"}}, [{"id": "desc"}]),
    "a date many share": ({"match_all": {}}, [{"posted_at": "asc"}, {"id": "asc"}]),
    "a number some lack": ({"term": {"kind": "letter"}}, [{"likes": "desc"}, {"id": "desc"}]),
    "a double most lack": ({"exists": {"field": "sentiment"}}, [{"reply_hours": "asc"}, {"id": "asc"}]),
}


def test_every_question_of_the_dashboards_is_among_them():
    named = {title.split(",")[0] for title in PRODUCT}
    for module in QUERIES:
        written = [
            one for one in vars(module).values() if inspect.isfunction(one) and one.__module__ == module.__name__
        ]
        questions = {f"{module.__name__.split('.')[-1]}.{one.__name__}" for one in written if one.__name__[0] != "_"}
        assert questions - named == set()


@pytest.mark.parametrize("title", PRODUCT)
def test_what_the_product_asks_is_answered_alike(engines, title):
    assert engines.disagreements(*PRODUCT[title]) == []


@pytest.mark.parametrize("title", TRAPS)
def test_what_once_differed_is_answered_alike(engines, title):
    assert engines.disagreements(COMMENTS, TRAPS[title]) == []


def by_pages(index, body):
    while hits := index.search(COMMENTS, body)["hits"]["hits"]:
        yield from hits
        body = {**body, "search_after": hits[-1]["sort"]}


@pytest.mark.parametrize("name", WALKS)
def test_a_walk_meets_every_document_once_in_order(engines, name):
    query, sort = WALKS[name]
    body = {"query": query, "sort": sort, "size": 997, "_source": ["id"]}
    stored = [document for document in engines.stored[COMMENTS] if oracle.matches(document, query)]
    expected = [one["id"] for one in oracle.ordered(stored, [next(iter(key.items())) for key in sort])]
    walks = [
        list(walk)
        for engine in (engines.embedded, engines.elasticsearch)
        for walk in (engine.scan(COMMENTS, body), by_pages(engine, body))
    ]
    assert [hit["_id"] for hit in walks[0]] == expected
    places = [[(hit["_id"], hit["sort"]) for hit in walk] for walk in walks]
    assert all(place == places[0] for place in places)


def test_a_composite_is_walked_to_its_end_on_both(engines):
    sources = [{"theme": {"terms": {"field": "themes", "order": "desc"}}}, {"who": {"terms": {"field": "author"}}}]
    walks = []
    for engine in (engines.embedded, engines.elasticsearch):
        composite, buckets = {"sources": sources, "size": 700}, []
        while True:
            body = {"size": 0, "aggs": {"all": {"composite": composite}}}
            page = engine.search(COMMENTS, body)["aggregations"]["all"]
            if not page["buckets"]:
                break
            buckets += page["buckets"]
            composite = {**composite, "after": page["after_key"]}
        walks.append(buckets)
    pairs = {(theme, one["author"]) for one in engines.stored[COMMENTS] for theme in one["themes"]}
    assert len(walks[0]) == len(pairs) > 700
    assert walks[0] == walks[1]


def test_matches_of_text_come_best_first_on_both(engines):
    query = {"bool": {"must": {"match": {"text": "生不起 补贴 ab1"}}, "filter": {"term": {"platform": "liuyan"}}}}
    body = {"query": query, "size": 10_000, "_source": ["id"]}
    found = [engine.search(COMMENTS, body)["hits"]["hits"] for engine in (engines.embedded, engines.elasticsearch)]
    for hits in found:
        places = [(-hit["_score"], hit["_id"]) for hit in hits]
        assert places == sorted(places)
    best = [{hit["_id"] for hit in hits if hit["_score"] == hits[0]["_score"]} for hits in found]
    assert best[0] == best[1]
    assert {hit["_id"] for hit in found[0]} == {hit["_id"] for hit in found[1]}
