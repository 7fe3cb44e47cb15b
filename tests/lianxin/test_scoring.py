"""`lianxin score`: a line for a line."""

import errno
import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from shutil import copytree

import pytest

from crawler.config import Config
from crawler.errors import ServiceAway, WrongUse
from lianxin import scoring
from lianxin.scoring import scored
from sentiment.labels import Score
from sentiment.mood_model import shipped_folder
from sentiment.moods import Model, feel
from tests.installation import Installation


def lines(*rows: object) -> list[bytes]:
    return [(row if isinstance(row, str) else json.dumps(row, ensure_ascii=False)).encode() + b"\n" for row in rows]


def answers(out: io.BytesIO) -> list[dict]:
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_every_line_is_answered_in_order(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(scoring, "BATCH", 3)
    out = io.BytesIO()
    texts = ["办事效率太低", "终于解决了，点赞", "请问什么时候发放", "踢皮球"] * 3
    assert scored(lines(*({"id": number, "text": text} for number, text in enumerate(texts))), out, "policy")
    given = answers(out)
    assert [answer["id"] for answer in given] == list(range(12))
    assert {answer["label"] for answer in given} == {"negative", "positive", "neutral"}
    assert given[:4] == [answer | {"id": answer["id"] - 4} for answer in given[4:8]]
    assert all(answer["model"].startswith("policy-") and 0 <= answer["snownlp"] <= 1 for answer in given)


def test_long_lines_are_scored_a_few_at_a_time(monkeypatch: pytest.MonkeyPatch):
    together: list[int] = []

    def counted(texts: Sequence[str], model: Model) -> list[Score]:
        together.append(len(texts))
        return feel(texts, model)

    monkeypatch.setattr(scoring, "feel", counted)
    monkeypatch.setattr(scoring, "LONGEST_BATCH", 1000)
    texts = [*["踢皮球" * 200] * 3, *["踢皮球"] * 3]
    assert scored(lines(*({"id": number, "text": text} for number, text in enumerate(texts))), io.BytesIO(), "policy")
    assert together == [1, 1, 1, 3]


def test_a_model_of_ones_own_can_judge(tmp_path: Path):
    copytree(shipped_folder(), tmp_path, dirs_exist_ok=True)
    given = []
    for model in ("policy", tmp_path):
        out = io.BytesIO()
        assert scored(lines({"id": 1, "text": "办事效率太低"}), out, model)
        given.append(answers(out))
    assert given[0] == given[1]
    with pytest.raises(WrongUse, match="没有这个程序能用的模型"):
        scored(lines({"id": 1, "text": "办事效率太低"}), io.BytesIO(), tmp_path / "none")


def test_a_bad_line_is_one_error_and_the_rest_is_scored():
    out = io.BytesIO()
    rows = [{"id": "a", "text": "支持"}, "{oops", {"id": "b"}, "[]", "", {"id": "c", "text": "反对"}, {"text": 5}]
    assert not scored(lines(*rows), out, "policy")
    given = answers(out)
    assert [answer.get("line", answer.get("id")) for answer in given] == ["a", 2, 3, 4, "c", 7]
    assert [answer.get("label") for answer in given] == ["positive", None, None, None, "negative", None]
    assert given[2]["error"].startswith("这一行没有 text，")
    assert given[5]["error"].startswith("这一行的 text 不是加了引号的文字，")


def test_the_mark_that_windows_begins_a_file_with_is_no_fault():
    out = io.BytesIO()
    assert scored(
        [line for row in ("支持", "反对") for line in lines("\ufeff" + json.dumps({"id": row, "text": row}))],
        out,
        "policy",
    )
    assert [(answer["id"], answer["label"]) for answer in answers(out)] == [("支持", "positive"), ("反对", "negative")]


def test_an_id_that_would_not_come_out_as_it_came_in_is_refused():
    out = io.BytesIO()
    assert not scored(lines({"id": 2**63, "text": "支持"}, {"id": 2**64, "text": "支持"}), out, "policy")
    known, other = answers(out)
    assert known["id"] == 2**63
    assert other == {"line": 2, "error": "这一行的 id 是小数，或者是太长的数字，请给它加上引号。"}


def test_another_encoding_than_utf_8_is_named():
    out = io.BytesIO()
    assert not scored(['{"id": 1, "text": "支持"}'.encode("gbk")], out, "policy")
    assert "UTF-8" in answers(out)[0]["error"]


def test_what_cannot_be_judged_says_why():
    out = io.BytesIO()
    assert scored(lines({"id": 1, "text": " "}, {"id": 2, "text": "123 OK!"}), out, "policy")
    assert [(answer["label"], answer["score"], answer["reason"]) for answer in answers(out)] == [
        ("unknown", None, "empty"),
        ("unknown", None, "no-han"),
    ]


def test_each_line_says_stance_and_intents():
    out = io.BytesIO()
    rows = [
        {"id": 1, "text": "坚决反对！"},
        {"id": 2, "text": "支持加装电梯。请问什么时候开始申请？"},
        {"id": 3, "text": "咨询一下"},
        {"id": 4, "text": ""},
    ]
    assert scored(lines(*rows), out, "policy", ("老旧小区加装电梯", "加装电梯"))
    given = answers(out)
    assert [answer["stance"] for answer in given] == ["oppose", "support", "unclear", "unclear"]
    assert "question" in given[1]["intent"]
    assert given[3]["intent"] == ["other"]
    assert list(given[0]) == ["id", "score", "label", "snownlp", "model", "stance", "intent"]


def test_the_command_tells_of_bad_lines_and_leaves_with_1(installation: Installation):
    installation.write()
    file = installation.data / "lines.jsonl"
    file.write_bytes(b"".join(lines({"id": 1, "text": "支持加装电梯"}, "oops", {"id": 2, "text": "反对"})))
    ended = installation.run("score", "--policy", "lift", str(file))
    assert ended.code == 1
    given = [json.loads(line) for line in ended.out.splitlines()]
    assert [answer.get("stance") for answer in given] == ["support", None, "oppose"]
    assert given[1]["line"] == 2
    unknown = installation.run("score", "--policy", "lifts", str(file))
    assert (unknown.code, unknown.out) == (2, "")
    assert "已有：lift" in unknown.err


def command(installation: Installation, count: int, said: str) -> subprocess.CompletedProcess[str]:
    """`lianxin score` on so many lines, which are `$1`; the rest is said to the shell."""
    installation.write()
    file = installation.data / "lines.jsonl"
    file.write_bytes(b"".join(lines(*({"id": number, "text": "办事效率太低"} for number in range(count)))))
    return subprocess.run(
        ["bash", "-o", "pipefail", "-c", f'"$0" -m lianxin score {said}', sys.executable, str(file)],
        env={**os.environ, "LIANXIN_DATA": str(installation.data), "PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the disk that is always full is a Linux thing")
@pytest.mark.parametrize("count", [3, 2000])
def test_a_full_disk_is_one_sentence(installation: Installation, count: int):
    ended = command(installation, count, "$1 > /dev/full")
    assert ended.returncode == 3
    assert ended.stderr == "错误：写不下结果（No space left on device），没有打完分。请检查磁盘是否已满，再运行一次。\n"


@pytest.mark.skipif(sys.platform == "win32", reason="descriptors are closed otherwise")
def test_a_closed_output_is_refused_before_anything_is_scored(installation: Installation):
    ended = command(installation, 3, "$1 >&-")
    assert ended.returncode == 2
    assert ended.stderr == (
        "错误：标准输出是关着的，打的分没有地方写。请写到文件里：lianxin score 输入文件 > 结果文件。\n"
    )


@pytest.mark.skipif(sys.platform == "win32", reason="descriptors are closed otherwise")
def test_a_closed_input_is_told(installation: Installation):
    ended = command(installation, 0, "<&-")
    assert ended.returncode == 2
    assert ended.stderr == "错误：标准输入是关着的，没有可读的。请写上文件：lianxin score 输入文件。\n"


def test_a_file_that_is_not_there_is_told(installation: Installation):
    ended = installation.run("score", "nowhere.jsonl")
    assert ended.code == 2
    assert ended.err == "错误：没有找到文件 nowhere.jsonl，请核对名字和所在的文件夹。\n"


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (OSError(errno.EIO, "Input/output error"), "Input/output error"),
        (OSError("cut"), "cut"),
        (OSError(), "OSError"),
    ],
    ids=["numbered", "worded", "bare"],
)
def test_an_input_that_cannot_be_read_on_is_one_sentence(error: OSError, why: str):
    def read() -> Iterator[bytes]:
        yield from lines({"id": 1, "text": "支持"})
        raise error

    with pytest.raises(ServiceAway) as told:
        scored(read(), io.BytesIO(), "policy")
    assert str(told.value) == f"读不了输入（{why}），没有打完分。请检查输入的文件和它所在的磁盘，再运行一次。"


def test_what_is_missing_of_snownlp_is_not_told_as_a_full_disk(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    def torn(_: Sequence[str], __: Model) -> list[Score]:
        raise FileNotFoundError(errno.ENOENT, "No such file or directory", "stopwords.txt")

    monkeypatch.setattr(scoring, "feel", torn)
    monkeypatch.setattr(scoring, "load_config", lambda: Config(data=Path("none")))
    file = tmp_path / "lines.jsonl"
    file.write_bytes(b"".join(lines({"id": 1, "text": "支持"})))
    with pytest.raises(FileNotFoundError, match="stopwords"):
        scoring.score_lines(file)


@pytest.mark.skipif(sys.platform == "win32", reason="pipes that close are told of otherwise")
@pytest.mark.parametrize("count", [3, 2000])
def test_a_reader_that_goes_ends_it_without_a_word(installation: Installation, count: int):
    ended = command(installation, count, "$1 | true")
    assert (ended.returncode, ended.stderr) == (1, "")


def test_stock_snownlp_can_be_asked_instead():
    out = io.BytesIO()
    assert scored(lines({"id": 1, "text": "支持"}), out, "snownlp")
    (answer,) = answers(out)
    assert answer["model"] == "snownlp-0.12.3"
    assert answer["score"] == answer["snownlp"]
