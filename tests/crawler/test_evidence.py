"""The file in which answers are kept: who may read it, what a kill leaves, how long it stays."""

import gzip
import os
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from scrapy import FormRequest, Request

from crawler.config import Config
from crawler.errors import ServiceAway, WrongUse
from crawler.evidence import Answer, Evidence, EvidenceWriter, digest_of, evidence_path, forget_old, kept_run

RUN = "board:20261201T040501.000000Z"
AT = datetime(2026, 12, 1, 4, 5, 2, tzinfo=UTC)


def answer(asked: str, body: str | None = "{}", status: int = 200) -> Answer:
    return Answer(asked, "http://a/b", AT, status, "text/html; charset=utf-8", ("JSESSIONID",), body)


def kept(config: Config, *answers: Answer, run: str = RUN) -> Path:
    writer = EvidenceWriter(evidence_path(config, run))
    writer.keep_told({"waiting": None})
    for each in answers:
        writer.keep(each)
    writer.close()
    return evidence_path(config, run)


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(data=tmp_path)


def test_what_is_kept_is_read_again(config: Config) -> None:
    big = answer("2", "半\ud83d" + "晒被子" * 100_000)
    path = kept(config, answer("1"), big, answer("3", None, status=403))
    evidence = Evidence(config, RUN)
    assert [evidence.answer(asked) for asked in "1234"] == [answer("1"), big, answer("3", None, status=403), None]
    assert (evidence.begun, evidence.told) == (datetime(2026, 12, 1, 4, 5, 1, tzinfo=UTC), {"waiting": None})
    assert path.name == "board-20261201T040501.000000Z.jsonl.gz"


@pytest.mark.skipif(os.name != "posix", reason="modes are a POSIX thing")
def test_nobody_else_may_read_it(config: Config) -> None:
    assert stat.S_IMODE(kept(config, answer("1")).stat().st_mode) == 0o600


def test_it_is_a_gzip_file_as_any(config: Config) -> None:
    assert len(gzip.decompress(kept(config, answer("1"), answer("2")).read_bytes()).splitlines()) == 3


def test_of_a_killed_crawl_all_but_the_last_line_is_read(config: Config) -> None:
    path = kept(config, answer("1"), answer("2"))
    whole = path.read_bytes()
    path.write_bytes(whole + whole[:40])
    assert Evidence(config, RUN).answer("2") == answer("2")
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        assert Evidence(config, RUN).answer("2") is None
    path.write_bytes(whole + bytes(512))
    assert Evidence(config, RUN).answer("2") == answer("2")


def test_the_later_answer_counts(config: Config) -> None:
    kept(config, answer("1", "a"), answer("1", "b"))
    assert Evidence(config, RUN).answer("1").body == "b"


def test_a_question_is_its_method_address_and_body() -> None:
    asked = [
        Request("http://a/?b=1"),
        Request("http://a/?b=2"),
        Request("http://a/?b=1", method="POST"),
        FormRequest("http://a/?b=1", formdata={"c": "1"}),
    ]
    assert len({digest_of(request) for request in asked}) == 4
    assert digest_of(Request("http://a/?b=1", cookies={"SUB": "1"}, headers={"Referer": "x"})) == digest_of(asked[0])


def test_what_is_older_than_it_may_be_is_deleted(config: Config) -> None:
    old, new = kept(config, run="board:20261101T000000.000000Z"), kept(config, answer("1"))
    now = datetime.now(UTC)
    aged = (now - timedelta(days=7, minutes=1)).timestamp()
    os.utime(old, (aged, aged))
    forget_old(config, now)
    assert (old.exists(), new.exists()) == (False, True)
    forget_old(config.model_copy(update={"evidence_days": 0}), now)
    assert not new.exists()


def test_what_another_crawl_deleted_meanwhile_is_passed_over(config: Config) -> None:
    old = kept(config)
    (config.evidence_folder / "gone.jsonl.gz").symlink_to("nowhere")  # it is listed, and is not there when looked at
    forget_old(config, datetime.now(UTC) + timedelta(days=8))
    assert not old.exists()


def test_what_cannot_be_deleted_is_said_and_keeps_nothing_else(config: Config) -> None:
    others = [kept(config, run=f"{board}:20261101T000000.000000Z") for board in ("a", "z")]
    for name in ("b.jsonl.gz", "c.jsonl.gz"):
        (config.evidence_folder / name).mkdir()
    with pytest.raises(ServiceAway, match=r"读写不了 .*/b\.jsonl\.gz（"):
        forget_old(config, datetime.now(UTC) + timedelta(days=8))
    assert [path.exists() for path in others] == [False, False]


def test_a_run_without_evidence_lists_those_with(config: Config) -> None:
    with pytest.raises(WrongUse, match="一次也没有留下"):
        kept_run(config, "board", "last")
    kept(config)
    kept(config, run="board:20261130T000000.000000Z")
    kept(config, run="board-2:20261202T000000.000000Z")
    assert kept_run(config, "board", "last") == kept_run(config, "board", RUN) == RUN
    with pytest.raises(
        WrongUse, match="留有的：board:20261130T000000.000000Z、board:20261201T040501.000000Z。".replace(".", r"\.")
    ):
        kept_run(config, "board", "board:20260101T000000.000000Z")


@pytest.mark.parametrize("days", ["-1", "91", "一周", "2.5"])
def test_days_are_few(days: str) -> None:
    with pytest.raises(ValueError, match="应写 0 到 90 的整数"):
        Config(evidence_days=days)
