"""Staff's labels of stances, out of the journal. What was read before is kept beside, so that only news is read.

The file is a copy: the journal holds every label, and where the file does not fit the journal all is read anew.
"""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

import orjson

from crawler.config import Config
from crawler.labelling import StanceLabel
from pipelines.files import write_safely
from pipelines.journal import bytes_of, decode, encode, stance_labels

Labels = Mapping[str, StanceLabel]
"""A policy's labels by comment."""


def labels_of(config: Config) -> dict[str, dict[str, StanceLabel]]:
    """Every label in force, by policy and comment: of several the one labelled last."""
    path = config.stances_folder / "labels.jsonl"
    read, known = _kept(path)
    ends = bytes_of(config.journal_folder, read)
    if any(ends.get(segment, 0) < end for segment, end in read.items()):  # another journal, or part of it is gone
        read, known = {}, []
    if read == ends:
        return _in_force(known)
    found = _in_force([*known, *stance_labels(config.journal_folder, read)])
    lines = [encode(label) for labels in found.values() for label in labels.values()]
    lines.insert(0, orjson.dumps({"read": ends, "labels": len(lines)}, option=orjson.OPT_APPEND_NEWLINE))
    with suppress(OSError):  # without the copy the next reading takes longer, and finds the same
        path.parent.mkdir(parents=True, exist_ok=True)
        write_safely(path, b"".join(lines))
    return found


def _kept(path: Path) -> tuple[dict[str, int], list[StanceLabel]]:
    """How far each segment was read, and the labels found there; nothing where the copy is missing or damaged."""
    try:
        first, *lines = path.read_bytes().splitlines(keepends=True)
        begins = orjson.loads(first)
        labels = [label for label in map(decode, lines) if isinstance(label, StanceLabel)]
        if len(labels) == begins["labels"]:
            return dict(begins["read"]), labels
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        pass
    return {}, []


def _in_force(labels: Iterable[StanceLabel]) -> dict[str, dict[str, StanceLabel]]:
    found: dict[str, dict[str, StanceLabel]] = {}
    for label in labels:
        known = found.setdefault(label.policy, {}).get(label.comment_id)
        if known is None or known.labelled_at <= label.labelled_at:
            found[label.policy][label.comment_id] = label
    return found
