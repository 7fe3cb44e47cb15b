"""Labelled texts: reading them from files, and leaving out what says the same twice."""

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from heapq import nsmallest
from importlib.resources import files
from pathlib import Path
from zlib import crc32

from sentiment.cleaning import cleaned
from sentiment.han import HAN

LABELS = ("negative", "neutral", "positive")

_WRITTEN = {
    **{label: label for label in LABELS},
    **{"neg": "negative", "neu": "neutral", "pos": "positive"},
    **{"负面": "negative", "中性": "neutral", "正面": "positive"},
}
"""What people write for a label, in small letters, in files that training/files.toml does not know."""

_SHINGLE = 5
_SKETCH = 4
_LONG_ENOUGH = 12
"""Characters from which near-twins are looked for; shorter texts are twins only where they are the same."""

_DAY = re.compile(r"\s*(\d{4})(?:\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})|(\d{2})(\d{2}))(?!\d)")

_HASHTAG = re.compile(r"#[^#]{1,40}#")
_NO_LETTER = re.compile(f"[^{HAN}a-z]")


@dataclass(frozen=True, slots=True)
class Example:
    """A text, its label out of `LABELS`, the source it was gathered from, and its day where that is told."""

    text: str
    label: str
    source: str
    day: str = ""


@dataclass(frozen=True, slots=True)
class Labelled:
    """The examples of a file, how many rows have a label that means nothing here, by label, and how many no text."""

    examples: list[Example]
    unknown: Counter[str]
    without_text: int = 0


@dataclass(frozen=True, slots=True)
class Once:
    """Examples of which no two say the same, how many `twins` of them were left out, and how many of these had another
    label than the one that was kept.
    """

    examples: list[Example]
    twins: int
    contradicting: int


def is_lines(name: str) -> bool:
    """Whether a file of this name has no table, but lines that all mean the same."""
    return "every" in _known().get(name, {})


def examples_of_lines(name: str, lines: Iterable[str]) -> Labelled:
    """The examples of a file whose lines all mean the same; blank ones are none."""
    known = _known()[name]
    stripped = (line.strip() for line in lines)
    return Labelled([Example(line, known["every"], known["source"]) for line in stripped if line], Counter())


def examples_of_rows(name: str, rows: Iterable[Sequence[str]]) -> Labelled:
    """The examples of a file of this name, of each row's text, label and, where there is one, date (YYYY-MM-DD…)."""
    known = _known().get(name, {"source": _stem(name), "labels": _WRITTEN})
    meaning: Mapping[str, str] = known["labels"]
    examples, unknown, without_text = [], Counter[str](), 0
    for text, written, *date in rows:
        label = meaning.get(written.strip().lower())
        if label is None:
            unknown[written.strip()] += 1
        elif not text.strip():
            without_text += 1
        else:
            examples.append(Example(text, label, known["source"], *map(_day, date)))
    return Labelled(examples, unknown, without_text)


@cache
def asides() -> frozenset[str]:
    """The sources that are no comments, by which certainty is not measured."""
    return frozenset(entry["source"] for entry in _known().values() if entry.get("aside"))


@cache
def weights() -> Mapping[str, float]:
    """How much more than by its size a source counts, for those that do."""
    return {entry["source"]: float(entry["weight"]) for entry in _known().values() if "weight" in entry}


def digest(path: Path) -> str:
    """The SHA-256 of a file's bytes, in hexadecimal."""
    return sha256(path.read_bytes()).hexdigest()


def without_twins(examples: Sequence[Example]) -> Once:
    """The first of each that say the same: the same letters, or almost the same in a longer text."""
    label_of: dict[str | tuple[int, ...], str] = {}
    kept, twins, contradicting = [], 0, 0
    for example in examples:
        folded = _folded(example.text)
        keys = (folded, _sketch(folded)) if len(folded) >= _LONG_ENOUGH else (folded,)
        known = [label_of[key] for key in keys if key in label_of]
        if known:
            twins += 1
            contradicting += example.label not in known
        else:
            kept.append(example)
        for key in keys:
            label_of.setdefault(key, known[0] if known else example.label)
    return Once(kept, twins, contradicting)


def _folded(text: str) -> str:
    plain = cleaned(text)
    return _NO_LETTER.sub("", _HASHTAG.sub("", plain)) or "".join(plain.split())


def _sketch(text: str) -> tuple[int, ...]:
    shingles = {text[place : place + _SHINGLE] for place in range(len(text) - _SHINGLE + 1)}
    return tuple(nsmallest(_SKETCH, (crc32(shingle.encode()) for shingle in shingles)))


def _day(written: str) -> str:
    """A day as YYYY-MM-DD, however a table writes it; empty where it is none."""
    found = _DAY.match(written)
    return f"{found[1]}-{int(found[2] or found[4]):02}-{int(found[3] or found[5]):02}" if found else ""


def _stem(name: str) -> str:
    return Path(name.removesuffix(".gz")).stem


@cache
def _known() -> dict[str, dict]:
    described = tomllib.loads(files("sentiment").joinpath("training/files.toml").read_text(encoding="utf-8"))
    return {name: entry for entry in described["file"] for name in entry["names"]}
