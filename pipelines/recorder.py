"""The recorder: takes masked items of one run into the journal, and keeps that run's accounts.

Crawls and imports both end here. What the recorder says is stored is on disk.
"""

import hashlib
from dataclasses import asdict
from pathlib import Path
from typing import Literal

import orjson

from crawler.config import Config
from crawler.items import Comment, Item, Reply
from crawler.ledger import Ledger
from crawler.registry import FILES
from crawler.runs import Run, Tally
from pipelines.journal import Event, JournalWriter, bytes_of, read
from pipelines.masking.pseudonyms import Pseudonyms, read_or_make_key
from pipelines.preparing import kept_aside

BATCH = 100
"""Items between two waits for the disk; the crawl stands still while it waits."""

_NOT_CONTENT = frozenset({"collected_at", "run", "url", "source"})
"""What may differ between two collections of the same words. An address may name another port or mirror."""

Result = Literal["stored", "unchanged"]


class Recorder:
    """One run's way into the journal: `record` or `reject` each item, then `close`.

    Take in what the journal already holds first, so that a run after a killed one stores nothing twice.
    """

    def __init__(self, config: Config, tally: Tally) -> None:
        self.tally = tally
        self._pseudonyms = Pseudonyms(read_or_make_key(config.key_path))
        self._rejected_path = config.rejected_folder / f"{tally.run.replace(':', '-')}.jsonl"
        self._ledger = Ledger(config.ledger_path)
        catch_up(self._ledger, config.journal_folder)
        self._journal = JournalWriter(config.journal_folder)
        self._waiting: list[Event] = [tally.opening()]
        self._digests: dict[str, bytes] = {}
        self._flush()

    def record(self, item: Item) -> Result:
        """Keep an item that went through the steps."""
        self.tally.covers(item.replied_at if isinstance(item, Reply) else item.posted_at)
        self.tally.heard += isinstance(item, Comment)
        digest = digest_of(item)
        if (self._digests.get(item.id) or self._ledger.digest_of(item.id)) == digest:
            self.tally.unchanged += 1
            return "unchanged"
        self._digests[item.id] = digest
        self._waiting.append(item)
        self.tally.stored += 1
        if len(self._waiting) >= BATCH:
            self._flush()
        return "stored"

    def reject(self, item: Item, reason: str) -> None:
        """Keep a refused item aside, masked, with the reason."""
        self.tally.rejected += 1
        line = {"reason": reason, "type": type(item).__name__.lower(), "data": kept_aside(item, self._pseudonyms)}
        self._rejected_path.parent.mkdir(parents=True, exist_ok=True)
        with self._rejected_path.open("ab") as file:
            file.write(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))

    def close(self, finish_reason: str) -> Run:
        """Write what is waiting and the run's closing record, which becomes the tally's `result`."""
        self._flush()
        # Files have no usual size: after a year's export comes one with ten mended rows.
        usual = None if self.tally.platform == FILES else self._ledger.usual(self.tally.source)
        run = self.tally.closing(finish_reason, usual)
        self._waiting.append(run)
        self._flush()
        self._journal.close()
        self._ledger.close()
        self.tally.result = run
        return run

    def _flush(self) -> None:
        """Journal first. What is in it never waits again, even if the ledger cannot take note: it catches up later."""
        events, digests = self._waiting, self._digests
        self._journal.append(events)
        self._waiting, self._digests = [], {}
        runs = [event for event in events if isinstance(event, Run)]
        self._ledger.note(digests, runs, self._journal.segment, self._journal.size)


def digest_of(item: Item) -> bytes:
    """16 bytes that change when what was said, or the marks people gave it, changed."""
    content = {name: value for name, value in asdict(item).items() if name not in _NOT_CONTENT}
    return hashlib.blake2b(orjson.dumps(content, option=orjson.OPT_SORT_KEYS), digest_size=16).digest()


def catch_up(ledger: Ledger, journal: Path) -> None:
    """Take into the ledger what the journal holds beyond the ledger's marks, segment by segment.

    A mark beyond a segment's end means that the journal is not the one the ledger knew (a restored backup): the ledger
    begins anew, so that nothing counts as stored that is not there.
    """
    sizes = bytes_of(journal)
    if any(mark > sizes.get(segment, 0) for segment, mark in ledger.marks().items()):
        ledger.forget()
    digests: dict[str, bytes] = {}
    runs: list[Run] = []
    segment, until = "", 0
    for entry in read(journal, ledger.marks()):
        if entry.segment != segment and segment:
            ledger.note(digests, runs, segment, until)
            digests, runs = {}, []
        segment, until = entry.segment, entry.end
        if isinstance(entry.event, Run):
            runs.append(entry.event)
        else:
            digests[entry.event.id] = digest_of(entry.event)
    if segment:
        ledger.note(digests, runs, segment, until)
