"""Scores: fixed ones that stock SnowNLP 0.12.3 gave once, and what becomes of texts without evidence."""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from sentiment.han import has_han
from sentiment.labels import NEGATIVE_BELOW, POSITIVE_FROM
from sentiment.scorer import score, sentiments
from sentiment.segmenter import words
from sentiment.snownlp_files import stop_words
from tests.sentiment.texts import many

GOLDEN = [
    json.loads(line)
    for line in (Path(__file__).parent / "golden.jsonl").read_text(encoding="utf-8").split("\n")
    if line
]
TEXTS = [row["text"] for row in GOLDEN]


def test_golden_words_and_scores() -> None:
    assert len(GOLDEN) > 300
    assert words(TEXTS) == [row["words"] for row in GOLDEN]
    assert list(sentiments(TEXTS)) == [row["score"] for row in GOLDEN]


def test_golden_text_by_text() -> None:
    assert [found for text in TEXTS for found in sentiments([text])] == [row["score"] for row in GOLDEN]


@pytest.mark.parametrize("text", ["", " \n\t", "123", "OK!", "👍", "㐀〇\uf900龦", "\ud800", "！？"])
def test_without_a_han_character_the_mood_is_unknown(text: str) -> None:
    found = score([text, "好", text])
    assert found[::2] == [None, None]
    assert found[1] is not None


@pytest.mark.parametrize("text", ["的", "没有", "什么", "的，没有！"])
def test_where_only_stop_words_are_left_the_mood_is_unknown(text: str) -> None:
    assert score([text]) == [None]
    assert list(sentiments([text])) == [pytest.approx(0.53, abs=0.01)]  # what stock says of nothing


def test_scores_are_in_order_and_none_only_without_a_word_to_judge_by() -> None:
    judged = [has_han(row["text"]) and not stop_words().issuperset(row["words"]) for row in GOLDEN]
    assert 200 < sum(judged) < len(GOLDEN)
    expected = [row["score"] if some else None for row, some in zip(GOLDEN, judged, strict=True)]
    assert score(["", *TEXTS, "abc"]) == [None, *expected, None]


def test_a_long_text_counts_to_its_end() -> None:
    begun = "希望政策落实到基层，" * 2000
    bad, good = score([begun + "垃圾，" * 20_000, begun + "满意，" * 20_000])
    assert bad is not None
    assert good is not None
    assert bad < NEGATIVE_BELOW
    assert good >= POSITIVE_FROM


def test_threads_find_the_same() -> None:
    texts = list(many(8, 400))
    expected = score(texts)
    with ThreadPoolExecutor(8) as threads:
        assert all(found == expected for found in threads.map(lambda _: score(texts), range(24)))


@pytest.mark.parametrize("sentence", ["希望政策落实到基层", "希望政策，落实到：基层。"])
def test_memory_hardly_grows_with_the_length_of_a_text(sentence: str) -> None:
    script = f"""
text = {sentence!r} * {400_000 // len(sentence)}
from bench.measuring import peak_memory
from sentiment.scorer import score
score(["政策"])
short = peak_memory()
score([text])
print((peak_memory() - short) // 1_000_000)
import sys
assert "snownlp" not in sys.modules
"""
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, text=True)
    assert int(found.stdout) < 60, "megabytes for 400,000 characters"
