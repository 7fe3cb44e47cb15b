"""`lianxin stance`: labels from a file or the terminal go into the journal; the answer says what they are worth."""

import os
import subprocess
import sys

import pytest

from pipelines.journal import JournalWriter
from tests.installation import Installation
from tests.pipelines.test_stances import STANCES, TEXTS, comment


@pytest.fixture
def county(installation: Installation) -> Installation:
    installation.write('[[source]]\nid = "board"\nplatform = "liuyan"\n')
    with JournalWriter(installation.config().journal_folder) as journal:
        journal.append([comment(number, text) for number, text in enumerate(TEXTS)])
    return installation


def test_labels_from_a_file_are_taught_checked_and_shown(county: Installation) -> None:
    file = county.data / "labels.csv"
    rows = "".join(f"liuyan:{number},{STANCES[number]}\n" for number in range(60))
    file.write_text(f"id,stance\n{rows}", encoding="utf-8")
    ended = county.run("stance", "teach", "lift", "--labels", str(file))
    assert ended.code == 0, ended.err
    assert "已记下 60 条标注（支持 20，反对 20，看不出 20）" in ended.out
    assert "立场已显示" in ended.out
    assert sum(document.stance == "support" for document in county.comments()) >= 35
    assert "标注 60 条" in county.run("stance", "status").out


def test_a_file_with_one_wrong_line_is_not_taken_in(county: Installation) -> None:
    file = county.data / "labels.csv"
    file.write_text("id,stance\nliuyan:0,support\nliuyan:1,maybe\n", encoding="utf-8")
    ended = county.run("stance", "teach", "lift", "--labels", str(file))
    assert ended.code == 2
    assert "第 3 行读不懂" in ended.err
    file.write_text("id,stance\nliuyan:0,support\nliuyan:999,oppose\n", encoding="utf-8")
    assert "liuyan:999" in county.run("stance", "teach", "lift", "--labels", str(file)).err
    assert b"stance_label" not in county.journal_bytes()


def test_an_unknown_policy_is_named_with_those_there_are(county: Installation) -> None:
    ended = county.run("stance", "teach", "lifts")
    assert ended.code == 2
    assert "已有：lift" in ended.err


def test_answers_in_the_terminal_are_kept_when_one_leaves_early(county: Installation) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "lianxin", "stance", "teach", "lift"],
        input="s\n什么\no\n\nq\n",
        capture_output=True,
        encoding="utf-8",
        timeout=300,
        check=False,
        env={**os.environ, "LIANXIN_DATA": str(county.data), "COLUMNS": "200", "PYTHONUTF8": "1"},
    )
    assert ended.returncode == 0, ended.stderr
    assert "已记下 2 条标注（支持 1，反对 1，看不出 0）" in ended.stdout
    assert "支持和反对各标到 5 条以上才能检验" in ended.stdout
    assert county.journal_bytes().count(b'"stance_label"') == 2
