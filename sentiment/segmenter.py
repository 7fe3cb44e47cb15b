"""Words, as SnowNLP's `seg` cuts them, for many texts at once.

A text is split at white space and where Han begins and ends; a run of Han is cut by its best tags
(`sentiment.viterbi`). Han is U+4E00 to U+9FA5 and nothing else. Time is linear in the number of characters.
"""

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import chain, islice

import numpy as np
from numpy.typing import NDArray

from sentiment.cache import stock_tables
from sentiment.han import FIRST_HAN, LAST_HAN
from sentiment.tables import Tables
from sentiment.viterbi import best_tags

BLOCK = 60_000
"""Characters of texts that are cut together; a longer text is a block of its own."""

SOME = 4096
"""Words whose places are numbers of Python at once."""

_OTHER, _SPACE, _HAN = 0, 1, 2


def words(texts: Sequence[str]) -> list[list[str]]:
    """The words of each text, in order; equal to `snownlp.seg.seg` of each."""
    return list(map(list, each_words(texts)))


def each_words(texts: Sequence[str]) -> Iterator[Iterator[str]]:
    """The words of each text, in order, few of which exist at a time. Read each text's before you ask for the next."""
    for block in _blocks(texts):
        joined = "\n".join(block)  # white space, which no word contains
        starts, ends = _spans(joined, stock_tables())
        all_words = chain.from_iterable(
            map(
                joined.__getitem__,
                map(slice, starts[first : first + SOME].tolist(), ends[first : first + SOME].tolist()),
            )
            for first in range(0, len(starts), SOME)
        )
        following = np.searchsorted(starts, np.cumsum([len(text) + 1 for text in block]))
        for count in np.diff(following, prepend=0).tolist():
            yield islice(all_words, count)


def _blocks(texts: Sequence[str]) -> Iterator[list[str]]:
    block: list[str] = []
    size = 0
    for text in texts:
        if block and size + len(text) > BLOCK:
            yield block
            block, size = [], 0
        block.append(text)
        size += len(text) + 1
    if block:
        yield block


def _spans(text: str, tables: Tables) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where each word begins and ends."""
    units = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    units = np.minimum(units, 0xFFFF).astype(np.uint16)  # nothing beyond is Han or white space
    kinds = _kinds()[units]
    begins = np.ones(len(units), bool)
    begins[1:] = kinds[1:] != kinds[:-1]
    han = np.nonzero(kinds == _HAN)[0]
    if len(han):
        run = np.append(np.nonzero(begins[han])[0], len(han))
        tags = best_tags(tables, tables.number[units[han]], np.diff(run))
        begins[han] |= (tags == 0) | (tags == 3)  # b and s begin a word
        ended = han[np.nonzero(tags == 2)[0]] + 1
        begins[ended[ended < len(begins)]] = True  # and so does what follows e
    starts = np.nonzero(begins)[0]
    ends = np.append(starts[1:], len(units))
    solid = kinds[starts] != _SPACE
    return starts[solid], ends[solid]


@cache
def _kinds() -> NDArray[np.uint8]:
    """What each code unit is."""
    kinds = np.full(1 << 16, _OTHER, np.uint8)
    kinds[[unit for unit in range(len(kinds)) if chr(unit).isspace()]] = _SPACE
    kinds[ord(FIRST_HAN) : ord(LAST_HAN) + 1] = _HAN
    return kinds
