"""What a text counts as, for the mood model: SnowNLP's words and more, each once.

SnowNLP's own handling drops stop words, among them 不是 and 没有, and takes a text as separate words. Ours keeps all:

- words, as SnowNLP's segmenter cuts runs of Han; a run of letters, a number and every other sign is a word of its own;
  an emoji written in brackets, such as [泪], is one word
- two and three neighbouring characters of the text without white space, after `~`: 不满 and 不满意 are other than 满意,
  wherever the segmenter cuts; signs are among them, for ？？ and 。。。 tell a mood; so are the two ends of the text,
  written as spaces, for a comment that ends with 吗, or is nothing but 好, says more than the character

Each counts once a text, in the order in which it first occurs.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import chain

from sentiment.cleaning import cleaned
from sentiment.han import HAN, is_han
from sentiment.lengths import READ_FOR_MOOD
from sentiment.segmenter import words

Segment = Callable[[Sequence[str]], list[list[str]]]
"""Cuts texts into words."""

_NEIGHBOURS = (2, 3)

_PIECE = re.compile(rf"\[[{HAN}a-z]{{1,8}}\]|[{HAN}]+|[a-z]+|[0-9]+|\S")


def handle(texts: Sequence[str], segment: Segment = words) -> list[list[str]]:
    """The tokens of each text, in order."""
    pieces = [_PIECE.findall(cleaned(text[:READ_FOR_MOOD])) for text in texts]
    runs = list(dict.fromkeys(piece for piece in chain.from_iterable(pieces) if is_han(piece[0])))
    cut = dict(zip(runs, segment(runs), strict=True))
    return [list(dict.fromkeys(_tokens(some, cut))) for some in pieces]


def _tokens(pieces: list[str], cut: dict[str, list[str]]) -> Iterator[str]:
    for piece in pieces:
        yield from cut.get(piece, (piece,))
    together = f" {''.join(pieces)} " if pieces else ""
    for length in _NEIGHBOURS:
        for start in range(len(together) - length + 1):
            yield "~" + together[start : start + length]
