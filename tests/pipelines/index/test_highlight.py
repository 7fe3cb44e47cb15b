import pytest

from pipelines.index.embedded.engine import EmbeddedIndex
from pipelines.index.mapping import COMMENTS

MARKED = {"encoder": "html", "number_of_fragments": 0, "fields": {"text": {}}}
# What a running Elasticsearch answers for the same text and query.
TEXTS = {
    "0": "医保和医保险，医",
    "1": "医医医医",
    "2": 'a&b <b>"医保" it\'s / x',
    "3": "医\0保医保",
    "4": "没有",
    "5": "iPhone15 医保 İstanbul ΟΔΟΣ Straße",
    "6": "医。保 医　保",
    "7": "医保\0无\0医保",
}


@pytest.fixture(scope="module")
def marked(tmp_path_factory):
    index = EmbeddedIndex(tmp_path_factory.mktemp("marked") / "index")
    index.put(COMMENTS, [{"id": key, "text": text, "platform": "p", "title": "医保"} for key, text in TEXTS.items()])

    def ask(query, **fields):
        body = {"query": query, "highlight": MARKED | ({"fields": fields} if fields else {})}
        return {hit["_id"]: hit.get("highlight") for hit in index.search(COMMENTS, body)["hits"]["hits"]}

    yield ask
    index.close()


def phrase(text):
    return {"match_phrase": {"text": text}}


def word(text, **more):
    return {"match": {"text": {"query": text, **more}}}


def test_a_phrase_is_marked_as_one_and_only_where_it_is(marked):
    assert marked(phrase("医保")) == {
        "0": {"text": ["<em>医保</em>和<em>医保</em>险，医"]},
        "2": {"text": ["a&amp;b &lt;b&gt;&quot;<em>医保</em>&quot; it&#x27;s &#x2F; x"]},
        "3": {"text": ["保<em>医保</em>"]},
        "5": {"text": ["iPhone15 <em>医保</em> İstanbul ΟΔΟΣ Straße"]},
        "6": {"text": ["<em>医。保</em> <em>医　保</em>"]},
        "7": {"text": ["<em>医保</em>", "<em>医保</em>"]},
    }


def test_words_are_marked_one_by_one(marked):
    found = marked(word("医保"))
    assert found["0"] == {"text": ["<em>医</em><em>保</em>和<em>医</em><em>保</em>险，<em>医</em>"]}
    assert found["3"] == {"text": ["<em>医</em>", "<em>保</em><em>医</em><em>保</em>"]}


def test_overlapping_marks_are_joined(marked):
    assert marked(phrase("医医"))["1"] == {"text": ["<em>医医医医</em>"]}
    found = marked({"bool": {"should": [phrase("医保"), phrase("保险"), phrase("保医保")]}})
    assert found["0"] == {"text": ["<em>医保</em>和<em>医保险</em>，医"]}
    assert found["3"] == {"text": ["<em>保医保</em>"]}
    assert found["6"] == {"text": ["<em>医。保 医　保</em>"]}
    found = marked({"bool": {"should": [phrase("医保和"), word("保")]}})
    assert found["0"] == {"text": ["<em>医保和</em>医<em>保</em>险，医"]}


def test_a_clause_in_filter_is_marked_too(marked):
    assert marked({"bool": {"filter": [phrase("医保")], "must": [word("险")]}}) == {
        "0": {"text": ["<em>医保</em>和<em>医保</em><em>险</em>，医"]}
    }


def test_an_optional_clause_is_marked_only_where_it_matches_as_a_whole(marked):
    everything = {"match_all": {}}
    elsewhere = {"bool": {"must": [word("险"), {"term": {"platform": "q"}}]}}
    assert marked({"bool": {"should": [phrase("医保"), elsewhere]}})["0"] == {
        "text": ["<em>医保</em>和<em>医保</em>险，医"]
    }
    found = marked({"bool": {"must": [everything], "should": [word("医 险", operator="and")]}})
    assert found.pop("0") == {"text": ["<em>医</em>保和<em>医</em>保<em>险</em>，<em>医</em>"]}
    assert set(found.values()) == {None}
    three = {"bool": {"should": [word("医"), word("保"), word("险")], "minimum_should_match": 3}}
    found = marked({"bool": {"must": [everything], "should": [three]}})
    assert [key for key, marks in found.items() if marks] == ["0"]


def test_what_was_excluded_or_found_in_another_field_is_not_marked(marked):
    excluded = {"bool": {"must_not": [word("险")], "should": [{"match": {"title": "医保"}}]}}
    assert set(marked(excluded).values()) == {None}
    assert marked(excluded, title={})["1"] == {"title": ["<em>医</em><em>保</em>"]}


def test_words_are_found_as_java_writes_them_small(marked):
    assert marked(word("iphone15 istanbul οδος straße ΟΔΟΣ"))["5"] == {
        "text": ["<em>iPhone15</em> 医保 <em>İstanbul</em> <em>ΟΔΟΣ</em> <em>Straße</em>"]
    }
