"""The best tags of many runs of Han at once: Viterbi's algorithm over pairs of tags, exactly as SnowNLP's `tag`.

All runs go forward together, one character of each a step, and back again. What decides ties is kept:

- of equal paths the first counts, in the order b m e s;
- a character without any tag copies what came before it, and the last of what came before wins.

A state is 4 · tag + tag, of the last two characters. The wide arrays (0.8 KB a character) are held for a window of some
thousand characters; a run longer than that remembers its scores where each window began, and is gone through again on
the way back. So memory beyond the window is some ten bytes a character, and time is linear.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from sentiment.lookup import ABSENT
from sentiment.tables import BITS, START, UNKNOWN, Entries, Tables

TOGETHER = 60_000
"""Characters of runs that go together; a longer run goes alone."""

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
    """Runs, the longest first: where each begins among all characters, and how long it is.

    `going` is the number of runs at each step, `until` how many slots come before it, and in all.
    """

    start: Places
    length: Places
    going: Places
    until: Places

    @classmethod
    def of(cls, lengths: Places) -> Self:
        order = np.argsort(-lengths, kind="stable")
        longest = -lengths[order]
        going = np.searchsorted(longest, np.arange(0, longest[0], -1), side="left")
        return cls((np.cumsum(lengths) - lengths)[order], lengths[order], going, _until(going))

    def window(self, first: int, last: int) -> _Window:
        """The steps from `first` to before `last`."""
        going, until = self.going[first:last], self.until[first : last + 1]
        run = np.arange(until[-1] - until[0]) - np.repeat(until[:-1] - until[0], going)
        step = np.repeat(np.arange(first, last), going)
        return _Window(going.tolist(), run, step, self.start[run] + step)


def _until(sizes: Places) -> Places:
    return np.concatenate(([0], np.cumsum(sizes)))


def _stretches(until: Places, most: int) -> Iterator[tuple[int, int]]:
    """From where to where things stay together; at most `most` in all, or one thing that is more."""
    first = 0
    while first < len(until) - 1:
        last = max(first + 1, int(np.searchsorted(until, until[first] + most, side="right")) - 1)
        yield first, last
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
    tags, until = np.empty(len(numbers), np.uint8), _until(lengths)
    for first, last in _stretches(until, TOGETHER):
        here = slice(until[first], until[last])
        tags[here] = _tags(
            tables, _Seen.among(tables, numbers[here], lengths[first:last]), _Runs.of(lengths[first:last])
        )
    return tags


def _tags(tables: Tables, seen: _Seen, runs: _Runs) -> NDArray[np.uint8]:
    begun = np.full((4, 4, len(runs.start)), -np.inf)
    begun[0, 0] = 0
    scores, last = [begun], np.zeros(len(runs.start), np.int64)
    windows = list(_stretches(runs.until, WINDOW))
    for steps in windows:
        window = runs.window(*steps)
        best, back = _forward(tables, seen, window, scores[-1])
        scores.append(best[..., len(window.run) - window.going[-1] :].copy())
        ended = np.nonzero(window.step == runs.length[window.run] - 1)[0]
        last[window.run[ended]] = _best_states(best[..., ended])
    tags = np.empty(len(seen.number), np.uint8)
    for place, steps in reversed(list(enumerate(windows))):
        window = runs.window(*steps)
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
