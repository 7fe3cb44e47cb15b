"""`lianxin stance`: labels from a file or the terminal go into the journal; the answer says what they are worth."""

import os
import signal
import subprocess
import sys

import pytest
from openpyxl import Workbook

from crawler.errors import WrongUse
from lianxin.stance_sheet import read_sheet
from pipelines.journal import JournalWriter
from tests.installation import Installation
from tests.pipelines.test_stances import STANCES, TEXTS, comment


@pytest.fixture
def county(installation: Installation) -> Installation:
    installation.write('[[source]]\nid = "board"\nplatform = "liuyan"\n')
    with JournalWriter(installation.config().journal_folder) as journal:
        journal.append([comment(number, text) for number, text in enumerate(TEXTS)])
    return installation


def test_labels_from_a_file_are_taught_checked_and_used(county: Installation) -> None:
    file = county.data / "labels.csv"
    rows = "".join(f"liuyan:{number},{STANCES[number]}\n" for number in range(60))
    file.write_text(f"id,stance\n{rows}", encoding="utf-8")
    ended = county.run("stance", "teach", "lift", "--labels", str(file))
    assert ended.code == 0, ended.err
    assert "已记下 60 条标注（支持 20，反对 20，看不出 20）" in ended.out
    assert "立场已经采用" in ended.out
    assert sum(document.stance == "support" for document in county.comments()) >= 35
    assert "标注 60 条" in county.run("stance", "status").out


def test_a_file_with_one_wrong_line_is_not_taken_in(county: Installation) -> None:
    file = county.data / "labels.csv"
    file.write_text("id,stance\nliuyan:0,support\nliuyan:1,maybe\n", encoding="utf-8")
    ended = county.run("stance", "teach", "lift", "--labels", str(file))
    assert ended.code == 2
    assert "第 3 行读不懂" in ended.err
    assert "支持、反对、看不出" in ended.err
    file.write_text("id,stance\nliuyan:0,support\nliuyan:999,oppose\n", encoding="utf-8")
    assert "liuyan:999" in county.run("stance", "teach", "lift", "--labels", str(file)).err
    assert b"stance_label" not in county.journal_bytes()


def test_an_unknown_policy_is_named_with_those_there_are(county: Installation) -> None:
    ended = county.run("stance", "teach", "lifts")
    assert ended.code == 2
    assert "已有：lift" in ended.err


def test_answers_in_the_terminal_are_kept_when_one_leaves_early(county: Installation) -> None:
    ended = asked(county, "s\n什么\no\n\nq\n")
    assert "已记下 2 条标注（支持 1，反对 1，看不出 0）" in ended
    assert "没看懂" in ended
    assert "支持和反对各标到 20 条以上" in ended
    assert county.journal_bytes().count(b'"stance_label"') == 2


def test_one_may_go_back_and_answer_otherwise(county: Installation) -> None:
    ended = asked(county, "s\nb\no\nq\n")
    assert "已记下 1 条标注（支持 0，反对 1，看不出 0）" in ended


def test_what_was_answered_outlives_a_closed_window(county: Installation) -> None:
    county.run("stance", "status")
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "lianxin", "stance", "teach", "lift"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
        env={**os.environ, "LIANXIN_DATA": str(county.data), "PYTHONUTF8": "1"},
    )
    with process:
        process.stdin.write("s\n")
        process.stdin.flush()
        shown = ""
        while "[2/" not in shown:
            shown += process.stdout.readline()
        process.send_signal(signal.SIGKILL)
    assert county.journal_bytes().count(b'"stance_label"') == 1
    assert "标注 1 条（支持 1，反对 0，看不出 0）" in county.run("stance", "status").out


def test_a_sheet_is_filled_in_read_back_and_passed_on(county: Installation) -> None:
    file = county.data / "表.csv"
    written = county.run("stance", "sheet", "lift", "--out", str(file), "--count", "4")
    assert "已标 0 条，待标 4 条" in written.out
    assert file.read_bytes().startswith(b"\xef\xbb\xbf")
    again = county.run("stance", "sheet", "lift", "--out", str(file))
    assert (again.code, "已经有了" in again.err) == (2, True)
    head, first, second, *rest = file.read_text(encoding="utf-8-sig").splitlines()
    assert head == "编号,立场,内容"
    filled = "\r\n".join([head, first.replace(",,", ",支持,", 1), second.replace(",,", ",反对,", 1), *rest])
    file.write_bytes(filled.encode("gbk"))  # as Excel saves it where one does not choose otherwise
    assert (
        "已记下 2 条标注（支持 1，反对 1，看不出 0）"
        in county.run("stance", "teach", "lift", "--labels", str(file)).out
    )
    assert "没有新的标注" in county.run("stance", "teach", "lift", "--labels", str(file)).out
    file.write_bytes(filled.replace(",支持,", ",看不出,").encode("gbk"))
    assert "其中 1 条改了原来的标注" in county.run("stance", "teach", "lift", "--labels", str(file)).out
    passed = county.data / "labels.csv"
    assert "已标 2 条，待标 0 条" in county.run("stance", "sheet", "lift", "--out", str(passed), "--count", "0").out
    assert sorted(read_sheet(passed).values()) == ["oppose", "unclear"]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "空文件"),
        ("id,stance\n", "只有表头"),
        ("id;stance\nliuyan:0;support\n", ""),
        ("号码,立场\nliuyan:0,支持\n", "要有“编号”和“立场”两列"),
        ("id,stance\nliuyan:0\n", "第 2 行读不懂"),
        ("id,stance\n,support\n", "第 2 行读不懂"),
        ("id,stance\nliuyan:0,support\nliuyan:0,oppose\n", "前面已经标成“支持”"),
        ("编号,立场\nliuyan:0,\nliuyan:1,支持\n", ""),
    ],
)
def test_every_fault_of_a_sheet_is_told(installation: Installation, content: str, sentence: str) -> None:
    installation.write()
    file = installation.data / "labels.csv"
    file.write_text(content, encoding="utf-8")
    if sentence:
        with pytest.raises(WrongUse, match=sentence):
            read_sheet(file)
    else:
        assert list(read_sheet(file).values()) == ["support"]


def test_a_workbook_is_a_sheet_too(installation: Installation) -> None:
    installation.write()
    book, file = Workbook(), installation.data / "labels.xlsx"
    for row in (["编号", "立场"], ["liuyan:0", "反对"], ["liuyan:1", None]):
        book.active.append(row)
    book.save(file)
    assert read_sheet(file) == {"liuyan:0": "oppose"}


def asked(county: Installation, answers: str) -> str:
    ended = subprocess.run(
        [sys.executable, "-m", "lianxin", "stance", "teach", "lift"],
        input=answers,
        capture_output=True,
        encoding="utf-8",
        timeout=300,
        check=False,
        env={**os.environ, "LIANXIN_DATA": str(county.data), "COLUMNS": "200", "PYTHONUTF8": "1"},
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout
