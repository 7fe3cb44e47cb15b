"""The model that ships: the same by our way and by SnowNLP's classes, and what it does with texts that say nothing."""

import json
from math import exp
from pathlib import Path

import numpy as np
import pytest

from sentiment.calibration import Calibration
from sentiment.handling import handle
from sentiment.policy import Mood, PolicyModel, shipped, shipped_folder, shipped_id

SENTENCES = Path(__file__).with_name("short_sentences.jsonl")
WRITTEN = [json.loads(line) for line in SENTENCES.read_text(encoding="utf-8").splitlines()]
TEXTS = [written["text"] for written in WRITTEN]
LABELS = [written["label"] for written in WRITTEN]
LIMIT = 8_000_000


def snownlps(name: str):
    from snownlp.classification.bayes import Bayes

    bayes = Bayes()
    bayes.load(str(shipped_folder() / name))
    return bayes


@pytest.mark.parametrize("name", ["mood", "neutral"])
def test_snownlps_own_classes_say_the_same(name: str):
    from snownlp import seg

    slow = snownlps(name)
    fast = getattr(shipped(), name)
    by_snownlp = handle(TEXTS, lambda runs: [seg.seg(run) for run in runs])
    for tokens, again in zip(handle(TEXTS), by_snownlp, strict=True):
        sums = fast.sums(tokens)
        shares = [1 / sum(exp(other - one) for other in sums) for one in sums]
        assert (fast.classes[int(np.argmax(shares))], max(shares)) == slow.classify(again)


def test_a_token_never_seen_speaks_for_neither():
    for bayes in (shipped().mood, shipped().neutral):
        assert bayes.difference(["从未见过的词"]) == pytest.approx(0, abs=1e-9)


def test_it_is_small_and_its_id_is_known_without_loading_it():
    assert sum(path.stat().st_size for path in shipped_folder().iterdir()) <= LIMIT
    assert shipped_id() == shipped().id


def test_no_sentence_can_be_read_back():
    longest = max((token for token in shipped().mood.tokens if token.startswith("~")), key=len)
    assert len(longest) <= 4


@pytest.mark.parametrize(
    ("text", "reason"),
    [("", "empty"), (" \n", "empty"), ("http://a.cn", "no-han"), ("!!!", "no-han"), ("龘", "no-evidence")],
)
def test_what_says_nothing_is_unknown(text: str, reason: str):
    (mood,) = shipped().moods([text])
    assert (mood.label, mood.expected, mood.reason) == ("unknown", None, reason)


def test_texts_do_not_touch_each_other():
    model = shipped()
    assert model.moods(TEXTS[:20]) == [model.moods([text])[0] for text in TEXTS[:20]]


def test_a_long_text_is_less_sure_than_its_sum():
    negative = [text for text, label in zip(TEXTS, LABELS, strict=True) if label == "negative"]
    (mood,) = shipped().moods(["，".join(negative)])
    assert 0.0001 < mood.positive < 0.2


@pytest.mark.parametrize(
    ("positive", "neutral", "label", "expected"),
    [(0.9, 0.1, "positive", 0.86), (0.1, 0.1, "negative", 0.14), (0.9, 0.8, "neutral", 0.58)],
)
def test_labels_and_expected_moods(positive: float, neutral: float, label: str, expected: float):
    mood = Mood(positive, neutral)
    assert mood.label == label
    assert mood.expected == pytest.approx(expected)


def test_no_evidence_is_even_odds():
    calibration = Calibration((1.0, -0.2), (0.5, 0.8, -0.5))
    assert calibration.positive(np.zeros(2), np.array([1.0, 100.0])).tolist() == [0.5, 0.5]


def test_a_folder_that_is_no_model_is_refused(tmp_path: Path):
    with pytest.raises(FileNotFoundError):
        PolicyModel.load(tmp_path)
