"""Comments made to break things travel from a server to the journal, index, page and exports, and stay inert."""

import csv
import io
import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import pytest

from crawler.town.corpus import ZONE, Town, TownPost, Utterance
from crawler.town.server import Answered, Answering, Asked, TownServer, answering
from tests.installation import Finished, Installation

AT = datetime(2026, 7, 5, 9, tzinfo=ZONE)
HOSTILE: Mapping[str, str] = {
    "template": "{{ 7*7 }} {% now %} ${7*7}",
    "script": "<script>document.title='偷'</script><img src=x onerror=alert(1)>加装电梯",
    "formula": '=cmd|"/c calc"!A1',
    "formula behind a blank": " +SUM(1,2)",
    "tab formula": "\t@SUM(A1)",
    "long": "好" * 100_000,
    "one long word": "a" * 100_000,
    "emoji only": "😀😡👨\u200d👩\u200d👧🇨🇳",
    "right to left": "\u202eניסיון\u202c بسم الله 电梯",
    "zalgo": "好" + "\u0301\u0302\u0303" * 500 + "梯",
    "quotes": "说\"好\"，'真的', a;b\n第二行",
}
NUL = "前\x00后"
SURROGATE = "前\ud83d后"
EMPTY = ("", " \n\t ", "\u200b\u200b")


def post(texts: list[str]) -> TownPost:
    comments = tuple(
        Utterance(AT, f"网友{number}", text, len(texts) - number, 0, "neutral", (), ())
        for number, text in enumerate(texts)
    )
    return TownPost("lift", "hostile", AT.replace(hour=8), "示例县", "加装电梯公告", "正文", comments)


def with_lone_surrogates(answer: Answering) -> Answering:
    """JSON can carry half a surrogate pair as an escape; Python's own encoder writes it that way."""

    def escaped(asked: Asked) -> Answered:
        answered = answer(asked)
        if asked.path != "/isso/":
            return answered
        return Answered(answered.body.replace("半个字符".encode(), json.dumps(SURROGATE)[1:-1].encode()))

    return escaped


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Installation, Finished]:
    installation = Installation(tmp_path_factory.mktemp("hostile") / "data")
    town = Town((post([*HOSTILE.values(), NUL, "半个字符", *EMPTY]),), ())
    with TownServer(with_lone_surrogates(answering(town))) as server:
        installation.write_thread(server.url, f"{server.url}/isso")
        return installation, installation.run("crawl", "thread")


def texts(installation: Installation) -> list[str]:
    return [comment.text for comment in installation.comments()]


def test_all_but_the_empty_ones_are_stored_and_those_are_said(crawled: tuple[Installation, Finished]) -> None:
    installation, ended = crawled
    (run,) = installation.runs()
    assert (ended.code, run.outcome) == (1, "partial"), run.reason
    assert "拒收 3 条" in run.reason
    assert (run.stored, run.rejected) == (1 + len(HOSTILE) + 2, len(EMPTY))


@pytest.mark.parametrize(
    "name", ["script", "formula", "long", "one long word", "emoji only", "zalgo", "template", "quotes"]
)
def test_what_people_typed_is_kept(crawled: tuple[Installation, Finished], name: str) -> None:
    assert HOSTILE[name] in texts(crawled[0])


def test_what_nobody_sees_is_taken_out(crawled: tuple[Installation, Finished]) -> None:
    kept = texts(crawled[0])
    assert "前后" in kept
    assert "前\ufffd后" in kept
    assert "ניסיון بسم الله 电梯" in kept
    assert "+SUM(1,2)" in kept


def test_the_csv_runs_nothing(crawled: tuple[Installation, Finished], tmp_path: Path) -> None:
    path = tmp_path / "hostile.csv"
    assert crawled[0].run("export", "lift", "--format", "csv", "--out", str(path)).code == 0
    csv.field_size_limit(1_000_000)
    cells = [cell for row in csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"))) for cell in row]
    assert not [cell for cell in cells if cell[:1] in {"=", "+", "-", "@", "\t", "\r"}]
    assert "'" + HOSTILE["formula"] in cells
    assert HOSTILE["long"] in cells
    assert HOSTILE["quotes"] in cells


def test_the_html_runs_nothing(crawled: tuple[Installation, Finished], tmp_path: Path) -> None:
    path = tmp_path / "hostile.html"
    assert crawled[0].run("export", "lift", "--format", "html", "--out", str(path)).code == 0
    html = path.read_text(encoding="utf-8")
    assert "<script" not in html
    assert "onerror=alert(1)&gt;" in html
