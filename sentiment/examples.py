"""Labelled texts: reading them from files, and leaving out what says the same twice."""

import csv
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from heapq import nsmallest
from importlib.resources import files
from pathlib import Path
from zlib import crc32

import orjson

from sentiment.cleaning import cleaned

LABELS = ("negative", "neutral", "positive")

_SHINGLE = 5
_SKETCH = 4
_LONG_ENOUGH = 12
"""Characters from which near-twins are looked for; shorter texts are twins only where they are the same."""

_HASHTAG = re.compile(r"#[^#]{1,40}#")
_NO_LETTER = re.compile(r"[^\u4E00-\u9FA5a-z]")


@dataclass(frozen=True, slots=True)
class Example:
    """A text, its label out of `LABELS`, and the source it was gathered from."""

    text: str
    label: str
    source: str


def read_examples(path: Path) -> list[Example]:
    """The labelled texts of a CSV or JSONL file with `text` and `label`, or of lines that all mean the same.

    Rows whose label means nothing here are left out. ValueError where the file has no such columns.
    """
    known = _known().get(path.name, {"source": path.stem, "labels": {label: label for label in LABELS}})
    if "every" in known:
        return [Example(line, known["every"], known["source"]) for line in _lines(path)]
    meaning: Mapping[str, str] = known["labels"]
    try:
        rows = [(row["text"], str(row["label"])) for row in _rows(path)]
    except (KeyError, TypeError, orjson.JSONDecodeError) as error:
        raise ValueError(f"{path} 里要有 text 和 label 两列（CSV 或 JSONL）") from error
    examples = [Example(text, meaning[label], known["source"]) for text, label in rows if label in meaning]
    if not examples:
        raise ValueError(f"{path} 里没有认得的标签，label 应是 positive、neutral 或 negative")
    return examples


@cache
def asides() -> frozenset[str]:
    """The sources that are no comments, by which certainty is not measured."""
    return frozenset(entry["source"] for entry in _known().values() if entry.get("aside"))


def digest(path: Path) -> str:
    """The SHA-256 of a file's bytes, in hexadecimal."""
    return sha256(path.read_bytes()).hexdigest()


def without_twins(examples: Sequence[Example]) -> list[Example]:
    """The first of each that say the same: the same letters, or almost the same in a longer text."""
    seen: set[str | tuple[int, ...]] = set()
    kept = []
    for example in examples:
        folded = _folded(example.text)
        keys = {folded, _sketch(folded)} if len(folded) >= _LONG_ENOUGH else {folded}
        if not keys & seen:
            kept.append(example)
        seen |= keys
    return kept


def _folded(text: str) -> str:
    plain = cleaned(text)
    return _NO_LETTER.sub("", _HASHTAG.sub("", plain)) or "".join(plain.split())


def _sketch(text: str) -> tuple[int, ...]:
    shingles = {text[place : place + _SHINGLE] for place in range(len(text) - _SHINGLE + 1)}
    return tuple(nsmallest(_SKETCH, (crc32(shingle.encode()) for shingle in shingles)))


@cache
def _known() -> dict[str, dict]:
    described = tomllib.loads(files("sentiment").joinpath("training/files.toml").read_text(encoding="utf-8"))
    return {name: entry for entry in described["file"] for name in entry["names"]}


def _rows(path: Path) -> Iterator[dict]:
    if path.suffix == ".jsonl":
        yield from map(orjson.loads, _lines(path))
    else:
        with path.open(encoding="utf-8-sig", newline="") as file:
            yield from csv.DictReader(file)


def _lines(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8-sig") as file:
        yield from (line.strip() for line in file if line.strip())
