"""What decides no word: how much is cut at once. Whether the words are SnowNLP's is in `test_oracle.py`."""

import pytest

from sentiment import segmenter, viterbi
from sentiment.segmenter import words
from tests.sentiment.texts import long, many


@pytest.mark.parametrize("window", [1, 2, 7, 100])
def test_windows_change_nothing(monkeypatch: pytest.MonkeyPatch, window: int) -> None:
    texts = [*many(3, 200), *list(long(4))[:3]]
    expected = words(texts)
    monkeypatch.setattr(viterbi, "WINDOW", window)
    assert words(texts) == expected


@pytest.mark.parametrize("together", [1, 10, 100])
def test_runs_together_change_nothing(monkeypatch: pytest.MonkeyPatch, together: int) -> None:
    texts = [*many(6, 200), *list(long(4))[:3]]
    expected = words(texts)
    monkeypatch.setattr(viterbi, "TOGETHER", together)
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
