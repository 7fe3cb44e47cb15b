"""Which words are denied: 满意 in 不太满意 is other than 满意, and a bag of words would not know.

Marking them is the standard remedy: Das & Chen, Yahoo! for Amazon (2001); Pang, Lee & Vaithyanathan, Thumbs up? (2002).
"""

from collections.abc import Iterator, Sequence

DENIES = frozenset(
    {
        *("不", "没", "没有", "未", "无法", "没法", "难以", "未能", "毫无", "没什么"),
        *("并非", "绝不", "决不", "毫不", "从不", "从来不", "从未"),
        *("不够", "不怎么", "不再", "不用", "不必", "无需", "无须"),
    }
)
"""Words that deny the next one; 不仅, 不断, 不错 and 不得不 are words of their own, and none of these."""

BETWEEN = frozenset(
    {
        *("太", "很", "大", "够", "十分", "特别", "怎么", "那么", "这么", "什么", "啥", "任何", "一定", "应该"),
        *("是", "有", "能", "会", "敢", "想", "要", "肯", "用", "被", "得到", "上", "人", "理由"),
    }
)
"""Words over which a denial goes on: 不是很满意, 没有人支持."""


def denied(words: Sequence[str]) -> Iterator[bool]:
    """For each word of a run of Han whether it is denied; twice is not: 没有人不支持."""
    denying = False
    for word in words:
        if word in DENIES:
            yield False
            denying = not denying
        elif word in BETWEEN:
            yield False
        else:
            yield denying
            denying = False
