"""From labelled files to a model that SnowNLP can load, on a small made-up language of moods."""

import json
from pathlib import Path
from random import Random

import numpy as np
import pytest

from sentiment.evaluate import evaluated, left_out_answers, policy_answers, truths
from sentiment.examples import Example, read_examples, without_twins
from sentiment.leaving import Leaving
from sentiment.metrics import calibration_error, macro_f1, with_interval
from sentiment.policy import PolicyModel
from sentiment.saving import save_model
from sentiment.train import NEUTRAL, balance, tabulate, weigh_mood, weigh_neutral

SAID = {
    "positive": ["感谢", "点赞", "方便", "终于", "解决", "贴心"],
    "negative": ["太慢", "敷衍", "无语", "失望", "扯皮", "糟糕"],
    "neutral": ["请问", "通知", "办理", "材料", "时间", "地点"],
}
ANYTHING = [
    "公交",
    "医保",
    "小区",
    "学校",
    "窗口",
    "停车",
    "电梯",
    "补贴",
    "社区",
    "车位",
    "地铁",
    "学位",
    "热线",
    "养老",
]


def examples(source: str, size: int, seed: int) -> list[Example]:
    draw = Random(seed)
    made = []
    for _ in range(size):
        label = draw.choice(list(SAID))
        words = draw.choices(SAID[label], k=2) + draw.choices(ANYTHING, k=draw.randint(3, 9))
        draw.shuffle(words)
        made.append(Example("，".join(words), label, source))
    return made


@pytest.fixture(scope="module")
def leaving() -> Leaving:
    return Leaving(tabulate([each for number in range(3) for each in examples(f"s{number}", 300, number)]))


@pytest.fixture(scope="module")
def model(leaving: Leaving, tmp_path_factory: pytest.TempPathFactory) -> tuple[PolicyModel, Path]:
    folder = tmp_path_factory.mktemp("model")
    table = leaving.table
    save_model(folder, table, weigh_mood(table), weigh_neutral(table), leaving.calibration(), {"a.csv": "0f"})
    return PolicyModel.load(folder), folder


def test_a_trained_model_judges_new_texts(model: tuple[PolicyModel, Path]):
    new = examples("new", 200, 9)
    found = evaluated(truths(new), policy_answers(model[0], [example.text for example in new]))
    assert found.two_classes.value > 0.95
    assert found.three_classes is not None
    assert found.three_classes.value > 0.9
    assert sum(map(sum, found.table)) == 200


def test_what_is_saved_is_snownlps(model: tuple[PolicyModel, Path]):
    from snownlp.classification.bayes import Bayes

    bayes = Bayes()
    bayes.load(str(model[1] / "mood"))
    assert bayes.d["neg"].getsum() == pytest.approx(bayes.d["pos"].getsum())
    assert bayes.classify(["敷衍"])[0] == "neg"
    assert bayes.classify(["感谢"])[0] == "pos"


def test_the_same_texts_make_the_same_model(model: tuple[PolicyModel, Path], leaving: Leaving, tmp_path: Path):
    table = leaving.table
    again = save_model(tmp_path, table, weigh_mood(table), weigh_neutral(table), leaving.calibration(), {})
    assert again == model[0].id


def test_tokens_of_fewer_than_three_texts_are_forgotten(model: tuple[PolicyModel, Path], leaving: Leaving):
    table = leaving.table
    amount = dict(zip(table.tokens, np.asarray(table.has.sum(axis=0)).ravel(), strict=True))
    kept = [token for bayes in (model[0].mood, model[0].neutral) for token in bayes.tokens if token]
    assert kept
    assert min(amount[token] for token in kept) >= 3


def test_a_source_left_out_is_judged_by_the_others(leaving: Leaving):
    truth, answers = left_out_answers(leaving, "s1")
    found = evaluated(truth, answers)
    assert found.n == 300
    assert found.two_classes.value > 0.9
    assert found.calibration_error.value < 0.2


def test_classes_weigh_the_same_within_a_source(leaving: Leaving):
    table = leaving.table.part(leaving.table.label != NEUTRAL)
    second = table.label == 2
    weight = balance(table, second)
    for source in np.unique(table.source):
        inside = table.source == source
        assert weight[inside & second].sum() == pytest.approx(weight[inside & ~second].sum(), rel=0.05)


def test_labels_of_known_files_are_translated(tmp_path: Path):
    path = tmp_path / "ewect_usual_eval.csv"
    path.write_text("text,label\n真好,happy\n气死了,angry\n什么,surprise\n据悉,neutral\n", encoding="utf-8")
    assert [(each.label, each.source) for each in read_examples(path)] == [
        ("positive", "everyday"),
        ("negative", "everyday"),
        ("neutral", "everyday"),
    ]


def test_other_files_say_positive_neutral_negative(tmp_path: Path):
    path = tmp_path / "ours.jsonl"
    path.write_text(json.dumps({"text": "好", "label": "positive"}) + "\n", encoding="utf-8")
    assert read_examples(path) == [Example("好", "positive", "ours")]


@pytest.mark.parametrize("content", ["a,b\n1,2\n", "text,label\n好,great\n"])
def test_a_file_without_labels_is_refused(tmp_path: Path, content: str):
    path = tmp_path / "some.csv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ValueError, match=r"some\.csv"):
        read_examples(path)


def test_twins_count_once():
    long = "办事大厅的窗口每天只开两个，排队排到中午还轮不到，希望增加人手"
    texts = [
        "支持！",
        "支持。",
        "//@张三:支持",
        "反对",
        long,
        "今天" + long,
        long.replace("中午", "下午") + "谢谢",
        "别的话",
    ]
    kept = without_twins([Example(text, "negative", "a") for text in texts])
    assert [example.text for example in kept][:3] == ["支持！", "反对", long]
    assert kept[-1].text == "别的话"
    assert len(kept) < len(texts) - 2


def test_certainty_that_is_deserved_has_no_error():
    truth = np.array([2] * 90 + [0] * 10)
    assert calibration_error(truth, np.full(100, 0.9)) == pytest.approx(0)
    assert calibration_error(truth, np.full(100, 0.99)) == pytest.approx(0.09)


def test_an_interval_lies_about_its_number():
    draw = np.random.default_rng(1)
    truth = draw.integers(0, 2, 400) * 2
    given = np.where(draw.random(400) < 0.8, truth, 2 - truth)
    found = with_interval(macro_f1, truth, given)
    assert found.low < found.value < found.high
    assert found.high - found.low < 0.1
