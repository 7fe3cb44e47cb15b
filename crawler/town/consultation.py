"""The county's consultation page: a post, and opinions that a script fetches by the batch when 加载更多 is pressed."""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from html import escape
from importlib.resources import files

from crawler.town.corpus import ZONE, LetterReply, Mood, plain
from crawler.town.site import FICTIONAL

BATCH = 8
"""Opinions that one press of the button brings."""

FIRST = 5200
"""The number of the oldest opinion."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """What somebody wrote on a consultation. `mood` is what the writer meant; no page gives it away."""

    at: datetime
    author: str
    text: str
    likes: int
    mood: Mood
    reply: LetterReply | None


@dataclass(frozen=True, slots=True)
class Consultation:
    """A draft that a unit asked opinions on, and the opinions, oldest first."""

    slug: str
    at: datetime
    unit: str
    title: str
    text: str
    opinions: tuple[Opinion, ...]

    @property
    def page(self) -> str:
        """The path of its page."""
        return f"/zjdc/{self.slug}.html"

    @property
    def script(self) -> str:
        """The path of the page's script."""
        return f"/zjdc/{self.slug}/opinions.js"

    @property
    def data(self) -> str:
        """The path of its opinions."""
        return f"/zjdc/{self.slug}/opinions"


@cache
def load_consultation() -> Consultation:
    """The consultation that ships with the project."""
    data = tomllib.loads(files(__package__).joinpath("consultation.toml").read_text(encoding="utf-8"))
    opinions = sorted((_opinion(entry) for entry in data.pop("opinion")), key=lambda opinion: opinion.at)
    return Consultation(**{**data, "at": data["at"].replace(tzinfo=ZONE), "opinions": tuple(opinions)})


def consultation_page(consultation: Consultation) -> str:
    """The page as the server gives it, without a single opinion in it."""
    paragraphs = "".join(f"<p>{escape(line)}</p>" for line in consultation.text.split("\n") if line.strip())
    return (
        f'<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>{escape(consultation.title)}</title>'
        f'<script src="{consultation.script}" defer></script></head><body>'
        f'<h1>{escape(consultation.title)}</h1><p class="from">{escape(consultation.unit)} '
        f"<time>{consultation.at:%Y-%m-%d %H:%M}</time></p><article>{paragraphs}</article><h2>网友意见</h2>"
        f'<ul id="opinions" data-from="{consultation.data}"></ul><button id="more">加载更多</button>'
        f"<footer>{FICTIONAL}</footer></body></html>"
    )


def consultation_script() -> str:
    """The script of the page."""
    return files(__package__).joinpath("consultation.js").read_text(encoding="utf-8")


def opinions(consultation: Consultation, query: Mapping[str, str]) -> bytes:
    """A batch of opinions, the newest first; `left` is how many there are after it."""
    place = int(page) * BATCH if (page := query.get("page", "0")).isdecimal() else 0
    numbered = list(enumerate(consultation.opinions, FIRST))[::-1]
    rows = [_row(number, opinion) for number, opinion in numbered[place : place + BATCH]]
    return json.dumps({"rows": rows, "left": max(len(numbered) - place - BATCH, 0)}, ensure_ascii=False).encode()


def _opinion(entry: dict[str, object]) -> Opinion:
    reply = entry.pop("reply", None)
    return Opinion(**plain(entry), reply=LetterReply(**plain(reply)) if isinstance(reply, dict) else None)


def _row(number: int, opinion: Opinion) -> dict[str, object]:
    reply = opinion.reply
    answered = {"unit": reply.unit, "time": f"{reply.at:%Y-%m-%d %H:%M}", "text": reply.text} if reply else None
    return {
        "id": number,
        "name": opinion.author,
        "time": f"{opinion.at:%Y-%m-%d %H:%M:%S}",
        "text": opinion.text,
        "likes": opinion.likes,
        "reply": answered,
    }
