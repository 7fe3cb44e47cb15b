"""What a text counts as, for the mood model: SnowNLP's words and more, each once.

SnowNLP's own handling drops stop words, among them 不是 and 没有, and takes a text as separate words. Ours keeps all:

- words, as SnowNLP's segmenter cuts runs of Han; a run of letters, a number and every other sign is a word of its own;
  an emoji written in brackets, such as [泪], is one word
- two and three neighbouring characters of the text without white space, after `~`: 不满 and 不满意 are other than 满意,
  wherever the segmenter cuts; signs are among them, for ？？ and 。。。 tell a mood; so are the two ends of the text,
  written as spaces, for a comment that ends with 吗, or is nothing but 好, says more than the character
- a word that is denied comes after `¬`, and no neighbours begin in it: 不太满意 has ¬满意, 不太 and 太满, and not 满意

Each counts once a text, in the order in which it first occurs. A text of nothing but particles, pronouns, conjunctions
and punctuation says nothing, whatever else its tokens are.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from itertools import chain

from sentiment.cleaning import cleaned
from sentiment.han import HAN, is_han
from sentiment.lengths import READ_FOR_MOOD
from sentiment.negation import denied
from sentiment.segmenter import words

RULES = "handling-3"
"""What texts become, a part of every model's id. Raise with every change here, in `cleaning` or in `calibration`."""

SAY_NOTHING = frozenset(
    {
        *("的", "了", "吗", "吧", "呢", "啊", "呀", "嘛", "么", "啦"),
        *("我", "我们", "咱", "咱们", "俺", "你", "你们", "您", "他", "他们", "她", "她们", "它", "它们", "自己"),
        *("这", "这个", "这些", "这里", "这边", "那", "那个", "那些", "那里", "那边", "此"),
        *("和", "与", "及", "以及", "或", "或者", "而", "而且", "且", "并", "并且", "但", "但是", "可是"),
        *(
            "如果",
            "因为",
            "所以",
            "因此",
            "虽然",
            "然后",
            "于是",
            "于",
            "从",
            "向",
            "把",
            "被",
            "将",
            "对于",
            "关于",
            "由",
            "由于",
        ),
    }
)
"""Words that alone tell no mood. Far fewer than SnowNLP's stop words, among which are 没有, 欢迎, 合理 and 凭什么: what
denies, judges, asks, laughs or may be an answer by itself is none of them."""

Segment = Callable[[Sequence[str]], list[list[str]]]
"""Cuts texts into words."""

_NEIGHBOURS = (2, 3)
_DENIED = "¬"
"""Before a word that is denied."""

_TOGETHER = "~"
"""Before characters that are neighbours, where a word has none."""

_PIECE = re.compile(rf"\[[{HAN}a-z]{{1,8}}\]|[{HAN}]+|[a-z]+|[0-9]+|\S")


def handle(texts: Sequence[str], segment: Segment = words) -> list[list[str]]:
    """The tokens of each text, in order."""
    pieces = [_PIECE.findall(cleaned(text[:READ_FOR_MOOD])) for text in texts]
    runs = list(dict.fromkeys(piece for piece in chain.from_iterable(pieces) if is_han(piece[0])))
    cut = dict(zip(runs, segment(runs), strict=True))
    return [list(dict.fromkeys(_tokens(some, cut))) for some in pieces]


def says_something(tokens: Sequence[str]) -> bool:
    """Whether any word of a text tells more than who, which and how parts join; `tokens` as `handle` gives them."""
    return not all(token.startswith(_TOGETHER) or token in SAY_NOTHING or _is_punctuation(token) for token in tokens)


def _is_punctuation(token: str) -> bool:
    return len(token) == 1 and unicodedata.category(token).startswith("P")


def _tokens(pieces: list[str], cut: dict[str, list[str]]) -> Iterator[str]:
    inside = [False]  # for each character of the text, its end before it: whether it is one of a denied word
    for piece in pieces:
        words = cut.get(piece, (piece,))
        for word, is_denied in zip(words, denied(words), strict=True):
            yield _DENIED + word if is_denied else word
            inside += [is_denied] * len(word)
    together = f" {''.join(pieces)} " if pieces else ""
    inside.append(False)
    for length in _NEIGHBOURS:
        for start in range(len(together) - length + 1):
            if not inside[start]:
                yield _TOGETHER + together[start : start + length]
