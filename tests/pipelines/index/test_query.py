import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.index.mapping import COMMENTS
from tests.pipelines.index import oracle
from tests.pipelines.index.bodies import QUERIES, SORTS


def ids_of(index, body):
    return [hit["_id"] for hit in index.search(COMMENTS, body)["hits"]["hits"]]


@settings(max_examples=400, deadline=None)
@given(clause=QUERIES)
def test_a_query_finds_what_plain_python_finds(filled, documents, clause):
    found = filled.search(COMMENTS, {"query": clause, "size": 1000})["hits"]
    expected = {document["id"] for document in documents if oracle.matches(document, clause)}
    assert {hit["_id"] for hit in found["hits"]} == expected
    assert found["total"] == {"value": len(expected), "relation": "eq"}


@settings(max_examples=200, deadline=None)
@given(clause=QUERIES, sort=SORTS, skip=st.integers(0, 40), size=st.integers(0, 60))
def test_hits_come_in_order_with_ties_by_id_and_missing_values_last(filled, documents, clause, sort, skip, size):
    keys = [next(iter(key.items())) for key in sort]
    expected = oracle.ordered([document for document in documents if oracle.matches(document, clause)], keys)
    body = {"query": clause, "sort": sort, "from": skip, "size": size}
    hits = filled.search(COMMENTS, body)["hits"]["hits"]
    assert [hit["_source"] for hit in hits] == expected[skip : skip + size]
    assert [hit["sort"] for hit in hits] == [
        [oracle.comparable(document.get(field)) for field, _ in keys] for document in expected[skip : skip + size]
    ]


@settings(max_examples=60, deadline=None)
@given(clause=QUERIES, sort=SORTS, size=st.integers(30, 200))
def test_search_after_walks_through_everything_once(filled, documents, clause, sort, size):
    walked, after = [], {}
    while page := filled.search(COMMENTS, {"query": clause, "sort": sort, "size": size, **after})["hits"]["hits"]:
        walked += [hit["_id"] for hit in page]
        after = {"search_after": page[-1]["sort"]}
    keys = [next(iter(key.items())) for key in sort]
    expected = oracle.ordered([document for document in documents if oracle.matches(document, clause)], keys)
    assert walked == [document["id"] for document in expected]


@settings(max_examples=100, deadline=None)
@given(clause=QUERIES, sort=SORTS)
def test_a_scan_walks_through_everything_once(filled, documents, clause, sort):
    keys = [next(iter(key.items())) for key in sort]
    expected = oracle.ordered([document for document in documents if oracle.matches(document, clause)], keys)
    walked = list(filled.scan(COMMENTS, {"query": clause, "sort": sort}))
    assert [hit["_source"] for hit in walked] == expected
    assert [hit["sort"] for hit in walked] == [
        [oracle.comparable(document.get(field)) for field, _ in keys] for document in expected
    ]


def test_many_ties_come_by_id_in_pages_and_in_a_scan(empty_index):
    ids = [f"{'ab'[number % 2]}:{number * 7919 % 3000}" for number in range(3000)]
    for start in range(0, 3000, 1000):
        empty_index.put(COMMENTS, [{"id": one, "likes": 1} for one in ids[start : start + 1000]])
    empty_index.put(COMMENTS, [{"id": "z", "likes": 2}, {"id": "none"}])
    for sort, expected in (
        ([{"likes": "asc"}, {"id": "desc"}], [*sorted(ids, reverse=True), "z", "none"]),
        ([{"likes": "desc"}, {"id": "asc"}], ["z", *sorted(ids), "none"]),
        ([{"sentiment": "desc"}, {"id": "asc"}], sorted([*ids, "z", "none"])),
        ([{"id": "desc"}], sorted([*ids, "z", "none"], reverse=True)),
    ):
        body = {"query": {"match_all": {}}, "sort": sort, "_source": ["id"]}
        assert [hit["_id"] for hit in empty_index.scan(COMMENTS, body)] == expected
        after = expected[1500]
        value = [] if len(sort) == 1 else [None if "sentiment" in sort[0] else 1]
        page = {"size": 1501, "search_after": [*value, after]}
        assert ids_of(empty_index, body | page) == expected[1501:]
        assert ids_of(empty_index, body | {"from": 1499, "size": 5}) == expected[1499:1504]


def test_equal_scores_go_by_id_however_many_they_are(empty_index):
    keys = [f"{number * 7919 % 500:03}" for number in range(500)]
    empty_index.put(COMMENTS, [{"id": key, "text": "医保" if key != "321" else "医保医保"} for key in keys])
    found = ids_of(empty_index, {"query": {"match": {"text": "医保"}}, "from": 1, "size": 4})
    assert found == ["000", "001", "002", "003"]


def test_the_best_score_comes_first_and_equal_scores_by_id(empty_index):
    texts = {"b": "医保", "a": "医保", "c": "医保医保医保", "d": "养老"}
    empty_index.put(COMMENTS, [{"id": key, "text": text} for key, text in texts.items()])
    hits = empty_index.search(COMMENTS, {"query": {"match": {"text": "医保"}}})["hits"]
    assert [hit["_id"] for hit in hits["hits"]] == ["c", "a", "b"]
    assert hits["max_score"] == hits["hits"][0]["_score"] > hits["hits"][1]["_score"] == hits["hits"][2]["_score"]
    assert ids_of(empty_index, {"query": {"match": {"text": "医保"}}, "from": 1, "size": 1}) == ["a"]


def test_filters_add_nothing_to_the_score(empty_index):
    empty_index.put(COMMENTS, [{"id": "a", "text": "医保"}])
    alone = empty_index.search(COMMENTS, {"query": {"match": {"text": "医保"}}})
    body = {"bool": {"must": {"match": {"text": "医保"}}, "filter": {"ids": {"values": ["a"]}}}}
    filtered = empty_index.search(COMMENTS, {"query": body})
    assert filtered["hits"]["max_score"] == alone["hits"]["max_score"]


def test_source_holds_only_the_fields_asked_for(empty_index):
    empty_index.put(COMMENTS, [{"id": "a", "text": "医保", "url": "https://example.org"}])
    hits = empty_index.search(COMMENTS, {"_source": ["url", "likes"]})["hits"]["hits"]
    assert hits == [{"_index": COMMENTS, "_id": "a", "_score": 1.0, "_source": {"url": "https://example.org"}}]


WILD = ["ab", "a*b", "a?b", "a\\b", "abc", "", "字b", "a\nb", "A", "𠮷b", "aab", "\\"]


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("a*", ["ab", "a*b", "a?b", "a\\b", "abc", "a\nb", "aab"]),
        ("a?b", ["a*b", "a?b", "a\\b", "a\nb", "aab"]),
        ("?b", ["ab", "字b", "𠮷b"]),
        ("a\\*b", ["a*b"]),
        ("a\\?b", ["a?b"]),
        ("a\\\\b", ["a\\b"]),
        ("\\", ["\\"]),
        ("a\\", []),
        ("*", WILD),
        ("", []),
        ("?", ["A", "\\"]),
        ("a\\bc", ["abc"]),
        ("*?b", ["ab", "a*b", "a?b", "a\\b", "字b", "a\nb", "𠮷b", "aab"]),
    ],
)
def test_a_wildcard_finds_what_elasticsearch_finds(empty_index, pattern, found):
    empty_index.put(COMMENTS, [{"id": f"{place:02}", "platform": key} for place, key in enumerate(WILD)])
    hits = empty_index.search(COMMENTS, {"query": {"wildcard": {"platform": pattern}}, "sort": ["id"], "size": 20})
    assert [hit["_source"]["platform"] for hit in hits["hits"]["hits"]] == found


LONG_WILDCARDS = st.lists(st.sampled_from("字医a*"), max_size=30).flatmap(
    lambda letters: st.permutations([*letters, "?", "?"]).map("".join)
)


@settings(max_examples=300, deadline=None)
@given(LONG_WILDCARDS)
def test_any_wildcard_of_the_dialect_can_be_asked(filled, pattern):
    assert filled.search(COMMENTS, {"query": {"wildcard": {"platform": pattern}}, "size": 0})["hits"]["total"]


@pytest.mark.parametrize(
    ("moment", "bound", "found"),
    [
        ("2026-04-01T00:00:00.000+08:00", "gte", ["at"]),
        ("2026-04-01T00:00:00+08:00", "lt", ["before"]),
        ("2026-03-31T23:59:59.999+08:00", "lte", ["before"]),
        ("2026-03-31T23:59:59.998+08:00", "gt", ["at", "before"]),
    ],
)
def test_a_range_counts_milliseconds_at_midnight(empty_index, moment, bound, found):
    before = {"id": "before", "posted_at": "2026-03-31T15:59:59.999Z"}
    empty_index.put(COMMENTS, [before, {"id": "at", "posted_at": "2026-03-31T16:00:00.000Z"}])
    assert ids_of(empty_index, {"query": {"range": {"posted_at": {bound: moment}}}, "sort": ["id"]}) == found


def test_a_prefix_is_literal(empty_index):
    keys = ["a.b", "a+b", "a\nb", "a\\b", "a#&-~ b", "a\0b", "acb", "b"]
    empty_index.put(COMMENTS, [{"id": key} for key in keys])
    for key in keys[:-2]:
        assert ids_of(empty_index, {"query": {"prefix": {"id": key[:2]}}}) == [key]
    assert len(ids_of(empty_index, {"query": {"prefix": {"id": ""}}})) == len(keys)
    empty_index.put(COMMENTS, [{"id": "字" * 120}])
    assert ids_of(empty_index, {"query": {"prefix": {"id": "字" * 100}}}) == ["字" * 120]
