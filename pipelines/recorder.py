"""The recorder: takes masked items of one run into the journal, and keeps that run's accounts.

Crawls and imports both end here. What the recorder says is stored is on disk. Waiting for the disk is done in a thread
of its own, one batch after the other, so that a crawl's reactor never stands still for it.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Literal

import orjson

from crawler.config import Config
from crawler.coverage import LETTERS, POSTS, Kept, Looked, Note, gaps_between
from crawler.errors import ServiceAway, on_disk
from crawler.items import Comment, Gone, Item, Reply
from crawler.labelling import StanceLabel
from crawler.ledger import MISSES, Ledger
from crawler.monitors import findings
from crawler.profiles import NEWEST, WHOLE, History
from crawler.registry import FILES
from crawler.runs import FEW, FEWER_THAN_USUAL, Run, Tally
from pipelines.digests import digest_of, kept, list_kept_in
from pipelines.files import append_safely
from pipelines.journal import Event, JournalWriter, bytes_of, read
from pipelines.masking.pseudonyms import Pseudonyms, read_or_make_key
from pipelines.preparing import kept_aside
from pipelines.sentences import masked

BATCH = 100
"""Items that are written at once."""

AT_ONCE = 10_000
"""Items of a segment that the ledger takes in at once."""

DAY = 86_400.0
"""Seconds. Where a list was looked through to a moment, what stands in the day after it may have been overlooked: some
platforms tell only days."""

Result = Literal["stored", "unchanged"]


class Recorder:
    """One run's way into the journal: `open`, `record` items or `reject` one, `flush` where it is `full`, then `close`.

    `record` and `reject` are for the thread that made the recorder, and do not wait for the disk. The other three are
    done in the recorder's own thread, in the order they were asked for; what they give says when, and raises
    ServiceAway where the disk refuses. What could not be written waits for the next `flush`. One that could not be
    opened is of no further use.
    """

    def __init__(self, config: Config, tally: Tally) -> None:
        self.tally = tally
        self._config = config
        self._pseudonyms = Pseudonyms(read_or_make_key(config.key_path))
        self._rejected_path = config.rejected_folder / f"{tally.run.replace(':', '-')}.jsonl"
        self._known = Ledger(config.ledger_path)  # the writing thread has a connection of its own
        self._thread = ThreadPoolExecutor(1, "recorder")
        self._flushing: Future[None] | None = None
        self._met: dict[str, set[str]] = {}  # the ids that showed, by list
        self._guard = Lock()  # over the next three, which both threads change
        self._waiting: list[tuple[Event, bytes]] = [(tally.opening(), b"")]
        self._refused: list[bytes] = []
        self._digests: dict[str, bytes] = {}

    def open(self) -> Future[None]:
        """Take in what the journal already holds, so that a run after a killed one stores nothing twice; then write
        the run's opening record."""
        return self._thread.submit(self._open)

    def record(self, items: Sequence[Item]) -> list[Result]:
        """Keep items that went through the steps. They count as stored in the tally when they are on disk."""
        for item in items:
            self.tally.covers(item.replied_at if isinstance(item, Reply) else item.posted_at)
            self.tally.heard += isinstance(item, Comment)
            self.tally.profile.took(item)
            if name := list_kept_in(item):
                self._met.setdefault(name, set()).add(item.id)
        digests = [digest_of(item) for item in items]
        with self._guard:
            stored = self._known.digests_of([item.id for item in items])
            return [
                self._take_in(item, digest, stored.get(item.id)) for item, digest in zip(items, digests, strict=True)
            ]

    def _take_in(self, item: Item, digest: bytes, stored: bytes | None) -> Result:
        if (self._digests.get(item.id) or stored) == digest:
            self.tally.unchanged += 1
            return "unchanged"
        self._digests[item.id] = digest
        self._waiting.append((item, digest))
        return "stored"

    @property
    def full(self) -> bool:
        """Whether so much waits that it should be written before more comes."""
        return len(self._waiting) + len(self._refused) + len(self.tally.lists.notes) >= BATCH

    def flush(self) -> Future[None]:
        """Write what is waiting; done when it, or what waited at an earlier call that is still at it, is on disk."""
        if self._flushing is None or self._flushing.done():
            self._flushing = self._thread.submit(self._write)
        return self._flushing

    def reject(self, item: Item, reason: str) -> None:
        """Keep a refused item aside, and the reason, both masked. It counts as rejected when it is on disk.

        It showed all the same, so that what is stored of it from before is not gone.
        """
        if isinstance(item.id, str) and (name := list_kept_in(item)):
            self._met.setdefault(name, set()).add(item.id)
        line = {
            "reason": masked(reason),
            "type": type(item).__name__.lower(),
            "data": kept_aside(item, self._pseudonyms),
        }
        with self._guard:
            self._refused.append(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))

    def close(self, finish_reason: str) -> Future[Run]:
        """Write what is waiting and the run's closing record, which becomes the tally's `result`."""
        self._known.close()
        closing = self._thread.submit(self._close, finish_reason)
        self._thread.shutdown(wait=False)
        return closing

    def _open(self) -> None:
        with ExitStack() as files:
            self._ledger = files.enter_context(Ledger(self._config.ledger_path))
            with on_disk(self._config.journal_folder):
                catch_up(self._ledger, self._config.journal_folder)
                self._journal = files.enter_context(JournalWriter(self._config.journal_folder))
            self._unnoted: list[Kept] = []
            self._write()
            self._files = files.pop_all()

    def _close(self, finish_reason: str) -> Run:
        with self._files:
            return self._written_out(finish_reason)

    def _written_out(self, finish_reason: str) -> Run:
        self._write()
        tally, profile = self.tally, self.tally.profile
        profile.requests, profile.extent = tally.requests, NEWEST if tally.lists.partly_read else WHOLE
        # Files have no usual size: after a year's export comes one with ten mended rows. Nor has what is read again.
        compared = tally.platform != FILES and tally.replayed is None
        history = self._ledger.history(tally) if compared else History()
        run = tally.closing(finish_reason, findings(tally, finish_reason, history), tuple(self._gaps()))
        if run.outcome == "complete" and compared:
            run = self._measured(run)
        run = replace(run, reason=masked(run.reason))  # it may quote the platform
        self._waiting.append((run, b""))
        self._write()
        tally.ending.result = run
        return run

    def _measured(self, run: Run) -> Run:
        """The closing record, once its profile is kept; where it cannot be, that is said in it."""
        try:
            self._ledger.note_profile(run, self.tally.profile, self.tally.settings_digest)
        except ServiceAway as trouble:
            lost = f"内容都已存好；这次的回答是什么样没有记下来，以后的采集少一次可比：{trouble}"
            return replace(run, reason=f"{run.reason} {lost}".strip())
        return run

    def _gaps(self) -> Iterator[str]:
        for name in (POSTS, LETTERS):
            for first, until in gaps_between(self._ledger.spans(self.tally.source, name), self._config.zone):
                yield f"{first}/{until}"

    def _write(self) -> None:
        """Journal first, then refused items; what was read counts as read when all it brought is on disk."""
        notes = self.tally.lists.notes[:]  # before the rest: what they speak of waits already, or is written
        self._write_journal()
        self._write_refused()
        for note in notes:
            self._take(note)
            self.tally.lists.notes.remove(note)

    def _take(self, note: Note) -> None:
        """Remember what was read of a list; of one that was looked through also what did not show in it."""
        if self.tally.replayed:
            return  # that was noted then
        if not isinstance(note, Looked):
            self._ledger.note_spans(self.tally.source, note.list, note.spans)
            self.tally.lists.joined |= note.joined
            return
        source, since = self.tally.source, note.since.timestamp() + DAY if note.since else 0.0
        before = self._ledger.missed_before(source, note.list, since)
        met = self._met.get(note.list, set()) | self.tally.lists.settled
        missing = {name: count + 1 for name, count in before.items() if name not in met}
        # A board that shows less than half of what it had is not well: nobody takes down so much at once.
        unwell = note.list in (POSTS, LETTERS) and len(missing) > max(FEW, len(before)) * FEWER_THAN_USUAL
        if not unwell:
            self._write_gone(note.list, [name for name, count in missing.items() if count >= MISSES])
            back = {name: 0 for name, count in before.items() if count and name in met}
            self._ledger.note_misses(source, note.list, back | missing)
        self._met.pop(note.list, None)
        self.tally.lists.known += len(before)
        self.tally.lists.missing += len(missing)

    def _write_gone(self, list_name: str, names: Sequence[str]) -> None:
        tally, now = self.tally, datetime.now(UTC)
        kind = "post" if list_name == POSTS else "comment"
        gone = [Gone(name, kind, tally.source, list_name, now, tally.run) for name in names]
        with on_disk(self._config.journal_folder):
            self._journal.append(gone)
        self._note([kept(event) for event in gone], [])

    def _write_refused(self) -> None:
        with self._guard:
            lines, self._refused = self._refused, []
        if not lines:
            return
        try:
            with on_disk(self._rejected_path):
                append_safely(self._rejected_path, b"".join(lines))
        except ServiceAway:
            with self._guard:
                self._refused = lines + self._refused
            raise
        self.tally.rejected += len(lines)

    def _write_journal(self) -> None:
        """What is in the journal never waits again, even if the ledger cannot take note: that comes with the next
        batch, or is caught up."""
        with self._guard:
            batch, self._waiting = self._waiting, []
        try:
            with on_disk(self._config.journal_folder):
                self._journal.append([event for event, _ in batch])
        except ServiceAway:
            with self._guard:
                self._waiting = batch + self._waiting
            raise
        items = [kept(event, digest) for event, digest in batch if not isinstance(event, Run)]
        runs = [event for event, _ in batch if isinstance(event, Run)]
        self.tally.stored += len(batch) - len(runs)
        self._note(items, runs)

    def _note(self, items: Sequence[Kept], runs: Sequence[Run]) -> None:
        self._unnoted += items
        self._ledger.note(self._unnoted, runs, self._journal.segment, self._journal.size)
        with self._guard:  # from here on the ledger knows them
            for each in self._unnoted:
                if self._digests.get(each.id) == each.digest:
                    del self._digests[each.id]
        self._unnoted = []


def catch_up(ledger: Ledger, journal: Path) -> None:
    """Take into the ledger what the journal holds beyond the ledger's marks, some of a segment at a time.

    A mark beyond a segment's end means that the journal is not the one the ledger knew (a restored backup): the ledger
    begins anew, so that nothing counts as stored that is not there. One that an older program made is caught up whole.
    """
    marks = ledger.marks()
    sizes = bytes_of(journal, marks)
    if any(mark > sizes.get(segment, 0) for segment, mark in marks.items()):
        ledger.forget()
    ledger.bring_up_to_date()
    items: list[Kept] = []
    runs: list[Run] = []
    segment, until = "", 0
    for entry in read(journal, ledger.marks()):
        if segment and (entry.segment != segment or len(items) >= AT_ONCE):
            ledger.note(items, runs, segment, until)
            items, runs = [], []
        segment, until = entry.segment, entry.end
        if isinstance(entry.event, Run):
            runs.append(entry.event)
        elif not isinstance(entry.event, StanceLabel):
            items.append(kept(entry.event))
    if segment:
        ledger.note(items, runs, segment, until)
