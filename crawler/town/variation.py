"""The corpus multiplied: any number of comments and letters that differ, the same for the same seed. For load tests.

A variant takes one utterance as its frame, swaps figures and places, borrows sentences from others of the same policy
and mood, and moves in time within its policy's life. It is for volume: statistics on it mean nothing.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from random import Random

from crawler.town.corpus import Answer, Letter, Town, TownPost, Utterance

PLACES = (
    "梧桐苑",
    "幸福里",
    "河西新村",
    "银杏小区",
    "二棉家属院",
    "粮站宿舍",
    "向阳楼",
    "东风巷",
    "柳叶街",
    "文昌街",
    "桂花路",
)
OPENINGS = ("", "", "", "说实话，", "我就想问一句，", "作为一个老住户，", "不吐不快：", "再补充一点，", "看了半天，")
ENDINGS = ("", "", "", "唉。", "就这样。", "谢谢！", "等答复。", "[笑哭]", "🙏", "你们说是不是？")
NAMES = ("晚风", "老街", "楼上", "阿柚", "三毛", "半夏", "石头", "小满", "知了", "南瓜")

_SENTENCE = re.compile(r"[^。！？!?\n]+[。！？!?\n]*")
_FIGURE = re.compile(r"(?<!\d)\d{1,2}(?!\d)")
_PLACE = re.compile("|".join(PLACES))


def varied(town: Town, comments: int, letters: int, seed: int = 0) -> Town:
    """A town with as many comments (spread over its posts) and letters. Answers and replies stay with their frames, and
    what was said on Weibo stays as it is."""
    random = Random(seed)  # noqa: S311  repeatable, not secret
    frames = [(place, comment) for place, post in enumerate(town.posts) for comment in post.comments]
    grown: list[list[Utterance]] = [[] for _ in town.posts]
    pools = {post.policy: _pool(town, post.policy) for post in town.posts}
    for _ in range(comments):
        place, frame = random.choice(frames)
        post = town.posts[place]
        grown[place].append(_comment(frame, post, pools[post.policy], random))
    posts = tuple(replace(post, comments=tuple(said)) for post, said in zip(town.posts, grown, strict=True))
    return Town(posts, tuple(_letter(random.choice(town.letters), pools, random) for _ in range(letters)), town.weibo)


def _pool(town: Town, policy: str) -> dict[str, list[str]]:
    """Sentences of a policy's public by mood."""
    said: list[Utterance | Answer | Letter] = [letter for letter in town.letters if letter.policy == policy]
    for post in town.posts:
        if post.policy == policy:
            said += post.comments
    pool: dict[str, list[str]] = {"positive": [], "neutral": [], "negative": []}
    for words in said:
        pool[words.mood] += _SENTENCE.findall(words.text)
    return pool


def _comment(frame: Utterance, post: TownPost, pool: dict[str, list[str]], random: Random) -> Utterance:
    at = frame.at + timedelta(seconds=random.randrange(-86_400, 86_400))
    return replace(
        frame,
        at=max(at, post.at + timedelta(minutes=1)),
        author=f"{random.choice(NAMES)}{random.randrange(10_000)}",
        text=_words(frame.text, pool[frame.mood], random),
        likes=int(random.paretovariate(1.2)) - 1,
        answers=(),
    )


def _letter(frame: Letter, pools: dict[str, dict[str, list[str]]], random: Random) -> Letter:
    shift = timedelta(seconds=random.randrange(-172_800, 172_800))
    reply = replace(frame.reply, at=frame.reply.at + shift) if frame.reply else None
    text = _words(frame.text, pools[frame.policy][frame.mood], random)
    return replace(frame, at=frame.at + shift, text=text, likes=random.randrange(20), reply=reply)


def _words(text: str, pool: Sequence[str], random: Random) -> str:
    sentences = _SENTENCE.findall(text) or [text]
    if len(sentences) > 1 and random.random() < 0.5:
        sentences.pop(random.randrange(len(sentences)))
    if random.random() < 0.6:
        sentences.insert(random.randrange(len(sentences) + 1), random.choice(pool))
    words = "".join(sentences)
    words = _FIGURE.sub(lambda found: str(max(1, int(found[0]) + random.randrange(-3, 9))), words)
    words = _PLACE.sub(lambda _: random.choice(PLACES), words)
    return random.choice(OPENINGS) + words + random.choice(ENDINGS)
