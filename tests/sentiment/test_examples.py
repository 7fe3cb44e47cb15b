"""Labelled files as people write them become examples; twins among these count once."""

import pytest

from sentiment.examples import Example, examples_of_lines, examples_of_rows, without_twins


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
