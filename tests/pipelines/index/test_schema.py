import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.index.embedded.schema import DocumentBuilder, read_source
from pipelines.index.fitness import fitting
from pipelines.index.mapping import COMMENT_FIELDS, COMMENTS, RUNS

HOSTILE = {
    "nul": "医\0保",
    "long": "医" * 80_000,  # four times of it are less than the largest document
    "one word": "a" * 100_000,
    "emoji": "👨\u200d👩\u200d👧🇨🇳👍🏽",
    "right to left": "\u202eשלום עולם العربية",
    "control": "\x01\x1b[31m\u2028\ufeff",
    "high": "𠮷\U0010ffff",
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_text_comes_back_unchanged(empty_index, kind):
    document = {"id": "x", "title": HOSTILE[kind], "text": HOSTILE[kind], "url": HOSTILE[kind]}
    document["replies"] = [{"id": "r", "text": HOSTILE[kind]}]
    empty_index.put(COMMENTS, [document])
    assert empty_index.get(COMMENTS, ["x"]) == {"x": document}
    assert empty_index.search(COMMENTS, {})["hits"]["hits"][0]["_source"] == document


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=200))
def test_any_text_comes_back_unchanged(text):
    source = {"id": "x", "text": text, "author": text}
    content = fitting([source], COMMENT_FIELDS)[0]["x"]
    assert read_source(DocumentBuilder(COMMENT_FIELDS).build(source, content))["text"] == text


@pytest.mark.parametrize(
    "field",
    [
        {"nope": 1},
        {"likes": "5"},
        {"likes": 1.5},
        {"likes": True},
        {"likes": 2**31},
        {"sentiment": float("nan")},
        {"sentiment": "0.5"},
        {"erased": 1},
        {"themes": "医保"},
        {"author": ["a"]},
        {"author": None},
        {"author": "字" * 11_000},
        {"posted_at": "2026-11-24"},
        {"posted_at": 1774972800000},
        {"text": "\ud800"},
        {"url": "\ud800"},
        {"id": ""},
        {"id": "字" * 200},
    ],
    ids=lambda field: ascii(field)[:40],
)
def test_an_unfit_document_is_refused_without_its_value(empty_index, field):
    (refused,) = empty_index.put(COMMENTS, [{"id": "good"}, {"id": "bad"} | field]).refused
    ((name, value),) = field.items()
    assert name in refused.reason or "写不成 JSON" in refused.reason
    assert len(str(value)) < 2 or ascii(value).strip("'") not in ascii(refused.reason)
    assert set(empty_index.get(COMMENTS, ["good"])) == {"good"}


def test_objects_are_stored_and_not_searched(empty_index):
    run = {"id": "r", "masks": {"[电话]": 3}, "reason": "x" * 100_000, "gaps": ["2026-01-01/2026-01-02"]}
    empty_index.put(RUNS, [run])
    assert empty_index.get(RUNS, ["r"]) == {"r": run}
