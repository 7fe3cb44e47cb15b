"""`lianxin import` as its users run it: what it prints, what it leaves with, what it leaves behind."""

import csv
import signal

import pytest
import typer
from typer.testing import CliRunner

from crawler.errors import WrongUse
from lianxin import importing

HEADER = ["留言编号", "留言用户", "留言主题", "留言时间", "留言详情", "答复意见", "答复时间"]
GOOD = [
    "1",
    "李四",
    "电梯",
    "2026/6/5 9:05:00",
    "加装电梯什么时候开工？打13812345678",
    "您好，下周开工。",
    "2026/6/9 10:00:00",
]
BACKWARDS = ["2", "王五", "路灯", "2026/6/5 9:05:00", "路灯坏了", "已修好", "2026/6/1 10:00:00"]


@pytest.fixture
def letters(installation):
    installation.write('[[source]]\nid = "letters"\nplatform = "file"\n')
    return installation


@pytest.fixture
def command(letters, monkeypatch):
    """`lianxin import …` in this process: quicker where only what it says and leaves with matters."""
    monkeypatch.setenv("LIANXIN_DATA", str(letters.data))
    monkeypatch.setenv("COLUMNS", "200")
    app = typer.Typer()
    app.command()(importing.import_file)
    return lambda *arguments: CliRunner().invoke(app, [str(argument) for argument in arguments])


def write_csv(path, *rows):
    with path.open("w", encoding="gbk", newline="") as file:
        csv.writer(file).writerows([HEADER, *rows])
    return path


def test_a_whole_file_ends_with_0_and_can_be_found(letters, tmp_path):
    done = letters.run("import", str(write_csv(tmp_path / "letters.csv", GOOD)), "--as", "letters")
    assert done.code == 0, done.err
    assert "letters：完整。读了 1 行（按 letters-replies），取得 2 条 = 入库 2 + 未变 0 + 拒收 0。" in done.out
    assert "入库：来信 1，答复 1。" in done.out
    assert "遮盖个人信息 1 处（[电话] 1）。" in done.out
    (comment,) = letters.comments()
    assert (comment.text, comment.policy_stages) == ("加装电梯什么时候开工？打[电话]", ("lift:before",))
    assert [reply.text for reply in comment.replies] == ["您好，下周开工。"]


def test_a_refused_row_ends_with_1_and_says_where_it_is(command, letters, tmp_path):
    done = command(write_csv(tmp_path / "letters.csv", GOOD, BACKWARDS), "--as", "letters")
    assert done.exit_code == 1
    (rejects,) = (letters.data / "rejected").iterdir()
    assert "letters：不完整。" in done.output
    assert f"拒收的行在 {rejects}" in done.output
    assert letters.runs()[0].outcome == "partial"
    assert len(letters.comments()) == 2


def test_a_rehearsal_shows_what_would_come_and_writes_nothing(command, letters, tmp_path):
    done = command(write_csv(tmp_path / "letters.csv", GOOD, BACKWARDS), "--as", "letters", "--dry-run")
    assert done.exit_code == 0
    assert "加装电梯什么时候开工？打[电话]" in done.output
    assert "李四" not in done.output
    assert "读了 2 行。会入库 3 条（来信 2，答复 1），重复 0 条，会拒收 1 条。" in done.output
    assert "第 3 行：信已导入" in done.output
    assert sorted(path.name for path in letters.data.iterdir()) == ["accounts.toml", "policies.toml", "sources.toml"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["{file}", "--as", "elsewhere"], "来源“elsewhere”还没有登记"),
        (["{folder}/没有.csv", "--as", "letters"], "没有找到文件"),
        (["{folder}", "--as", "letters"], "是文件夹"),
        (["{file}", "--as", "letters", "--map", "no-such"], "没有名为 no-such 的对应文件"),
        (["{file}", "--as", "letters", "--map", "posts-daily"], "里没有“user”这一列"),
        (["{file}", "--as", "letters", "--as-of", "某天"], "--as-of：看不懂时间"),
        (["{file}", "--as", "letters", "--as-of", "2026-06-10"], "--as-of 要写到分钟"),
    ],
)
def test_wrong_use_is_one_sentence_and_changes_nothing(command, letters, tmp_path, arguments, sentence):
    file = write_csv(tmp_path / "letters.csv", GOOD)
    done = command(*(argument.format(file=file, folder=tmp_path) for argument in arguments))
    assert isinstance(done.exception, WrongUse)
    assert sentence in str(done.exception)
    assert done.exception.exit_code == 2
    assert sorted(path.name for path in letters.data.iterdir()) == ["accounts.toml", "policies.toml", "sources.toml"]


def test_a_word_document_ends_the_process_with_2_and_no_traceback(letters, tmp_path):
    path = tmp_path / "来信.docx"
    path.write_bytes(b"PK\x03\x04 a torn document")
    done = letters.run("import", str(path), "--as", "letters")
    assert done.code == 2
    assert done.err.startswith("错误：") and "损坏的 XLSX" in done.err
    assert "Traceback" not in done.err


def test_the_signal_handler_is_given_back(command, tmp_path):
    before = signal.getsignal(signal.SIGINT)
    command(write_csv(tmp_path / "letters.csv", GOOD), "--as", "letters")
    assert signal.getsignal(signal.SIGINT) is before
