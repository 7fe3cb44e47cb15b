"""How far an index is behind the journal, in entries and bytes; also where the index cannot be asked."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pipelines.journal import bytes_of

_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Lag:
    """What the journal holds beyond what an index has taken in."""

    entries: int
    bytes: int


def lag(folder: Path, taken: Mapping[str, int]) -> Lag:
    """The lag of an index that has taken `taken` bytes of each segment of the journal in `folder`."""
    sizes = bytes_of(folder, taken)
    behind = {name: (taken.get(name, 0), size) for name, size in sizes.items() if size > taken.get(name, 0)}
    entries = sum(_entries(folder / name, start, end) for name, (start, end) in behind.items())
    return Lag(entries, sum(end - start for start, end in behind.values()))


def beyond(folder: Path, taken: Mapping[str, int]) -> dict[str, tuple[int, int]]:
    """Segments of which an index has taken more than the journal here holds: bytes taken, and bytes here."""
    sizes = bytes_of(folder, taken)
    return {name: (end, sizes.get(name, 0)) for name, end in sorted(taken.items()) if end > sizes.get(name, 0)}


def lacking(lost: Mapping[str, tuple[int, int]]) -> str:
    """What `beyond` found, in words; at least one segment."""
    name, (taken, here) = next(iter(lost.items()))
    return (
        f"索引里有 {len(lost)} 段日志的内容在这里的日志文件夹里没有或不全"
        f"（如 {name}：索引取到第 {taken} 字节，这里有 {here} 字节）"
    )


def _entries(segment: Path, start: int, end: int) -> int:
    """Lines between two bytes of a segment."""
    lines = 0
    with segment.open("rb") as file:
        file.seek(start)
        while start < end:
            chunk = file.read(min(_CHUNK, end - start))
            if not chunk:
                break  # somebody put a shorter file there meanwhile
            lines += chunk.count(b"\n")
            start += len(chunk)
    return lines
