"""`lianxin sentiment`: train on files, evaluate on files."""

import csv
from pathlib import Path

import pytest
from typer.testing import CliRunner

from crawler.errors import Trouble, WrongUse
from lianxin.sentiment import app
from sentiment.policy import PolicyModel
from tests.sentiment.test_training import examples


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    folder = tmp_path_factory.mktemp("labelled")
    paths = [folder / f"s{number}.csv" for number in range(3)]
    for number, path in enumerate(paths):
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["text", "label"])
            writer.writerows((each.text, each.label) for each in examples(path.stem, 200, number))
    return [str(path) for path in paths]


def test_a_trained_model_can_be_evaluated_beside_stock(files: list[str], tmp_path: Path):
    out = tmp_path / "model"
    trained = CliRunner().invoke(app, ["train", "--out", str(out), *files])
    assert trained.exit_code == 0
    assert PolicyModel.load(out).id in trained.output
    shown = CliRunner().invoke(app, ["evaluate", "--model", str(out), files[0]]).output
    for row in ("两类准确率", "三类宏平均 F1", "AUC", "校准误差", "负面找回", "有判断的", "原版 SnowNLP"):
        assert row in shown


def test_every_source_can_be_left_out(files: list[str]):
    shown = CliRunner().invoke(app, ["evaluate", "--leave-out", *files]).output
    assert [name for name in ("s0", "s1", "s2") if f"{name}（" in shown] == ["s0", "s1", "s2"]


def test_one_source_cannot_be_left_out(files: list[str]):
    with pytest.raises(Trouble, match="来源"):
        CliRunner().invoke(app, ["evaluate", "--leave-out", files[0]], catch_exceptions=False)


def test_a_folder_that_is_no_model_is_named(files: list[str], tmp_path: Path):
    with pytest.raises(WrongUse, match="不是模型"):
        CliRunner().invoke(app, ["evaluate", "--model", str(tmp_path), files[0]], catch_exceptions=False)
