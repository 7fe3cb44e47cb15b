"""Words equal to those of SnowNLP itself, which is slow: the counts are in `test_oracle.py`."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sentiment import segmenter, viterbi
from sentiment.segmenter import words
from tests.sentiment.texts import ANY_TEXT, every_han, long, many


@pytest.fixture(scope="module")
def stock():
    from snownlp import seg

    return seg.seg


def differing(stock, texts: list[str]) -> list[str]:
    return [text for text, found in zip(texts, words(texts), strict=True) if found != stock(text)]


def test_many_kinds(stock) -> None:
    assert differing(stock, list(many(1, 4000))) == []


def test_every_han_character(stock) -> None:
    assert differing(stock, every_han()) == []


def test_long_runs(stock) -> None:
    assert differing(stock, list(long(2))) == []


@given(st.lists(ANY_TEXT, max_size=6))
@settings(max_examples=150, deadline=None)
def test_any_texts(stock, texts: list[str]) -> None:
    assert words(texts) == [stock(text) for text in texts]


@pytest.mark.parametrize("window", [1, 2, 7, 100])
def test_windows_change_nothing(monkeypatch: pytest.MonkeyPatch, window: int) -> None:
    texts = [*many(3, 200), *list(long(4))[:3]]
    expected = words(texts)
    monkeypatch.setattr(viterbi, "WINDOW", window)
    assert words(texts) == expected


@pytest.mark.parametrize("block", [1, 50, 1000])
def test_blocks_change_nothing(monkeypatch: pytest.MonkeyPatch, block: int) -> None:
    texts = list(many(5, 200))
    expected = words(texts)
    monkeypatch.setattr(segmenter, "BLOCK", block)
    assert words(texts) == expected


def test_no_texts_and_empty_texts() -> None:
    assert words([]) == []
    assert words(["", " \n", "", "好", "\u3000"]) == [[], [], [], ["好"], []]
