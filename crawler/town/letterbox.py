"""The town's 12345 letterbox, answering as 红网百姓呼声 does: JSON in and out, texts in HTML, remarks of others."""

import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from html import escape
from importlib.resources import files

from pydantic import JsonValue

from crawler.town.corpus import ZONE, plain

LIST, DETAIL = "/front/msg/list", "/front/msg/detail"
FIRST = 880001
"""The number of the oldest letter."""

LARGEST_PAGE = 100


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody, or a unit, said under a letter."""

    at: datetime
    author: str
    text: str


@dataclass(frozen=True, slots=True)
class HotlineLetter:
    """A letter to 12345 with its answer, where there is one, and what others said."""

    at: datetime
    type: str
    author: str
    title: str
    text: str
    reply: Said | None
    remarks: tuple[Said, ...]


@cache
def load_hotline() -> Sequence[HotlineLetter]:
    """The letters that ship with the project, oldest first."""
    data = tomllib.loads(files(__package__).joinpath("hotline.toml").read_text(encoding="utf-8"))
    return sorted((_letter(entry) for entry in data["letter"]), key=lambda letter: letter.at)


def letterbox_call(
    letters: Sequence[HotlineLetter], path: str, asked: Mapping[str, JsonValue], query: Mapping[str, str]
) -> bytes:
    """The answer to a page of the list of letters, or to one of them; anything else is status 0."""
    numbered = dict(enumerate(letters, FIRST))
    if path == LIST:
        page, size = _number(asked.get("page")), min(_number(asked.get("page_num")), LARGEST_PAGE)
        newest = sorted(numbered, reverse=True)[(page - 1) * size : page * size]
        rows = [_row(number, numbered[number]) for number in newest]
        return _json({"status": "1", "data": {"rows": rows, "total": len(numbered)}})
    letter = numbered.get(_number(query.get("id")))
    if letter is None:
        return _json({"status": "0", "msg": "信件不存在"})
    replies = [
        {"content": _html(said.text), "reply_time": _time(said.at), "name": said.author}
        for said in (letter.reply,)
        if said is not None
    ]
    remarks = [
        {"id": place, "content": _html(said.text), "created_at": _time(said.at), "nickname": said.author}
        for place, said in enumerate(letter.remarks, 1)
    ]
    data = {"content": _html(letter.text), "reply": replies, "comment": remarks}
    return _json({"status": "1", "data": data})


def _letter(entry: dict[str, object]) -> HotlineLetter:
    reply, remarks = entry.pop("reply", None), entry.pop("comment", [])
    if isinstance(reply, dict):
        reply["author"] = reply.pop("unit")
    return HotlineLetter(
        **plain(entry),
        reply=Said(**plain(reply)) if isinstance(reply, dict) else None,
        remarks=tuple(Said(**plain(remark)) for remark in remarks) if isinstance(remarks, list) else (),
    )


def _row(number: int, letter: HotlineLetter) -> dict[str, object]:
    reply = letter.reply
    return {
        "id": number,
        "title": letter.title,
        "created_at": _time(letter.at),
        "type_name": letter.type,
        "nickname": letter.author,
        "city_id": 1,
        "area_id": 1,
        "is_reply": 1 if reply else 0,
        "reply_name": reply.author if reply else None,
        "reply_time": _time(reply.at) if reply else None,
        "click_num": len(letter.text),
    }


def _number(value: object) -> int:
    return int(value) if isinstance(value, int | str) and str(value).isdecimal() else 0


def _time(at: datetime) -> str:
    return f"{at.astimezone(ZONE):%Y-%m-%d %H:%M:%S}"


def _html(text: str) -> str:
    return "".join(f"<p>{escape(line)}</p>" for line in text.split("\n"))


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()
