"""The recorder stores each version of an item once, counts everything, and keeps what it refuses aside, masked."""

import errno
import json
import os
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

import pytest

from crawler.config import Config
from crawler.errors import ServiceAway
from crawler.items import Comment
from crawler.ledger import Ledger
from crawler.runs import Run, Tally
from pipelines import journal
from pipelines import recorder as recorder_module
from pipelines.journal import JournalWriter, read
from pipelines.masking.pseudonyms import Pseudonyms, read_or_make_key
from pipelines.preparing import prepare
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


def take(recorder: Recorder, config: Config, item: Comment) -> None:
    """As the steps do."""
    pseudonyms = Pseudonyms(read_or_make_key(config.key_path))
    try:
        masked, marks = prepare(item, pseudonyms)
    except Rejected as rejected:
        recorder.reject(item, rejected.reason)
        return
    recorder.tally.masks.update(marks)
    recorder.record(masked)


def opened(config: Config, tally: Tally) -> Recorder:
    recorder = Recorder(config, tally)
    recorder.open().result()
    return recorder


def killed(recorder: Recorder) -> None:
    """Let go of its files and write nothing more, as a killed process does."""
    recorder._known.close()
    recorder._thread.submit(recorder._journal.close)
    recorder._thread.submit(recorder._ledger.close).result()
    recorder._thread.shutdown()


def run(config: Config, *items: Comment) -> Tally:
    tally = Tally("thread", "isso")
    recorder = opened(config, tally)
    for item in items:
        tally.asked += 1
        tally.answered += 1
        tally.fetched += 1
        take(recorder, config, item)
    recorder.close("finished").result()
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
    assert tally.result is not None
    assert (tally.result.outcome, tally.result.fetched) == ("failed", 1)
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
    tally = run(config, replace(COMMENT, **changes))  # type: ignore[arg-type]
    kept = json.dumps(rejected_file(config), ensure_ascii=False)
    assert tally.rejected == 1
    assert "王建国" not in kept
    assert "13812345678" not in kept
    assert "isso:thread:1" in kept


def test_one_refused_item_among_good_ones_makes_the_run_partial(config: Config) -> None:
    tally = run(config, COMMENT, replace(COMMENT, id="isso:thread:2", likes=-1))
    assert tally.result is not None
    assert (tally.result.outcome, tally.result.stored, tally.result.rejected) == ("partial", 1, 1)


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


def test_a_ledger_that_cannot_take_note_does_not_make_the_journal_say_things_twice(config: Config) -> None:
    tally = Tally("thread", "isso")
    recorder = opened(config, tally)
    take(recorder, config, COMMENT)
    recorder._thread.submit(recorder._ledger.close).result()
    with pytest.raises(ServiceAway, match="台账写不进去"):
        recorder.flush().result()
    assert (tally.stored, recorder._waiting) == (1, [])
    killed(recorder)
    assert [entry.event.id for entry in read(config.journal_folder) if isinstance(entry.event, Comment)] == [COMMENT.id]
    assert run(config, COMMENT).unchanged == 1


class Held(JournalWriter):
    """A journal on a slow disk, and sometimes a full one."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.reached, self.go_on, self.full = Event(), Event(), False

    def append(self, events: Sequence[journal.Event]) -> None:
        if any(isinstance(event, Comment) for event in events):
            self.reached.set()
            assert self.go_on.wait(10)
        if self.full:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        super().append(events)


@pytest.fixture
def slow(config: Config, monkeypatch: pytest.MonkeyPatch) -> Recorder:
    monkeypatch.setattr(recorder_module, "JournalWriter", Held)
    return opened(config, Tally("thread", "isso"))


def test_nothing_waits_for_the_disk_and_nothing_counts_before_it_is_there(config: Config, slow: Recorder) -> None:
    take(slow, config, COMMENT)
    writing = slow.flush()
    assert slow._journal.reached.wait(10)
    take(slow, config, COMMENT)
    take(slow, config, replace(COMMENT, text="改过的话"))
    assert (writing.done(), slow.tally.stored, slow.tally.unchanged) == (False, 0, 1)
    slow._journal.go_on.set()
    writing.result()
    assert slow.tally.stored == 1
    take(slow, config, replace(COMMENT, text="改过的话"))
    slow.tally.fetched = slow.tally.asked = slow.tally.answered = 4
    assert slow.close("finished").result().outcome == "complete"
    assert (slow.tally.stored, slow.tally.unchanged) == (2, 2)
    assert [each.event.text for each in read(config.journal_folder) if isinstance(each.event, Comment)] == [
        "请回电 [电话]，我叫[姓名]",
        "改过的话",
    ]


def test_what_a_full_disk_refused_waits_in_its_order_and_counts_when_it_is_written(
    config: Config, slow: Recorder
) -> None:
    slow._journal.go_on.set()
    slow._journal.full = True
    take(slow, config, COMMENT)
    with pytest.raises(ServiceAway, match="No space"):
        slow.flush().result()
    assert slow.tally.stored == 0
    take(slow, config, replace(COMMENT, text="改过的话"))
    slow._journal.full = False
    slow.close("finished").result()
    assert slow.tally.stored == 2
    texts = [each.event.text for each in read(config.journal_folder) if isinstance(each.event, Comment)]
    assert texts[-1] == "改过的话"
    assert run(config, replace(COMMENT, text="改过的话")).unchanged == 1


def test_what_the_ledger_could_not_note_comes_with_the_next_batch(config: Config) -> None:
    recorder = opened(config, Tally("thread", "isso"))
    note, notes = recorder._ledger.note, iter([ServiceAway("台账写不进去。")])

    def busy(*given: object) -> None:
        for trouble in notes:
            raise trouble
        note(*given)  # type: ignore[arg-type]

    recorder._ledger.note = busy  # type: ignore[method-assign, assignment]
    take(recorder, config, COMMENT)
    with pytest.raises(ServiceAway):
        recorder.flush().result()
    recorder.close("finished").result()
    assert run(config, COMMENT).unchanged == 1


@pytest.mark.parametrize("where", ["journal", "ledger.sqlite"])
def test_what_keeps_a_recorder_from_opening_is_one_sentence(config: Config, where: str) -> None:
    recorder = Recorder(config, Tally("thread", "isso"))
    for path in config.data.glob(f"{where}*"):
        path.unlink()
    (config.data / where).symlink_to(config.data / "gone" / "away")
    with pytest.raises(ServiceAway, match=r"读写不了|打不开"):
        recorder.open().result()
    assert list(config.data.glob("journal/*")) == []


def test_a_disk_that_is_full_at_the_opening_leaves_nothing_open(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Full(JournalWriter):
        def append(self, events: Sequence[journal.Event]) -> None:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(recorder_module, "JournalWriter", Full)
    recorder = Recorder(config, Tally("thread", "isso"))
    with pytest.raises(ServiceAway, match="No space"):
        recorder.open().result()
    assert recorder._journal._file.closed
    assert recorder.tally.result is None


def test_a_run_whose_end_the_ledger_cannot_note_is_not_complete(config: Config) -> None:
    tally = Tally("thread", "isso")
    recorder = opened(config, tally)
    take(recorder, config, COMMENT)
    recorder.flush().result()
    recorder._thread.submit(recorder._ledger.close).result()
    with pytest.raises(ServiceAway, match="台账写不进去"):
        recorder.close("finished").result()
    assert tally.result is None
    assert recorder._journal._file.closed
    with Ledger(config.ledger_path) as ledger:
        assert ledger.usual("thread") is None
    runs = [entry.event for entry in read(config.journal_folder) if isinstance(entry.event, Run)]
    assert [each.outcome for each in runs] == ["failed"]
    assert run(config, COMMENT).unchanged == 1


def test_the_digest_sees_words_and_marks_but_not_when_they_were_collected() -> None:
    assert digest_of(COMMENT) == digest_of(replace(COMMENT, collected_at=datetime(2027, 1, 1, tzinfo=UTC), run="x"))
    assert digest_of(COMMENT) != digest_of(replace(COMMENT, likes=4))
