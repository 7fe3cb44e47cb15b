"""`lianxin sentiment`: train on files, evaluate on files."""

import csv
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from crawler.errors import ServiceAway, WrongUse
from lianxin.sentiment import app
from sentiment.mood_model import MoodModel
from tests.sentiment.test_training import examples


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    folder = tmp_path_factory.mktemp("labelled")
    paths = [folder / f"s{number}.csv" for number in range(3)]
    for number, path in enumerate(paths):
        write(path, [(each.text, each.label) for each in examples(path.stem, 200, number)])
    return [str(path) for path in paths]


def test_a_trained_model_can_be_evaluated_beside_stock(files: list[str], tmp_path: Path):
    out = tmp_path / "model"
    trained = CliRunner().invoke(app, ["train", "--out", str(out), *files])
    assert trained.exit_code == 0
    assert MoodModel.load(out).id in trained.output
    shown = CliRunner().invoke(app, ["evaluate", "--model", str(out), files[0]]).output
    labels = ("标签准确率", "标签宏平均 F1", "中性找回", "有情绪却标成中性", "情绪值误差", "中性概率误差", "有判断的")
    for row in (*labels, "两类准确率", "两类负面找回", "AUC", "校准误差", "原版 SnowNLP"):
        assert row in shown
    (seen,) = [line for line in shown.splitlines() if line.startswith("见过这个文件")]
    assert "s0.csv" in seen
    assert "见过" not in evaluated_by_shipped(files[0])


def evaluated_by_shipped(*files: str) -> str:
    return CliRunner().invoke(app, ["evaluate", *files], catch_exceptions=False).output


def test_every_source_can_be_left_out(files: list[str]):
    shown = CliRunner().invoke(app, ["evaluate", "--leave-out", *files]).output
    assert [name for name in ("s0", "s1", "s2") if f"{name}（" in shown] == ["s0", "s1", "s2"]


@pytest.mark.parametrize("count", [1, 2])
def test_too_few_sources_cannot_be_left_out(files: list[str], count: int):
    with pytest.raises(WrongUse, match=f"至少要 3 个来源.*现在是 {count} 个和 {count} 个"):
        CliRunner().invoke(app, ["evaluate", "--leave-out", *files[:count]], catch_exceptions=False)


@pytest.mark.parametrize("arguments", [["train", "--out", "model"], ["evaluate", "--leave-out"]])
def test_sentences_that_teach_nothing_are_refused(
    arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    rows = [("太慢", "negative"), ("很好", "positive"), ("请问何时", "neutral")]
    files = [write(tmp_path / f"{name}.csv", [(f"{text}{name}", label) for text, label in rows]) for name in "甲乙丙"]
    with pytest.raises(WrongUse, match=r"句子太少或太不一样，学不出什么.*请再给句子"):
        CliRunner().invoke(app, [*arguments, *files], catch_exceptions=False)


@pytest.mark.parametrize("command", [["train", "--out", "model"], ["evaluate", "--leave-out"]])
def test_files_of_one_mood_cannot_train(command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    files = [write(tmp_path / f"{name}.csv", [(f"很好{name}", "positive")] * 30) for name in "甲乙"]
    with pytest.raises(WrongUse, match="现在是 0 个和 0 个"):
        CliRunner().invoke(app, [*command, *files], catch_exceptions=False)


def test_twins_are_counted(tmp_path: Path):
    path = write(
        tmp_path / "same.csv", [("太慢了", "negative"), ("太慢了！", "positive"), ("太慢了。", "负面"), ("好", "正面")]
    )
    assert "去掉了 2 句，其中 1 句的标签和留下的不同" in evaluated_by_shipped(path)


def test_a_folder_that_is_no_model_is_named(files: list[str], tmp_path: Path):
    with pytest.raises(WrongUse, match=r"没有这个程序能用的模型（没有 model.json）"):
        CliRunner().invoke(app, ["evaluate", "--model", str(tmp_path), files[0]], catch_exceptions=False)


def test_a_folder_that_cannot_be_made_is_named_before_the_training(files: list[str], tmp_path: Path):
    (tmp_path / "file").touch()
    with pytest.raises(ServiceAway, match=r"file/model.*请检查路径"):
        CliRunner().invoke(app, ["train", "--out", str(tmp_path / "file" / "model"), *files], catch_exceptions=False)


def test_two_files_of_one_name_are_refused(files: list[str], tmp_path: Path):
    again = write(tmp_path / Path(files[0]).name, [("太慢", "negative")])
    with pytest.raises(WrongUse, match=r"2 个文件都叫 s0\.csv"):
        evaluated_by_shipped(files[0], again)


def test_a_source_that_teaches_nothing_is_named(files: list[str], tmp_path: Path):
    path = tmp_path / "glad.csv"
    write(path, [(f"{each.text}呀", each.label) for each in examples("glad", 60, 7) if each.label == "positive"])
    shown = CliRunner().invoke(app, ["train", "--out", str(tmp_path / "model"), *files, str(path)]).output
    assert "glad 没有教给模型什么" in shown
    assert "不起作用" in shown
    model = json.loads((tmp_path / "model" / "model.json").read_text(encoding="utf-8"))
    assert f"用 {sum(model['texts'].values()):,} 条句子训练了" in shown


def write(path: Path, rows: list[tuple[str, str]], encoding: str = "utf-8") -> str:
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file)
        writer.writerows([("text", "label"), *rows])
    return str(path)


def test_a_file_of_one_mood_is_evaluated_without_the_numbers_of_two(tmp_path: Path):
    shown = evaluated_by_shipped(write(tmp_path / "bad.csv", [("办事太慢了", "negative"), ("真气人", "negative")]))
    assert "负面找回" in shown
    assert "（条数太少）" in shown
    assert "两类" not in shown


def test_what_was_left_out_is_named(tmp_path: Path):
    rows = [("太慢", "Negative "), ("很好", "正面"), ("烂", "-1"), ("烂", "great"), ("烂", "-1"), ("", "positive")]
    path = write(tmp_path / "mixed.csv", rows)
    with Path(path).open("a", encoding="utf-8") as file:
        file.write("差\n")
    shown = evaluated_by_shipped(path)
    assert "不认得的标签 3 行（“-1” 2 行、“great” 1 行）；没有文字的 1 行；读不懂的 1 行（第 8 行" in shown
    assert "mixed（2 条" in shown


def test_a_table_from_excel_in_gbk_with_a_long_cell_is_read(tmp_path: Path):
    rows = [("办事太慢了" * 40_000, "负面"), ("很好", "正面")]
    assert "gbk（2 条" in evaluated_by_shipped(write(tmp_path / "gbk.csv", rows, "gbk"))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("a,b\n1,2\n", "text 和 label 两列"),
        ("text,label\n好,great\n", "没有能用的句子.*great"),
        ("text,label\n", "只有表头"),
    ],
)
def test_a_file_without_labels_is_refused(tmp_path: Path, content: str, sentence: str):
    path = tmp_path / "some.csv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(WrongUse, match=rf"some\.csv.*{sentence}"):
        evaluated_by_shipped(str(path))


def test_a_file_with_dates_shows_its_days(tmp_path: Path):
    path = tmp_path / "dated.csv"
    lines = [
        "办得真快,positive,2026-03-01 10:00",
        "没人管,negative,2026-03-01 11:00",
        "谢谢师傅,positive,2026-03-02",
        "太失望了,negative,2026-03-02",
    ]
    path.write_text("\n".join(["text,label,date", *lines]) + "\n", encoding="utf-8")
    shown = evaluated_by_shipped(str(path))
    for row in ("2026-03-01", "2026-03-02", "0.500", "相关系数", "平均误差"):
        assert row in shown
