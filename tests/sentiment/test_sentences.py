"""The sentences we wrote: enough of each, no two alike, none private, and the tests' never among those trained on."""

import json
import statistics
import unicodedata
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from pipelines.masking import mask

ROOT = Path(__file__).parents[2]
TRAINING = ROOT / "sentiment" / "training" / "policy_comments.jsonl"
README = TRAINING.with_name("README.md")
SHORT_TRAINING = TRAINING.with_name("short_comments.jsonl")
SHORT = Path(__file__).with_name("short_sentences.jsonl")
TUNING = Path(__file__).with_name("tuning_sentences.jsonl")
LABELS = {"negative", "positive", "neutral"}
ENOUGH = 1800
KINDS_OF_POLICY = 40
KINDS = {
    *("plain", "irony", "negation", "officialese", "question"),
    *("suggestion", "thanks", "complaint", "mixed", "dialect-or-net-slang"),
}


def read(path: Path) -> list[dict[str, str]]:
    """Return the objects of a JSON lines file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def folded(text: str) -> str:
    """Return the text's letters, digits and Han in one width and case: what is left is what two copies share."""
    return "".join(letter for letter in unicodedata.normalize("NFKC", text).casefold() if letter.isalnum())


def likeness(one: str, other: str) -> float:
    """Return the share of character pairs that two folded texts have in common, 0 to 1."""
    pairs, others = ({text[at : at + 2] for at in range(len(text) - 1)} for text in (one, other))
    return len(pairs & others) / len(pairs | others) if pairs | others else float(one == other)


@pytest.fixture(scope="module")
def training() -> list[dict[str, str]]:
    return read(TRAINING)


@pytest.fixture(scope="module")
def short_training() -> list[dict[str, str]]:
    return read(SHORT_TRAINING)


@pytest.fixture(scope="module")
def tuning() -> list[dict[str, str]]:
    return read(TUNING)


@pytest.fixture(scope="module")
def short() -> list[dict[str, str]]:
    return read(SHORT)


def test_every_line_of_the_training_file_has_its_four_fields(training):
    for sentence in training:
        assert set(sentence) == {"text", "label", "policy", "kind"}
        assert sentence["label"] in LABELS
        assert sentence["kind"] in KINDS
        assert 4 <= len(sentence["text"]) <= 80, sentence["text"]
        assert sentence["text"] == sentence["text"].strip()


def test_there_are_enough_and_every_policy_has_its_share_of_each_label(training):
    policies: dict[str, Counter[str]] = defaultdict(Counter)
    for sentence in training:
        policies[sentence["policy"]][sentence["label"]] += 1
    assert len(training) >= ENOUGH
    assert len(policies) >= KINDS_OF_POLICY
    for policy, labels in policies.items():
        assert labels.total() >= 40, policy
        for label, share in (("negative", 0.45), ("positive", 0.28), ("neutral", 0.27)):
            assert labels[label] / labels.total() == pytest.approx(share, abs=0.05), (policy, label)


def test_every_manner_of_speaking_is_there_and_hard_ones_have_more_than_one_label(training):
    manners: dict[str, Counter[str]] = defaultdict(Counter)
    for sentence in training:
        manners[sentence["kind"]][sentence["label"]] += 1
    assert set(manners) == KINDS
    assert set(manners["irony"]) == {"negative"}
    for kind in ("plain", "negation", "officialese", "suggestion"):
        assert min(manners[kind][label] for label in LABELS) >= 10, kind
    for kind in ("mixed", "dialect-or-net-slang"):
        assert min(manners[kind]["positive"], manners[kind]["negative"]) >= 10, kind


def test_sentences_are_of_everyday_length_and_do_not_open_alike(training):
    assert 18 <= statistics.median(len(sentence["text"]) for sentence in training) <= 30
    openings = Counter(folded(sentence["text"])[:6] for sentence in training)
    assert openings.most_common(1)[0][1] <= 5, openings.most_common(5)


def test_no_two_training_sentences_are_alike(training):
    texts = [folded(sentence["text"]) for sentence in training]
    assert [text for text, count in Counter(texts).items() if count > 1] == []
    sharing: dict[str, list[str]] = defaultdict(list)
    for text in texts:
        for near in {other for at in range(len(text) - 2) for other in sharing[text[at : at + 3]]}:
            assert likeness(text, near) < 0.6, (text, near)
        for at in range(len(text) - 2):
            sharing[text[at : at + 3]].append(text)


def test_the_short_file_has_200_sentences_of_all_labels(short):
    assert all(set(sentence) == {"text", "label"} for sentence in short)
    assert all(2 <= len(sentence["text"]) <= 15 for sentence in short)
    assert len({folded(sentence["text"]) for sentence in short}) == len(short)
    assert Counter(sentence["label"] for sentence in short) == {"negative": 85, "positive": 70, "neutral": 45}


def test_the_short_training_file_is_balanced_and_short(training, short_training):
    counts = Counter(sentence["label"] for sentence in short_training)
    assert set(counts) == LABELS
    assert counts.total() >= 3000
    assert min(counts.values()) / counts.total() > 0.25
    assert all(set(sentence) == {"text", "label", "policy", "kind"} for sentence in short_training)
    assert {sentence["kind"] for sentence in short_training} == KINDS
    assert {sentence["policy"] for sentence in short_training} == {"不限", *(one["policy"] for one in training)}
    assert statistics.median(len(sentence["text"]) for sentence in short_training) <= 8
    assert max(len(sentence["text"]) for sentence in short_training) <= 30


def test_no_two_short_training_sentences_are_the_same_nor_any_in_the_other_file(training, short_training):
    texts = [folded(sentence["text"]) for sentence in (*training, *short_training)]
    assert [text for text, count in Counter(texts).items() if count > 1] == []


def test_no_short_sentence_is_in_a_training_file_nor_nearly_so(training, short_training, short):
    trained = [folded(sentence["text"]) for sentence in (*training, *short_training)]
    # counted, not shown: whoever writes sentences to train on is not to know these
    tested = [folded(sentence["text"]) for sentence in short]
    assert sum(text in trained for text in tested) == 0
    assert sum(text in other for text in tested if len(text) >= 7 for other in trained) == 0
    assert sum(likeness(text, other) >= 0.6 for text in tested for other in trained) == 0


def test_no_tuning_sentence_is_trained_on_or_tested_with(training, short_training, tuning, short):
    tuned = {folded(sentence["text"]) for sentence in tuning}
    assert len(tuned) == len(tuning) >= 300
    assert Counter(sentence["label"] for sentence in tuning).keys() == LABELS
    assert tuned.isdisjoint(folded(sentence["text"]) for sentence in (*training, *short_training, *short))


def test_no_sentence_holds_what_the_mask_would_hide(training, short_training, tuning, short):
    for sentence in (*training, *short_training, *tuning, *short):
        assert mask(sentence["text"]).text == sentence["text"]


@pytest.mark.parametrize("path", [TRAINING, SHORT_TRAINING])
def test_the_readme_counts_what_the_files_hold(path: Path):
    counts = Counter((sentence["kind"], sentence["label"]) for sentence in read(path))
    for kind in KINDS:
        row = [counts[kind, label] for label in ("negative", "positive", "neutral")]
        cells = " | ".join(map(str, (*row, sum(row))))
        assert f"| {kind} | {cells} |" in README.read_text(encoding="utf-8")
