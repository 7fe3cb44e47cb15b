"""The recorder stores each version of an item once, counts everything, and keeps what it refuses aside, masked."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crawler.config import Config
from crawler.items import Comment
from crawler.runs import Tally
from pipelines import recorder as recorder_module
from pipelines.digests import digest_of
from pipelines.journal import read
from tests.pipelines.recording import COMMENT, killed, opened, run


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(data=tmp_path)


def test_nothing_personal_reaches_the_disk(config: Config) -> None:
    tally = run(config, COMMENT)
    written = b"".join(path.read_bytes() for path in config.data.rglob("*") if path.is_file()).decode(
        "utf-8", "replace"
    )
    for personal in ("13800001234", "王建国", "楼上的猫"):
        assert personal not in written
    assert tally.masks == {"[电话]": 1, "[姓名]": 1}
    assert tally.ending.result is not None
    assert (tally.ending.result.outcome, tally.ending.result.masked) == ("complete", 2)


def test_the_same_words_are_stored_once(config: Config) -> None:
    assert run(config, COMMENT).stored == 1
    later = replace(
        COMMENT, collected_at=datetime(2026, 7, 1, tzinfo=UTC), run="thread:2", url="http://127.0.0.1:81/a#1"
    )
    again = run(config, later)
    assert (again.stored, again.unchanged) == (0, 1)


def test_changed_words_are_a_new_version(config: Config) -> None:
    run(config, COMMENT)
    again = run(config, replace(COMMENT, text="改过的话"))
    assert (again.stored, again.unchanged) == (1, 0)


def test_one_run_that_brings_an_item_twice_stores_it_once(config: Config) -> None:
    tally = run(config, COMMENT, COMMENT)
    assert (tally.fetched, tally.stored, tally.unchanged) == (2, 1, 1)


def test_a_lost_ledger_is_caught_up_from_the_journal(config: Config) -> None:
    run(config, COMMENT)
    for path in config.data.glob("ledger.sqlite*"):
        path.unlink()
    assert run(config, COMMENT).unchanged == 1


def test_a_long_segment_is_caught_up_some_at_a_time(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recorder_module, "AT_ONCE", 2)
    items = [replace(COMMENT, id=f"isso:thread:{number}") for number in range(5)]
    run(config, *items)
    for path in config.data.glob("ledger.sqlite*"):
        path.unlink()
    assert run(config, *items).unchanged == 5


def test_what_a_killed_run_had_written_counts_for_the_next(config: Config) -> None:
    """The journal holds the item, the ledger never heard of it: as after a SIGKILL between the two."""
    tally = Tally("thread", "isso")
    recorder = opened(config, tally)
    recorder._journal.append([replace(COMMENT, text="请回电 [电话]，我叫[姓名]", author=None)])
    killed(recorder)
    masked_again = replace(COMMENT, author=None)
    assert run(config, masked_again).unchanged == 1


def rejected_file(config: Config) -> dict[str, object]:
    (path,) = config.rejected_folder.glob("*.jsonl")
    return json.loads(path.read_text(encoding="utf-8"))


def test_a_refused_item_is_kept_aside_masked_with_its_reason(config: Config) -> None:
    tally = run(config, replace(COMMENT, posted_at=datetime(1899, 1, 1, tzinfo=UTC)))
    kept = rejected_file(config)
    assert "早于 1990 年" in kept["reason"]
    assert kept["data"]["text"] == "请回电 [电话]，我叫[姓名]"
    assert kept["data"]["author"].startswith("~")
    assert tally.rejected == 1
    assert tally.ending.result is not None
    assert (tally.ending.result.outcome, tally.ending.result.fetched) == ("failed", 1)
    assert all(not isinstance(entry.event, Comment) for entry in read(config.journal_folder))


@pytest.mark.parametrize(
    "changes",
    [
        {"text": None},
        {"title": {"姓名": "王建国局长 13812345678"}},
        {"domain": ["王建国局长 13812345678"]},
        {"author": 13812345678},
        {"author_region": 7, "text": "王建国局长 13812345678"},
        {"url": "http://127.0.0.1/\ud83d", "likes": -1},
        {"likes": 10**10},
        {"category": "好" * 20_000},
        {"status": "王建国局长 13812345678" * 40},
    ],
)
def test_whatever_is_refused_leaves_nothing_personal_and_is_always_kept(
    config: Config, changes: dict[str, object]
) -> None:
    tally = run(config, replace(COMMENT, **changes))
    kept = json.dumps(rejected_file(config), ensure_ascii=False)
    assert tally.rejected == 1
    assert "王建国" not in kept
    assert "13812345678" not in kept
    assert "isso:thread:1" in kept


def test_one_refused_item_among_good_ones_makes_the_run_partial(config: Config) -> None:
    tally = run(config, COMMENT, replace(COMMENT, id="isso:thread:2", likes=-1))
    assert tally.ending.result is not None
    assert (tally.ending.result.outcome, tally.ending.result.stored, tally.ending.result.rejected) == ("partial", 1, 1)


def test_every_free_text_is_masked(config: Config) -> None:
    run(config, replace(COMMENT, category="王建国局长", status="请找 13812345678", domain="李秀英主任"))
    journal = b"".join(path.read_bytes() for path in config.journal_folder.glob("*.jsonl")).decode()
    assert '"category":"[姓名]局长"' in journal
    assert '"status":"请找 [电话]"' in journal
    assert '"domain":"[姓名]主任"' in journal


def test_a_restored_older_journal_makes_the_ledger_begin_anew(config: Config) -> None:
    """The journal is lost, the ledger is not: what is not there must not count as stored."""
    run(config, COMMENT)
    for path in config.journal_folder.glob("*.jsonl"):
        path.unlink()
    assert run(config, COMMENT).stored == 1
    assert [entry.event.id for entry in read(config.journal_folder) if isinstance(entry.event, Comment)] == [COMMENT.id]


def test_the_digest_sees_words_and_marks_but_not_when_they_were_collected() -> None:
    assert digest_of(COMMENT) == digest_of(replace(COMMENT, collected_at=datetime(2027, 1, 1, tzinfo=UTC), run="x"))
    assert digest_of(COMMENT) != digest_of(replace(COMMENT, likes=4))


def test_a_vague_time_that_is_told_otherwise_is_no_new_version() -> None:
    noon = datetime(2026, 6, 1, 4, tzinfo=UTC)
    hours_ago = replace(COMMENT, posted_at=noon, posted_precision="minute")
    for at, precision in ((noon + timedelta(minutes=40), "minute"), (noon - timedelta(hours=12), "day")):
        assert digest_of(hours_ago) == digest_of(replace(COMMENT, posted_at=at, posted_precision=precision))
    for at, precision in ((noon + timedelta(hours=12), "day"), (noon, "second")):
        assert digest_of(hours_ago) != digest_of(replace(COMMENT, posted_at=at, posted_precision=precision))
