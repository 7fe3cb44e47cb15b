"""The recorder stores each version of an item once, counts everything, and keeps what it refuses aside, masked."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crawler.config import Config
from crawler.items import Comment
from crawler.runs import Tally
from pipelines.journal import read
from pipelines.recorder import Recorder, digest_of
from pipelines.steps import Rejected

AT = datetime(2026, 6, 3, 12, 15, 44, tzinfo=UTC)
COMMENT = Comment(
    id="isso:thread:1", platform="isso", source="thread", kind="comment", text="请回电 13800001234，我叫王建国",
    url="http://127.0.0.1/a#1", posted_at=AT, collected_at=AT, run="thread:1", author="楼上的猫", likes=3,
)  # fmt: skip


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(data=tmp_path)


def run(config: Config, *items: Comment) -> Tally:
    tally = Tally("thread", "isso")
    recorder = Recorder(config, tally)
    for item in items:
        tally.asked += 1
        tally.answered += 1
        tally.fetched += 1
        recorder.take(item)
    recorder.close("finished")
    return tally


def test_nothing_personal_reaches_the_disk(config: Config) -> None:
    tally = run(config, COMMENT)
    written = b"".join(path.read_bytes() for path in config.data.rglob("*") if path.is_file()).decode(
        "utf-8", "replace"
    )
    for personal in ("13800001234", "王建国", "楼上的猫"):
        assert personal not in written
    assert tally.masks == {"[电话]": 1, "[姓名]": 1}
    assert tally.result is not None
    assert (tally.result.outcome, tally.result.masked) == ("complete", 2)


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


def test_what_a_killed_run_had_written_counts_for_the_next(config: Config) -> None:
    """The journal holds the item, the ledger never heard of it: as after a SIGKILL between the two."""
    tally = Tally("thread", "isso")
    recorder = Recorder(config, tally)
    recorder._journal.append([replace(COMMENT, text="请回电 [电话]，我叫[姓名]", author=None)])
    recorder._journal.close()
    recorder._ledger.close()
    masked_again = replace(COMMENT, author=None)
    assert run(config, masked_again).unchanged == 1


def test_a_refused_item_is_kept_aside_masked_with_its_reason(config: Config) -> None:
    tally = Tally("thread", "isso")
    recorder = Recorder(config, tally)
    tally.fetched += 1
    with pytest.raises(Rejected):
        recorder.take(replace(COMMENT, posted_at=datetime(1899, 1, 1, tzinfo=UTC)))
    recorder.close("finished")
    (path,) = config.rejected_folder.glob("*.jsonl")
    kept = json.loads(path.read_text(encoding="utf-8"))
    assert "早于 1990 年" in kept["reason"]
    assert kept["data"]["text"] == "请回电 [电话]，我叫[姓名]"
    assert kept["data"]["author"].startswith("~")
    assert tally.rejected == 1
    assert all(not isinstance(entry.event, Comment) for entry in read(config.journal_folder))


def test_an_item_whose_text_is_no_text_is_kept_by_its_id(config: Config) -> None:
    tally = Tally("thread", "isso")
    recorder = Recorder(config, tally)
    with pytest.raises(Rejected):
        recorder.take(replace(COMMENT, text=None))  # type: ignore[arg-type]
    recorder.close("finished")
    (path,) = config.rejected_folder.glob("*.jsonl")
    assert json.loads(path.read_text(encoding="utf-8"))["data"] == {"id": "isso:thread:1"}


def test_the_digest_sees_words_and_marks_but_not_when_they_were_collected() -> None:
    assert digest_of(COMMENT) == digest_of(replace(COMMENT, collected_at=datetime(2027, 1, 1, tzinfo=UTC), run="x"))
    assert digest_of(COMMENT) != digest_of(replace(COMMENT, likes=4))
