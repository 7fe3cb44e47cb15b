"""SnowNLP's character model as flat tables: the logarithm of every probability that is not a fallback.

The model says how likely a character with a tag is after two others: a weighted sum of how often the three, the last
two and the last were seen. A row has an entry only where the longer context was seen; elsewhere the shorter one holds.
Tags are numbers: 0 b (begins a word), 1 m (goes on), 2 e (ends it), 3 s (a word of its own).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import inf, log

import numpy as np
from numpy.typing import NDArray

from sentiment.han import is_han
from sentiment.lookup import Lookup

TAGS = ("b", "m", "e", "s")
UNKNOWN, START = 0, 1
"""Numbers of no character: one that the model never saw, and the beginning of a run."""

BITS = 13
"""A pair's key is the first character's number, shifted, and the second's; a triple's its first pair's place and the
third's number."""

_NO_MODEL = "这不是 SnowNLP 的分词模型，请重新安装 snownlp 0.12.3。"

Tagged = tuple[str, str]
Count = float


@dataclass(frozen=True, slots=True)
class Entries:
    """Sparse rows: row r's entries are those from `first[r]` to `first[r + 1]`, each a cell and a logarithm."""

    lookup: Lookup
    first: NDArray[np.uint32]
    cell: NDArray[np.uint8]
    value: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Tables:
    """`number` of each code unit's character, `single[number, tag]`, and what was seen in pairs and triples.

    A cell of a pair is 4 · tag + tag, of a triple 16 · tag + 4 · tag + tag, in the order of the text.
    """

    number: NDArray[np.uint16]
    single: NDArray[np.float64]
    pairs: Entries
    triples: Entries


@dataclass(frozen=True, slots=True)
class Counts:
    """SnowNLP's model as it is saved: its three weights and how often tagged characters were seen in a row."""

    weights: tuple[float, float, float]
    total: float
    ones: dict[Tagged, Count]
    twos: dict[tuple[Tagged, Tagged], Count]
    threes: dict[tuple[Tagged, Tagged, Tagged], Count]

    def logarithm(self, one: Tagged, two: Tagged, three: Tagged) -> float:
        """SnowNLP's `log_prob`, with its order of operations: the last bit counts."""
        single = self.weights[0] * (float(self.ones.get(three, 0)) / self.total)
        pair = _divided(self.weights[1] * self.twos.get((two, three), 0), self.ones.get(two, 0))
        triple = _divided(self.weights[2] * self.threes.get((one, two, three), 0), self.twos.get((one, two), 0))
        likely = single + pair + triple
        return log(likely) if likely else -inf


def _divided(part: float, whole: float) -> float:
    return float(part) / whole if whole else 0


def counts_of(model: dict) -> Counts:
    """The counts in a saved segmentation model. ValueError where it is not one of four tags in the usual order."""
    try:
        if tuple(model["status"]) != TAGS:
            raise ValueError(f"tags are {model['status']}")
        weights = (model["l1"], model["l2"], model["l3"])
        return Counts(weights, model["uni"]["total"], *(model[name]["d"] for name in ("uni", "bi", "tri")))
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(_NO_MODEL) from error


def compiled(counts: Counts) -> Tables:
    """The tables of a model. Takes seconds."""
    characters = sorted({character for character, _ in counts.ones if is_han(character)})
    numbers = {"": START} | {character: place for place, character in enumerate(characters, START + 1)}
    if len(numbers) >= 1 << BITS or len(counts.twos) >= 1 << (32 - BITS):  # no room in a key
        raise ValueError(_NO_MODEL)
    number = np.zeros(1 << 16, np.uint16)
    for character in characters:
        number[ord(character)] = numbers[character]
    single = np.full((len(numbers) + 1, len(TAGS)), -inf)
    for character in characters:
        # nothing was ever seen after this, so that only the last character counts
        single[numbers[character]] = [counts.logarithm(("", ""), ("", ""), (character, tag)) for tag in TAGS]
    pairs = _pairs(counts, numbers)
    return Tables(number, single, pairs, _triples(counts, numbers, pairs.lookup))


def _pairs(counts: Counts, numbers: dict[str, int]) -> Entries:
    seen = [pair for pair in counts.twos if all(character in numbers for character, _ in pair)]
    keys = np.array([numbers[one[0]] << BITS | numbers[two[0]] for one, two in seen], np.uint32)
    return _entries(keys, seen, lambda pair: counts.logarithm(("", ""), *pair))


def _triples(counts: Counts, numbers: dict[str, int], pairs: Lookup) -> Entries:
    seen = [triple for triple in counts.threes if all(character in numbers for character, _ in triple)]
    begun = pairs.find(np.array([numbers[one[0]] << BITS | numbers[two[0]] for one, two, _ in seen], np.uint32))
    ended = pairs.find(np.array([numbers[two[0]] << BITS | numbers[three[0]] for _, two, three in seen], np.uint32))
    if min(begun.min(), ended.min()) < 0:
        raise ValueError(_NO_MODEL)  # a triple is two pairs
    last = np.array([numbers[three[0]] for *_, three in seen], np.uint32)
    return _entries(begun.astype(np.uint32) << BITS | last, seen, lambda triple: counts.logarithm(*triple))


def _entries(
    keys: NDArray[np.uint32], seen: list[tuple[Tagged, ...]], logarithm: Callable[[tuple[Tagged, ...]], float]
) -> Entries:
    order = np.argsort(keys, kind="stable")
    distinct, first = np.unique(keys[order], return_index=True)
    cells = np.array([_cell(tag for _, tag in tagged) for tagged in seen], np.uint8)
    values = np.array([logarithm(tagged) for tagged in seen])
    return Entries(Lookup.of(distinct), np.append(first, len(seen)).astype(np.uint32), cells[order], values[order])


def _cell(tags: Iterable[str]) -> int:
    cell = 0
    for tag in tags:
        # before a run everything is one state; its cell is the first
        cell = 4 * cell + (TAGS.index(tag) if tag in TAGS else 0)
    return cell
