"""Texts to compare with stock SnowNLP: of every kind that its code tells apart, from a seed or from hypothesis."""

import random
from collections.abc import Iterator

from hypothesis import strategies as st

FREQUENT = "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里"
OPINION = "反对支持不满意政策办事效率太低终于解决点赞谢谢投诉无门希望落实基层教师医保养老金公平没有意见踢皮球形式主义"
TRADITIONAL = "這個政策對於農村養老保險來說實在是太好了應該點讚反對辦事效率質量"
RARE = "齉龘靐鱻麤龗厵爩龥龤㐀㐁龦〇豈"
SPACES = " \t\n\r\x0b\x0c\x1c\x1d\x1e\x1f\x85\xa0\u1680\u2000\u2007\u2028\u2029\u202f\u205f\u3000"
OTHERS = "，。！？、：“”《》ab1９Ｏ%+-\x00\u200b\u200d\ufeff\uffff\ud800\udc00😀👍🏽𠮷𪚥"

KINDS = (FREQUENT, OPINION, TRADITIONAL, RARE, SPACES, OTHERS)


def some(chance: random.Random, longest: int = 60) -> str:
    """A text of a few kinds of character, in stretches."""
    kinds = chance.sample(KINDS, chance.randint(1, 3))
    size, text = chance.randint(0, longest), ""
    while len(text) < size:
        text += "".join(chance.choices(chance.choice(kinds), k=chance.randint(1, 12)))
    return text[:size]


def any_han(chance: random.Random, longest: int = 40) -> str:
    """Han characters without any sense, most of them rare."""
    return "".join(chr(chance.randint(0x4DFE, 0x9FA7)) for _ in range(chance.randint(0, longest)))


def any_plane(chance: random.Random, longest: int = 20) -> str:
    """Any code points at all, with halves of pairs."""
    return "".join(chr(chance.randint(0, 0x10FFFF)) for _ in range(chance.randint(0, longest)))


def many(seed: int, count: int) -> Iterator[str]:
    """`count` texts: half of mixed kinds, a quarter of any Han, a quarter of any code points."""
    chance = random.Random(seed)
    for place in range(count):
        yield (some, any_han, some, any_plane)[place % 4](chance)


def every_han() -> list[str]:
    """Each code point around and in the range of Han, alone and between two others."""
    points = [chr(point) for point in range(0x4DFE, 0x9FA8)]
    return [*points, *(f"不{point}好" for point in points)]


def long(seed: int) -> Iterator[str]:
    """Texts to 5,000 characters: unbroken runs of known, of mixed and of unknown characters, and broken ones."""
    chance = random.Random(seed)
    for size in (500, 1500, 5000):
        yield "".join(chance.choices(FREQUENT + OPINION, k=size))
        yield "".join(chance.choices(FREQUENT + RARE[:8] + TRADITIONAL, k=size))
        yield some(chance, 30) + "，".join("".join(chance.choices(OPINION, k=20)) for _ in range(size // 21))
    yield "好" * 3000
    yield "龘" * 3000


ANY_TEXT = st.one_of(
    st.text(st.characters(), max_size=40),
    st.text(st.characters(min_codepoint=0x4DFE, max_codepoint=0x9FA7), max_size=40),
    st.text(st.sampled_from("".join(KINDS)), max_size=80),
    st.text(st.sampled_from(FREQUENT + OPINION), max_size=80),
)
