"""The model that ships: the same by our way and by SnowNLP's classes, and what it does with texts that say nothing."""

import json
from hashlib import blake2b
from math import exp, log
from pathlib import Path
from shutil import copytree

import numpy as np
import pytest

from sentiment import mood_model
from sentiment.bayes import Bayes
from sentiment.calibration import Calibration
from sentiment.evaluate import evaluated, model_answers
from sentiment.examples import LABELS as NAMES
from sentiment.handling import RULES, handle, says_something
from sentiment.mood_model import Mood, MoodModel, NoModel, id_of, identity, loaded, shipped, shipped_folder, shipped_id
from tests.sentiment.test_sentences import read

SENTENCES = Path(__file__).with_name("short_sentences.jsonl")
TUNING = Path(__file__).with_name("tuning_sentences.jsonl")
TRAINING = Path(__file__).parents[2] / "sentiment" / "training"
WRITTEN = read(SENTENCES)
TEXTS = [written["text"] for written in WRITTEN]
LABELS = [written["label"] for written in WRITTEN]
LIMIT = 8_000_000
CARD = Path(__file__).parents[2] / "docs" / "model-card.md"


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


def test_the_card_is_of_this_model_and_names_what_it_learned_from():
    card = CARD.read_text(encoding="utf-8")
    assert f"Model `{shipped_id()}`" in card
    about = json.loads((shipped_folder() / "model.json").read_text(encoding="utf-8"))
    for name, digest in about["files"].items():
        assert f"| `{name}` | `{digest[:16]}` |" in card


def test_no_token_holds_more_than_three_neighbouring_characters():
    for bayes in (shipped().mood, shipped().neutral):
        assert max(len(token) for token in bayes.tokens if token.startswith("~")) == len("~") + 3


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        *(("", "empty"), (" \n", "empty"), ("http://a.cn", "no-han"), ("!!!", "no-han")),
        *(("龥", "no-evidence"), ("的了吗", "no-evidence"), ("我们的？", "no-evidence"), ("這個", "no-evidence")),
    ],
)
def test_what_says_nothing_is_unknown(text: str, reason: str):
    (mood,) = shipped().moods([text])
    assert (mood.label, mood.expected, mood.reason) == ("unknown", None, reason)


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("不是", "negative"),
        ("没有", "negative"),
        ("同意", "positive"),
        ("不", "negative"),
        ("是的", "neutral"),
        ("好的", "positive"),
    ],
)
def test_a_verdict_of_a_word_is_judged(text: str, label: str):
    assert shipped().moods([text])[0].label == label


@pytest.mark.parametrize(
    "path",
    [SENTENCES, TUNING, *(TRAINING / f"{name}_comments.jsonl" for name in ("policy", "short"))],
    ids=lambda path: path.stem,
)
def test_no_sentence_that_we_wrote_says_nothing(path: Path):
    texts = [written["text"] for written in read(path)]
    assert [text for text, tokens in zip(texts, handle(texts), strict=True) if not says_something(tokens)] == []


def test_under_one_id_the_answers_stay_the_same():
    """Where this fails an answer has changed: raise RULES in sentiment/handling.py, so that the id changes, too."""
    texts = [
        *TEXTS,
        *(written["text"] for written in read(TUNING)),
        "的了吗",
        "龥",
        "沒有意見[泪]//@张三:支持 http://a.cn/b ＯＫ",
    ]
    moods = shipped().moods(texts)
    answers = [(mood.label, mood.reason, mood.expected and round(mood.expected, 6)) for mood in moods]
    digest = blake2b(json.dumps([handle(texts), answers]).encode(), digest_size=8).hexdigest()
    assert (shipped_id(), digest) == ("policy-b036c4c48998", "3d3643a7eccbe126")


def test_texts_do_not_touch_each_other():
    model = shipped()
    assert model.moods(TEXTS[:20]) == [model.moods([text])[0] for text in TEXTS[:20]]


def test_a_long_text_is_less_sure_than_its_sum():
    negative = [text for text, label in zip(TEXTS, LABELS, strict=True) if label == "negative"]
    text = "，".join(negative)
    (mood,) = shipped().moods([text])
    (tokens,) = handle([text])
    assert 3 * log(mood.positive / (1 - mood.positive)) > shipped().mood.difference(tokens)
    assert mood.positive < 0.2


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


def bayes(**tokens: float) -> Bayes:
    """Two classes, each token speaking for the second by so much."""
    return Bayes(("one", "other"), (0.0, 0.0), {token: (0.0, says) for token, says in tokens.items()}, (0.0, 0.0))


def test_without_a_token_that_speaks_for_a_mood_there_is_none():
    model = MoodModel("", bayes(好=1.0), bayes(表=-3.0), Calibration((1.0, 0.0), (0.0, 1.0, -1.0)))
    good, table, nothing = model.moods(["好", "表", "楼"])
    assert good.label == "positive"
    assert (table.label, table.expected, table.reason) == ("unknown", None, "no-evidence")
    assert table == nothing


def test_moods_do_not_depend_on_what_is_cut_together(monkeypatch: pytest.MonkeyPatch):
    found = shipped().moods(TEXTS)
    monkeypatch.setattr(mood_model, "_BLOCK", 20)
    assert shipped().moods(TEXTS) == found


def test_short_sentences_are_judged_as_well_as_the_card_says():
    truth = np.array([NAMES.index(label) for label in LABELS])
    found = evaluated(truth, model_answers(shipped(), TEXTS))
    assert found.accuracy.value >= 0.88
    floors = {"negative": 0.88, "neutral": 0.94, "positive": 0.84}
    assert {label for label, floor in floors.items() if found.recall[label].value < floor} == set()


def test_a_folder_that_is_no_model_is_refused(tmp_path: Path):
    with pytest.raises(NoModel, match=r"model\.json"):
        MoodModel.load(tmp_path)


@pytest.mark.parametrize("name", ["mood.3", "neutral.3", "model.json"])
def test_a_model_whose_files_do_not_belong_together_is_refused(name: str, tmp_path: Path):
    copytree(shipped_folder(), tmp_path, dirs_exist_ok=True)
    assert MoodModel.load(tmp_path).id == shipped_id()
    if name == "model.json":
        about = json.loads((tmp_path / name).read_text(encoding="utf-8"))
        (tmp_path / name).write_text(json.dumps(about | {"calibration": {"mood": [1, 0], "neutral": [0, 1, 0]}}))
    else:
        (tmp_path / name).write_bytes((tmp_path / ("mood.3" if name == "neutral.3" else "neutral.3")).read_bytes())
    with pytest.raises(NoModel, match="对不上"):
        MoodModel.load(tmp_path)


@pytest.mark.parametrize(("name", "content"), [("mood.3", b""), ("mood.3", b"\x1f\x8b\x08cut"), ("model.json", b"[]")])
def test_a_damaged_model_is_refused(name: str, content: bytes, tmp_path: Path):
    copytree(shipped_folder(), tmp_path, dirs_exist_ok=True)
    (tmp_path / name).write_bytes(content)
    with pytest.raises(NoModel):
        MoodModel.load(tmp_path)


@pytest.mark.parametrize(
    ("said", "named"),
    [
        ({}, "handling-1"),
        ({"handling": None}, "handling-1"),
        ({"handling": "handling-1"}, "handling-1"),
        ({"handling": "handling-99"}, "handling-99"),
    ],
)
def test_a_model_of_another_version_is_refused_with_what_to_do(said: dict[str, str | None], named: str, tmp_path: Path):
    copytree(shipped_folder(), tmp_path, dirs_exist_ok=True)
    about = json.loads((tmp_path / "model.json").read_text(encoding="utf-8"))
    assert about.pop("handling") == RULES
    (tmp_path / "model.json").write_text(json.dumps(about | said))
    for ask in (MoodModel.load, id_of):
        with pytest.raises(NoModel) as refused:
            ask(tmp_path)
        assert str(refused.value) == (
            f"{tmp_path} 里的模型是另一个版本的程序训练的，这一版不能用。请用原来的文件再训练一次："
            f"lianxin sentiment train 文件… --out {tmp_path}（模型按 {named} 处理文字，程序按 {RULES}）。"
        )


def test_the_handling_of_texts_is_part_of_the_id(monkeypatch: pytest.MonkeyPatch):
    before = identity(shipped_folder(), shipped().calibration)
    assert before == shipped_id()
    monkeypatch.setattr(mood_model, "RULES", "handling-99")
    assert identity(shipped_folder(), shipped().calibration) != before


def test_a_folder_is_read_anew_when_another_model_takes_its_place(tmp_path: Path):
    copytree(shipped_folder(), tmp_path, dirs_exist_ok=True)
    assert loaded(tmp_path) is loaded(tmp_path)
    assert loaded(tmp_path).id == id_of(tmp_path) == shipped_id()
    (tmp_path / "model.json").unlink()
    with pytest.raises(NoModel):
        loaded(tmp_path)
