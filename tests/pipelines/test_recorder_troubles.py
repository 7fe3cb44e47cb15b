"""A slow, full or missing disk: nothing waits for it, nothing counts before it is there, each trouble is a sentence."""

import errno
import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from threading import Event

import orjson
import pytest

from crawler.config import Config
from crawler.errors import ServiceAway
from crawler.items import Comment
from crawler.ledger import Ledger
from crawler.runs import Run, Tally
from pipelines import journal
from pipelines import recorder as recorder_module
from pipelines.journal import JournalWriter, read
from pipelines.recorder import Recorder
from tests.pipelines.recording import COMMENT, killed, opened, run, take


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(data=tmp_path)


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
        note(*given)

    recorder._ledger.note = busy
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
    assert recorder.tally.ending.result is None


def test_a_run_whose_end_the_ledger_cannot_note_is_not_complete(config: Config) -> None:
    tally = Tally("thread", "isso")
    recorder = opened(config, tally)
    take(recorder, config, COMMENT)
    recorder.flush().result()
    recorder._thread.submit(recorder._ledger.close).result()
    with pytest.raises(ServiceAway, match="台账写不进去"):
        recorder.close("finished").result()
    assert tally.ending.result is None
    assert recorder._journal._file.closed
    with Ledger(config.ledger_path) as ledger:
        assert ledger.history(Tally("thread", "isso")).usual is None
    runs = [entry.event for entry in read(config.journal_folder) if isinstance(entry.event, Run)]
    assert [each.outcome for each in runs] == ["failed"]
    assert run(config, COMMENT).unchanged == 1


def test_what_a_run_was_made_of_and_could_not_be_kept_is_said(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(*_: object) -> None:
        raise ServiceAway("台账写不进去（database is locked）。")

    monkeypatch.setattr(Ledger, "note_profile", busy)
    said = "内容都已存好；这次的回答是什么样没有记下来，以后的采集少一次可比：台账写不进去（database is locked）。"
    tally = run(config, COMMENT)
    runs = [entry.event for entry in read(config.journal_folder) if isinstance(entry.event, Run)]
    assert tally.ending.result == runs[-1]
    assert (runs[-1].outcome, runs[-1].reason) == ("complete", said)


def test_a_refused_item_counts_when_it_is_on_disk(config: Config) -> None:
    tally = Tally("thread", "isso", fetched=2, asked=1, answered=1)
    recorder = opened(config, tally)
    config.rejected_folder.write_text("in the way")
    recorder.reject(COMMENT, "空的")
    with pytest.raises(ServiceAway, match="读写不了"):
        recorder.flush().result()
    assert tally.rejected == 0
    config.rejected_folder.unlink()
    recorder.reject(replace(COMMENT, id="isso:thread:2"), "空的")
    run_record = recorder.close("finished").result()
    assert (tally.rejected, run_record.rejected, run_record.outcome) == (2, 2, "failed")
    (path,) = config.rejected_folder.iterdir()
    kept = [orjson.loads(line) for line in path.read_bytes().splitlines()]
    assert [(line["reason"], line["data"]["id"]) for line in kept] == [("空的", COMMENT.id), ("空的", "isso:thread:2")]


def test_a_run_whose_refused_items_cannot_be_kept_has_no_end(config: Config) -> None:
    recorder = opened(config, Tally("thread", "isso", fetched=1))
    config.rejected_folder.write_text("in the way")
    recorder.reject(COMMENT, "空的")
    with pytest.raises(ServiceAway, match="读写不了"):
        recorder.close("finished").result()
    assert recorder.tally.ending.result is None


def test_many_refused_items_do_not_wait_for_the_end(config: Config) -> None:
    recorder = opened(config, Tally("thread", "isso"))
    for number in range(recorder_module.BATCH):
        assert not recorder.full
        recorder.reject(replace(COMMENT, id=f"isso:thread:{number}"), "空的")
    assert recorder.full
    recorder.flush().result()
    assert (recorder.full, recorder.tally.rejected) == (False, recorder_module.BATCH)
    killed(recorder)
