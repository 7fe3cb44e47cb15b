"""From labelled files to a model that SnowNLP can load, on a small made-up language of moods."""

import json
from pathlib import Path
from random import Random

import numpy as np
import pytest

from sentiment.evaluate import Answers, evaluated, model_answers, stock_answers, truths, without_source
from sentiment.examples import Example, examples_of_lines, examples_of_rows, without_twins
from sentiment.leaving import Leaving
from sentiment.metrics import calibration_error, macro_f1, mean_error, with_interval
from sentiment.mood_model import MoodModel, NoModel
from sentiment.saving import save_model
from sentiment.train import (
    NEGATIVE,
    NEUTRAL,
    POSITIVE,
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


def test_recall_is_of_the_label_that_is_stored_and_of_the_likelier_mood_only_by_name():
    truth = np.array([NEGATIVE] * 4 + [POSITIVE] * 2)
    positive = np.array([0.1, 0.1, 0.1, 0.9, 0.9, 0.9])
    neutral = np.array([0.9, 0.9, 0.1, 0.1, 0.1, 0.1])
    label = np.array([NEUTRAL, NEUTRAL, NEGATIVE, POSITIVE, POSITIVE, POSITIVE])
    mood = np.where(positive > 0.5, POSITIVE, NEGATIVE)
    found = evaluated(truth, Answers(label, mood, positive, neutral, neutral / 2 + (1 - neutral) * positive))
    assert {name: recall.value for name, recall in found.recall.items()} == {"negative": 0.25, "positive": 1.0}
    assert found.accuracy.value == 0.5
    assert found.called_neutral is not None
    assert found.called_neutral.value == pytest.approx(2 / 6)
    assert found.neutral_error is not None
    assert found.neutral_error.value == pytest.approx(np.mean(neutral))
    assert found.true_mean == pytest.approx(2 / 6)
    assert found.moods is not None
    assert {name: recall.value for name, recall in found.moods.recall.items()} == {"negative": 0.75, "positive": 1.0}


def test_one_mood_or_no_answer_can_be_evaluated():
    one = evaluated(np.array([NEGATIVE] * 2), stock_answers(["垃圾", "糟糕"]))
    assert one.moods is None
    assert one.neutral_error is None
    none = evaluated(np.array([NEGATIVE, POSITIVE]), stock_answers(["", "!"]))
    assert none.coverage == 0
    assert none.accuracy.value == 0
    assert np.isnan(none.expected_error.value)


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


def test_labels_of_known_files_are_translated():
    rows = [("真好", "happy"), ("气死了", "angry"), ("什么", "surprise"), ("据悉", "neutral")]
    found = examples_of_rows("ewect_usual_eval.csv", rows)
    assert [(each.label, each.source) for each in found.examples] == [
        ("positive", "everyday"),
        ("negative", "everyday"),
        ("neutral", "everyday"),
    ]
    assert found.unknown == {"surprise": 1}


def test_lines_of_known_files_all_mean_the_same():
    found = examples_of_lines("neg.txt", ["差\n", "\n", " 糟 \n"])
    assert found.examples == [Example("差", "negative", "reviews"), Example("糟", "negative", "reviews")]


@pytest.mark.parametrize("label", ["negative", "Negative", " negative ", "NEG", "负面"])
def test_labels_of_other_files_may_be_written_as_people_do(label: str):
    assert examples_of_rows("ours.csv.gz", [("差", label)]).examples == [Example("差", "negative", "ours")]


def test_what_is_no_example_is_counted():
    found = examples_of_rows(
        "ours.csv", [("烂", "-1"), ("烂", "great"), ("烂", "-1"), (" ", "positive"), ("好", "pos")]
    )
    assert found.examples == [Example("好", "positive", "ours")]
    assert found.unknown == {"-1": 2, "great": 1}
    assert found.without_text == 1


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2026/3/1 9:05", "2026-03-01"),
        ("2026/3/1 10:05", "2026-03-01"),
        ("2026-03-01T10:05:00Z", "2026-03-01"),
        ("2026年12月3日", "2026-12-03"),
        ("20261203", "2026-12-03"),
        ("昨天", ""),
    ],
)
def test_a_day_is_a_day_however_a_table_writes_it(written: str, day: str):
    (example,) = examples_of_rows("own.csv", [["支持", "positive", written]]).examples
    assert example.day == day


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
    once = without_twins([Example(text, "negative", "a") for text in texts])
    assert [example.text for example in once.examples][:3] == ["支持！", "反对", long]
    assert once.examples[-1].text == "别的话"
    assert len(once.examples) < len(texts) - 2
    assert (once.twins, once.contradicting) == (len(texts) - len(once.examples), 0)


def test_twins_of_another_label_are_counted_and_the_first_one_is_kept():
    labelled = [
        ("支持！", "positive"),
        ("支持。", "negative"),
        ("支持", "positive"),
        ("支持～", "neutral"),
        ("反对", "negative"),
    ]
    once = without_twins([Example(text, label, "a") for text, label in labelled])
    assert [(example.text, example.label) for example in once.examples] == [
        ("支持！", "positive"),
        ("反对", "negative"),
    ]
    assert (once.twins, once.contradicting) == (3, 2)


def test_certainty_that_is_deserved_has_no_error():
    truth = np.array([2] * 90 + [0] * 10)
    assert calibration_error(truth, np.full(100, 0.9)) == pytest.approx(0)
    assert calibration_error(truth, np.full(100, 0.99)) == pytest.approx(0.09)


def test_a_mean_that_is_right_in_each_step_has_no_error():
    true = np.array([1.0, 0.0, 0.5, 0.5])
    assert mean_error(true, np.array([0.5, 0.5, 0.5, 0.5])) == pytest.approx(0)
    assert mean_error(true, np.array([0.95, 0.05, 0.25, 0.75])) == pytest.approx((0.05 + 0.05 + 0.25 + 0.25) / 4)


def test_an_interval_lies_about_its_number():
    draw = np.random.default_rng(1)
    truth = draw.integers(0, 2, 400) * 2
    given = np.where(draw.random(400) < 0.8, truth, 2 - truth)
    found = with_interval(macro_f1, truth, given)
    assert found.low < found.value < found.high
    assert found.high - found.low < 0.1
