"""The journal: everything that was ever collected, in the order it came, masked. The index is a view of it.

A writer has a segment (file) of its own, so processes never wait for each other. A line is one JSON object
`{"type": "comment", "data": {…}}` and counts only with its line end: what a killed process left half-written is
passed over. A segment can be read while it is written, so it never becomes shorter: a write that failed ends it, and
the next begins another. What that write left whole is there twice then, which changes nothing for any reader.
"""

import os
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

import orjson

from crawler.errors import Trouble
from crawler.items import Comment, Gone, Item, Post, Reply
from crawler.labelling import StanceLabel
from crawler.runs import Run

Event = Item | Gone | Run | StanceLabel
Place = tuple[str, int]
"""Where an entry stands: segment and first byte."""

_LOOK_BACK = 64 * 1024
_KINDS: Mapping[str, type[Event]] = {
    "post": Post,
    "comment": Comment,
    "reply": Reply,
    "gone": Gone,
    "run": Run,
    "stance_label": StanceLabel,
}
_NAMES = {kind: name for name, kind in _KINDS.items()}
_MOMENTS = {
    kind: tuple(field.name for field in fields(kind) if field.name.endswith(("_at", "_from", "_until")))
    for kind in _KINDS.values()
}


_LABEL = b'{"type":"stance_label"'


class JournalBroken(Trouble):
    """A line in the middle of a segment cannot be read; says which file and byte."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One event and where it stands: its segment's name, its first byte, the first byte after it."""

    segment: str
    start: int
    end: int
    event: Event

    @property
    def place(self) -> Place:
        """Where it stands."""
        return self.segment, self.start


class JournalWriter:
    """Appends to a segment of its own. Use as a context manager. What `append` returned from is on disk.

    segment, size   the name of the segment, and its bytes on disk; after a write that failed `append` begins another
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._begin()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _: TracebackType | None
    ) -> None:
        self.close()

    def append(self, events: Sequence[Event]) -> None:
        """Write a batch and wait until it is on disk. Raises OSError when the disk refuses; write all of it again."""
        if not events:
            return
        if self._torn:
            self.close()
            self._begin()
        data = b"".join(encode(event) for event in events)
        self._torn = True
        written = 0
        while written < len(data):
            written += self._file.write(data[written:])
        os.fsync(self._file.fileno())
        self._torn = False
        self.size += len(data)

    def _begin(self) -> None:
        """Make the next segment."""
        now = datetime.now(UTC)
        self.segment = f"{now:%Y%m%dT%H%M%S.%fZ}-{os.getpid()}-{secrets.token_hex(3)}.jsonl"
        self._file = (self._folder / self.segment).open("xb", buffering=0)
        self.size = 0
        self._torn = False
        _sync_folder(self._folder)

    def close(self) -> None:
        """Let go of the segment."""
        self._file.close()


def encode(event: Event) -> bytes:
    """One event as its line."""
    return orjson.dumps({"type": _NAMES[type(event)], "data": event}, option=orjson.OPT_APPEND_NEWLINE)


def decode(line: bytes) -> Event:
    """The inverse of `encode`. Raises ValueError, KeyError or TypeError for a line that is no event."""
    entry = orjson.loads(line)
    kind = _KINDS[entry["type"]]
    data = entry["data"]
    for name in _MOMENTS[kind]:
        if data.get(name) is not None:
            data[name] = datetime.fromisoformat(data[name])
    if kind is Run:
        data["gaps"] = tuple(data["gaps"])
    return kind(**data)


def read(folder: Path, offsets: Mapping[str, int] | None = None) -> Iterator[Entry]:
    """Every event after `offsets` (bytes already taken in, by segment), oldest segment first.

    Raises JournalBroken for a whole line that is no event.
    """
    taken = offsets or {}
    for path in segments(folder):
        start = taken.get(path.name, 0)
        if start < path.stat().st_size:
            yield from _read_segment(path, start)


def read_one(folder: Path, segment: str, start: int) -> Entry:
    """The event that begins at a known place."""
    return next(iter(_read_segment(folder / segment, start)))


def stance_labels(folder: Path, offsets: Mapping[str, int] | None = None) -> Iterator[StanceLabel]:
    """Every label of a stance after `offsets`, without understanding what else there is: they are few among many."""
    taken = offsets or {}
    for path in segments(folder):
        with path.open("rb") as file:
            place = file.seek(taken.get(path.name, 0))
            for line in _whole_lines(file):
                if line.startswith(_LABEL) and isinstance(event := _event(line, path, place), StanceLabel):
                    yield event
                place += len(line)


def segments(folder: Path) -> list[Path]:
    """The segments of a journal, oldest first."""
    return sorted(folder.glob("*.jsonl"))


def bytes_of(folder: Path, taken: Mapping[str, int] | None = None) -> dict[str, int]:
    """The size of each segment up to its last whole line, to tell how far a reader is behind.

    A segment of just the bytes `taken` is not opened: a reader takes whole lines.
    """
    known = taken or {}
    return {path.name: _whole_size(path, known.get(path.name)) for path in segments(folder)}


def _whole_size(path: Path, taken: int | None) -> int:
    if path.stat().st_size == taken:
        return taken
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        while size:
            start = max(0, size - _LOOK_BACK)
            file.seek(start)
            end = file.read(size - start).rfind(b"\n")
            if end >= 0:
                return start + end + 1
            size = start
    return 0


def _read_segment(path: Path, start: int) -> Iterator[Entry]:
    with path.open("rb") as file:
        file.seek(start)
        for line in _whole_lines(file):
            end = start + len(line)
            yield Entry(path.name, start, end, _event(line, path, start))
            start = end


def _event(line: bytes, path: Path, start: int) -> Event:
    try:
        return decode(line)
    except (ValueError, KeyError, TypeError) as error:
        raise JournalBroken(
            f"日志 {path} 从第 {start} 字节起的一行读不懂（{error}），请从备份恢复这个文件。"
        ) from error


def _whole_lines(lines: Iterable[bytes]) -> Iterator[bytes]:
    for line in lines:
        if not line.endswith(b"\n"):
            return
        yield line


def _sync_folder(folder: Path) -> None:
    """Make the new segment's name itself survive a power cut."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
