"""Refusals: what an index will never take, written down with the reason, a line each, and counted while it lacks it."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby, islice
from operator import itemgetter
from pathlib import Path

import orjson

from crawler.config import Config
from crawler.errors import on_disk
from pipelines.documents import Source
from pipelines.files import append_safely
from pipelines.index import Index
from pipelines.journal import Place

PAGE = 1000


@dataclass(frozen=True, slots=True)
class Refusal:
    """One document that `index` will never take so, or one official reply that no document can hold.

    id      the document's; of a reply, the comment's
    place   where the journal has it; None for a comment that was only tied or answered anew
    reply   the reply's id
    """

    index: str
    id: str
    reason: str
    place: Place | None = None
    reply: str | None = None


def refused_path(config: Config, index: Index) -> Path:
    """Where it is written what this generation of the index did not take."""
    return config.rejected_folder / f"index-{index.generation}.jsonl"


def write_down(config: Config, index: Index, refusals: Sequence[Refusal]) -> None:
    """Keep refusals for who is to mend them: where the journal has the words, never the words.

    On disk on return: once the batch is acknowledged nobody tries it again. Raises ServiceAway where the disk refuses.
    """
    if not refusals:
        return
    now = datetime.now(UTC).isoformat(timespec="seconds")
    lines = (orjson.dumps(_line(each, now), option=orjson.OPT_APPEND_NEWLINE) for each in refusals)
    path = refused_path(config, index)
    with on_disk(path):
        append_safely(path, b"".join(lines))


def carry_over(config: Config, source: Index, target: Index) -> None:
    """What `source` did not take, `target` that was filled from it lacks, too. Raises ServiceAway."""
    path = refused_path(config, source)
    with on_disk(path), suppress(FileNotFoundError):
        append_safely(refused_path(config, target), path.read_bytes())


def left_out(config: Config, index: Index) -> int:
    """How many of the documents and replies that were refused the index does not hold in any version.

    What was refused twice counts once; what was taken in another version does not count.
    """
    path = refused_path(config, index)
    names: set[tuple[str, str, str]] = set()
    with on_disk(path):
        if path.exists():
            with path.open("rb") as file:
                names.update(_names(file))
    return sum(_lacks(index, name, some) for name, some in groupby(sorted(names), key=itemgetter(0)))


def _line(refusal: Refusal, at: str) -> dict[str, str | int]:
    line: dict[str, str | int] = {"at": at, "index": refusal.index, "id": refusal.id, "reason": refusal.reason}
    if refusal.reply:
        line["reply"] = refusal.reply
    if refusal.place:
        line["segment"], line["start"] = refusal.place
    return line


def _names(lines: Iterable[bytes]) -> Iterator[tuple[str, str, str]]:
    """Index, document and reply of each line; the reply is empty where it is about the document itself."""
    for line in lines:
        with suppress(orjson.JSONDecodeError):  # a killed feeding left it half written: what it was about comes again
            about = orjson.loads(line)
            yield about["index"], about["id"], about.get("reply", "")


def _lacks(index: Index, name: str, refused: Iterable[tuple[str, str, str]]) -> int:
    """How many of these documents and replies one index does not hold."""
    lacking = 0
    coming = iter(refused)
    while page := list(islice(coming, PAGE)):
        sources = index.get(name, [identity for _, identity, _ in page])
        lacking += sum(not _holds(sources.get(identity), reply) for _, identity, reply in page)
    return lacking


def _holds(source: Source | None, reply: str) -> bool:
    if source is None or not reply:
        return source is not None
    replies = source.get("replies", [])
    return isinstance(replies, list) and any(isinstance(each, dict) and each["id"] == reply for each in replies)
