"""The best tags of many runs of Han at once: Viterbi's algorithm over pairs of tags, exactly as SnowNLP's `tag`.

All runs go forward together, one character of each a step, and back again. What decides ties is kept:

- of equal paths the first counts, in the order b m e s;
- a character without any tag copies what came before it, and the last of what came before wins.

A state is 4 · tag + tag, of the last two characters. The wide arrays (0.8 KB a character) are held for a window of some
thousand characters; a run longer than that remembers its scores where each window began, and is gone through again on
the way back. So memory beyond the window is some bytes a character, and time is linear.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from sentiment.lookup import ABSENT
from sentiment.tables import BITS, START, UNKNOWN, Entries, Tables

WINDOW = 2048
"""Characters whose probabilities are held at once; more where one step of all runs is more."""

Number = TypeVar("Number", bound=np.integer)
Scores = NDArray[np.float64]
Places = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Window:
    """Some steps. A slot is one character of one run; slots go by step, in a step by the length of the run.

    `going` is the number of runs at each step; `run`, `step` and `character` say what a slot is: the place of its run,
    which character of it, and where that is among all characters.
    """

    going: list[int]
    run: Places
    step: Places
    character: Places


@dataclass(frozen=True, slots=True)
class _Runs:
    """Runs, the longest first: where each begins among all characters, and how long it is."""

    start: Places
    length: Places

    @classmethod
    def of(cls, lengths: Places) -> Self:
        order = np.argsort(-lengths, kind="stable")
        return cls((np.cumsum(lengths) - lengths)[order], lengths[order])

    def windows(self) -> Iterator[_Window]:
        """All steps, in windows."""
        longest = int(self.length[0])
        going = np.searchsorted(-self.length, -np.arange(longest), side="left")
        until = np.concatenate(([0], np.cumsum(going)))
        first = 0
        while first < longest:
            last = max(first + 1, int(np.searchsorted(until, until[first] + WINDOW, side="right")) - 1)
            here = going[first:last]
            run = np.arange(until[last] - until[first]) - np.repeat(until[first:last] - until[first], here)
            step = np.repeat(np.arange(first, last), here)
            yield _Window(here.tolist(), run, step, self.start[run] + step)
            first = last


@dataclass(frozen=True, slots=True)
class _Seen:
    """Of each character: its number, and the rows of the pair and the triple that it ends, ABSENT if never seen."""

    number: NDArray[np.uint16]
    pair: NDArray[np.int32]
    triple: NDArray[np.int32]

    @classmethod
    def among(cls, tables: Tables, number: NDArray[np.uint16], lengths: Places) -> Self:
        start = np.cumsum(lengths) - lengths
        pair = tables.pairs.lookup.find(_key(_one_later(number, start, START), number))
        nothing = tables.pairs.lookup.find(_key(np.array([START]), np.array([START])))
        begun = _one_later(pair, start, nothing[0])
        triple = tables.triples.lookup.find(_key(begun, number))
        triple[(begun == ABSENT) | (pair == ABSENT)] = ABSENT
        return cls(number, pair, triple)


def _key(begun: NDArray[np.integer], last: NDArray[np.integer]) -> NDArray[np.uint32]:
    return begun.astype(np.uint32) << BITS | last.astype(np.uint32)


def _one_later(row: NDArray[Number], start: Places, first: int) -> NDArray[Number]:
    """What came before each, `first` at the start of a run."""
    later = np.empty_like(row)
    later[1:] = row[:-1]
    later[start] = first
    return later


def best_tags(tables: Tables, numbers: NDArray[np.uint16], lengths: Places) -> NDArray[np.uint8]:
    """The tag of each character. `numbers` are the characters of all runs in a row, `lengths` those of the runs."""
    runs = _Runs.of(lengths)
    seen = _Seen.among(tables, numbers, lengths)
    windows = list(runs.windows())
    begun = np.full((4, 4, len(lengths)), -np.inf)
    begun[0, 0] = 0
    scores, last = [begun], np.zeros(len(lengths), np.int64)
    for window in windows:
        best, back = _forward(tables, seen, window, scores[-1])
        scores.append(best[..., len(window.run) - window.going[-1] :].copy())
        ended = np.nonzero(window.step == runs.length[window.run] - 1)[0]
        last[window.run[ended]] = _best_states(best[..., ended])
    tags = np.empty(len(numbers), np.uint8)
    for place, window in reversed(list(enumerate(windows))):
        if place + 1 < len(windows):
            _, back = _forward(tables, seen, window, scores[place])
        tags[window.character] = _backward(window, back, last) & 3
    return tags


def _forward(tables: Tables, seen: _Seen, window: _Window, before: Scores) -> tuple[Scores, NDArray[np.uint8]]:
    """The score of each state at each slot, [tag, tag, slot], and the state before each of them, [state, slot]."""
    scores = _logarithms(tables, seen, window)
    best = np.empty(scores.shape[1:])
    at = 0
    for going in window.going:
        here = scores[..., at : at + going]
        here += before[:, :, None, :going]
        before = here.max(axis=0, out=best[..., at : at + going])
        at += going
    back = _states_before(scores, best)
    unknown = np.nonzero(seen.number[window.character] == UNKNOWN)[0]
    copied = np.where(window.step[unknown] < 2, 0, 3)  # at first there is only one state to copy
    back[:, unknown] = 4 * copied + np.repeat(np.arange(4), 4)[:, None]
    return best, back


def _states_before(scores: Scores, best: Scores) -> NDArray[np.uint8]:
    """The first of the four tags that gave the best score, with the tag that followed it, as a state."""
    back = np.zeros(best.shape, np.uint8)
    worse = np.ones(best.shape, bool)
    for tag in range(3):
        worse &= scores[tag] != best
        back += worse
    back *= 4
    back += np.arange(4, dtype=np.uint8)[:, None, None]
    return back.reshape(16, -1)


def _best_states(best: Scores) -> Places:
    """The first best state of each slot; the last tag comes first in the order."""
    cell = best.transpose(1, 0, 2).reshape(16, -1).argmax(axis=0)
    return 4 * (cell % 4) + cell // 4


def _backward(window: _Window, back: NDArray[np.uint8], state: Places) -> Places:
    """The state at each slot, from that after the window; `state` of each run becomes that before it."""
    slots = len(window.run)
    path, slot = np.empty(slots, np.int64), np.arange(slots)
    at = slots
    for going in reversed(window.going):
        at -= going
        here = state[:going]
        path[at : at + going] = here
        state[:going] = back.take(here * slots + slot[at : at + going])
    return path


def _logarithms(tables: Tables, seen: _Seen, window: _Window) -> Scores:
    """How likely each slot's character with a tag is after two others, [tag, tag, tag, slot]."""
    number = seen.number[window.character]
    found = np.empty((4, 4, 4, len(number)))
    found[:] = tables.single[number].T
    slot, entry = _entries(tables.pairs, seen.pair[window.character])
    found.reshape(4, 16, -1)[:, tables.pairs.cell[entry], slot] = tables.pairs.value[entry]
    slot, entry = _entries(tables.triples, seen.triple[window.character])
    found.reshape(64, -1)[tables.triples.cell[entry], slot] = tables.triples.value[entry]
    unknown = np.nonzero(number == UNKNOWN)[0]
    found[..., unknown] = -np.inf
    found[np.where(window.step[unknown] < 2, 0, 3), :, :, unknown] = 0  # so that its scores are those before it
    return found


def _entries(entries: Entries, row: NDArray[np.int32]) -> tuple[Places, Places]:
    """The slots whose rows have entries, and those entries; a slot comes once an entry."""
    slot = np.nonzero(row >= 0)[0]
    first = entries.first[row[slot]].astype(np.int64)
    count = entries.first[row[slot] + 1] - first
    behind = np.cumsum(count) - count
    return np.repeat(slot, count), np.arange(count.sum()) + np.repeat(first - behind, count)
