"""What the people of 示例县 wrote: the corpus files as dataclasses, numbered as a platform would number them."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Literal
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")
Mood = Literal["positive", "neutral", "negative"]

ACCOUNT = "示例县发布"
"""The name of the county's account on Weibo."""

FIRST_LETTER = 26050001
"""The number of the oldest letter; the board numbers by time."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A nested answer in a thread, by a resident or (`official`) by the unit.

    `region` is the province Weibo shows. `to` is whom it answers there, where that is not the comment's writer.
    """

    at: datetime
    author: str
    text: str
    likes: int = 0
    dislikes: int = 0
    official: bool = False
    mood: Mood = "neutral"
    traits: tuple[str, ...] = ()
    region: str = ""
    to: str = ""


@dataclass(frozen=True, slots=True)
class Utterance:
    """A comment under a post. `mood` and `traits` say what the writer meant; no server gives them away."""

    at: datetime
    author: str
    text: str
    likes: int
    dislikes: int
    mood: Mood
    traits: tuple[str, ...]
    answers: tuple[Answer, ...]
    region: str = ""


@dataclass(frozen=True, slots=True)
class TownPost:
    """What a unit of the county published on its site, or (`Town.weibo`) the county's account on Weibo.

    There it can be `pinned` to the top, have its comments chosen by the account (`curated`) or `closed`.
    """

    policy: str
    slug: str
    at: datetime
    unit: str
    title: str
    text: str
    comments: tuple[Utterance, ...]
    pinned: bool = False
    curated: bool = False
    closed: bool = False


@dataclass(frozen=True, slots=True)
class LetterReply:
    """The official answer to a letter or an opinion; `grades` are 解决程度, 办理态度, 办理速度 (1–5) or nothing."""

    at: datetime
    unit: str
    text: str
    grades: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter to the county leader's board."""

    policy: str
    at: datetime
    type: str
    domain: str
    subject: str
    text: str
    author: str
    likes: int
    mood: Mood
    traits: tuple[str, ...]
    status: str
    reply: LetterReply | None = None


@dataclass(frozen=True, slots=True)
class Town:
    """Everything that was said: posts and letters, oldest first. Letters are numbered from `FIRST_LETTER`."""

    posts: tuple[TownPost, ...]
    letters: tuple[Letter, ...]
    weibo: tuple[TownPost, ...] = ()
    numbered: Mapping[int, Letter] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "posts", tuple(sorted(self.posts, key=lambda post: post.at)))
        object.__setattr__(self, "weibo", tuple(sorted(self.weibo, key=lambda post: post.at)))
        object.__setattr__(self, "letters", tuple(sorted(self.letters, key=lambda letter: letter.at)))
        object.__setattr__(self, "numbered", dict(enumerate(self.letters, FIRST_LETTER)))

    def utterances(self) -> Iterator[Utterance | Answer | Letter]:
        """All that members of the public said, in no particular order."""
        yield from self.letters
        for post in (*self.posts, *self.weibo):
            for comment in post.comments:
                yield comment
                yield from (answer for answer in comment.answers if not answer.official)


@cache
def load_town() -> Town:
    """The corpus that ships with the project."""
    posts: list[TownPost] = []
    letters: list[Letter] = []
    for path in sorted(files(__package__).joinpath("corpus").iterdir(), key=lambda path: path.name):
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        posts += [_post(entry, policy=data["policy"]) for entry in data["post"]]
        letters += [_letter(data["policy"], entry) for entry in data["letter"]]
    weibo = tomllib.loads(files(__package__).joinpath("weibo.toml").read_text(encoding="utf-8"))["post"]
    return Town(tuple(posts), tuple(letters), tuple(_post(entry, unit=ACCOUNT) for entry in weibo))


Entry = dict[str, "str | int | bool | datetime | list[Entry] | Entry"]


def _post(entry: Entry, **known: str) -> TownPost:
    comments = tuple(_utterance(comment) for comment in entry.pop("comment", []))
    return TownPost(comments=comments, **known, **plain(entry))


def _utterance(entry: Entry) -> Utterance:
    answers = tuple(Answer(**plain(answer)) for answer in entry.pop("answer", []))
    return Utterance(answers=answers, **{"dislikes": 0, **plain(entry)})


def _letter(policy: str, entry: Entry) -> Letter:
    reply = entry.pop("reply", None)
    return Letter(policy=policy, reply=LetterReply(**plain(reply)) if reply else None, **plain(entry))


def plain(entry: Entry) -> Entry:
    """Local times with their zone, lists as tuples, block texts without their outer line ends."""
    made: Entry = {}
    for name, value in entry.items():
        if isinstance(value, datetime):
            made[name] = value.replace(tzinfo=ZONE)
        elif isinstance(value, list):
            made[name] = tuple(value)
        else:
            made[name] = value.strip("\n") if isinstance(value, str) else value
    return made
