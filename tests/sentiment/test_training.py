"""From labelled files to a model that SnowNLP can load, on a small made-up language of moods."""

import json
from pathlib import Path
from random import Random

import numpy as np
import pytest

from sentiment.evaluate import evaluated, model_answers, truths, without_source
from sentiment.examples import Example
from sentiment.leaving import Leaving
from sentiment.mood_model import MoodModel, NoModel
from sentiment.saving import save_model
from sentiment.train import (
    NEGATIVE,
    NEUTRAL,
    TooLittle,
    balance,
    tabulate,
    taught,
    weigh_mood,
    weigh_neutral,
)

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
def model(leaving: Leaving, tmp_path_factory: pytest.TempPathFactory) -> tuple[MoodModel, Path]:
    folder = tmp_path_factory.mktemp("model")
    table = leaving.table
    save_model(folder, table, weigh_mood(table), weigh_neutral(table), leaving.calibration(), {"a.csv": "0f"})
    return MoodModel.load(folder), folder


def test_a_trained_model_judges_new_texts(model: tuple[MoodModel, Path]):
    new = examples("new", 200, 9)
    found = evaluated(truths(new), model_answers(model[0], [example.text for example in new]))
    assert found.moods is not None
    assert found.moods.macro_f1.value > 0.95
    assert found.macro_f1.value > 0.9
    assert min(recall.value for recall in found.recall.values()) > 0.8
    assert sum(map(sum, found.table)) == 200


def test_what_is_saved_is_snownlps(model: tuple[MoodModel, Path]):
    from snownlp.classification.bayes import Bayes

    bayes = Bayes()
    bayes.load(str(model[1] / "mood"))
    assert bayes.d["neg"].getsum() == pytest.approx(bayes.d["pos"].getsum())
    assert bayes.classify(["敷衍"])[0] == "neg"
    assert bayes.classify(["感谢"])[0] == "pos"


def test_the_same_texts_make_the_same_model(model: tuple[MoodModel, Path], leaving: Leaving, tmp_path: Path):
    table = leaving.table
    again = save_model(tmp_path, table, weigh_mood(table), weigh_neutral(table), leaving.calibration(), {})
    assert again == model[0].id


def test_tokens_of_fewer_than_three_texts_are_forgotten(model: tuple[MoodModel, Path], leaving: Leaving):
    table = leaving.table
    amount = dict(zip(table.tokens, np.asarray(table.has.sum(axis=0)).ravel(), strict=True))
    kept = [token for bayes in (model[0].mood, model[0].neutral) for token in bayes.tokens if token]
    assert kept
    assert min(amount[token] for token in kept) >= 3


@pytest.mark.parametrize(
    "rows",
    [
        [("好甲", "positive"), ("坏乙", "negative"), ("问丙", "neutral")],
        [("好", "positive"), ("坏人坏事" * 40, "negative"), ("请问何时" * 9, "neutral")],
        [("好", label) for label in SAID] * 4,
    ],
    ids=["too few", "of other lengths", "alike"],
)
def test_what_teaches_nothing_is_said(rows: list[tuple[str, str]]):
    table = tabulate([Example(text, label, source) for text, label in rows for source in ("a", "b")])
    for weigh in (weigh_mood, weigh_neutral):
        with pytest.raises(TooLittle, match="请再给句子"):
            weigh(table)


def test_texts_without_a_token_teach_nothing():
    with pytest.raises(TooLittle):
        tabulate([Example("https://a.cn/", "positive", "a"), Example("@某人", "negative", "a")])


def test_a_source_left_out_is_judged_by_a_saved_model_of_the_others(leaving: Leaving, tmp_path: Path):
    done: list[int] = []
    judge = without_source(leaving, "s1", tmp_path, done.append)
    assert len(done) == len(leaving.asked(["s1"])) == 2
    assert MoodModel.load(tmp_path) == judge
    texts = [*(example.text for example in examples("s1", 300, 1)), "", "龥"]
    answers = model_answers(judge, texts)
    assert answers.label[-2:].tolist() == [-1, -1]
    found = evaluated(np.array([*truths(examples("s1", 300, 1)), NEGATIVE, NEGATIVE]), answers)
    assert found.n == 302
    assert found.coverage == pytest.approx(300 / 302)
    assert found.moods is not None
    assert found.moods.macro_f1.value > 0.9
    assert found.moods.calibration_error.value < 0.2


def test_a_half_replaced_model_is_refused_and_nothing_else_is_left(
    model: tuple[MoodModel, Path], leaving: Leaving, tmp_path: Path
):
    table = leaving.table
    folder = tmp_path / "model"
    save_model(folder, table, weigh_mood(table), weigh_neutral(table), leaving.calibration(), {})
    other = table.part(table.source != "s0")
    save_model(folder, other, weigh_mood(other), weigh_neutral(other), leaving.calibration(), {})
    assert {path.name for path in folder.iterdir()} == {"mood.3", "neutral.3", "model.json"}
    assert MoodModel.load(folder).id != model[0].id
    (folder / "mood.3").write_bytes((model[1] / "mood.3").read_bytes())
    with pytest.raises(NoModel):
        MoodModel.load(folder)


def test_a_source_of_one_class_teaches_nothing(leaving: Leaving, tmp_path: Path):
    one_class = [
        Example(f"{each.text}了", each.label, "one") for each in examples("one", 60, 5) if each.label == "positive"
    ]
    table = tabulate([*(each for number in range(3) for each in examples(f"s{number}", 100, number)), *one_class])
    weighs = taught(table)
    assert not weighs[table.source == "one"].any()
    assert weighs[table.source != "one"].mean() > 0.9
    save_model(tmp_path, table, weigh_mood(table), weigh_neutral(table), leaving.calibration(), {})
    about = json.loads((tmp_path / "model.json").read_text(encoding="utf-8"))
    assert about["texts"]["one"] == 0
    assert sum(about["texts"].values()) == weighs.sum()
    assert "one" not in Leaving(table).asked()


def test_classes_weigh_the_same_within_a_source(leaving: Leaving):
    table = leaving.table.part(leaving.table.label != NEUTRAL)
    second = table.label == 2
    weight = balance(table, second)
    for source in np.unique(table.source):
        inside = table.source == source
        assert weight[inside & second].sum() == pytest.approx(weight[inside & ~second].sum(), rel=0.05)
