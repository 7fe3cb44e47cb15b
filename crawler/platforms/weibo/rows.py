"""What stands in a row of either site of Weibo: numbers, names, times, counts, words. Knows no network."""

import re
from datetime import datetime
from html import unescape
from typing import NamedTuple
from zoneinfo import ZoneInfo

from crawler.platforms.answers import Json, Unreadable, field
from crawler.reading.counts import read_count
from crawler.reading.html import text_of
from crawler.reading.times import Moment, read_time

ZONE = ZoneInfo("Asia/Shanghai")
"""The zone of the times that Weibo shows."""

PINNED = 2

OF_POST = frozenset({
    "mid", "idstr", "id", "mblogid", "mblogtype", "isTop", "user", "text", "isLongText", "retweeted_status",
    "created_at", "comments_count", "comment_manage_info",
})  # fmt: skip
OF_COMMENT = frozenset({
    "mid", "idstr", "id", "user", "text", "text_raw", "pic", "created_at", "source", "like_count", "like_counts",
    "total_number", "comments", "more_info", "reply_comment", "reply_id",
})  # fmt: skip
"""What is read of a row, of either site."""

_NUMBER = re.compile("[1-9][0-9]{0,29}", re.ASCII)
_PSEUDONYM = re.compile("~[0-9a-f]{20}")
_TOKEN = re.compile("[!-~]{1,200}")
_ANSWERS = re.compile(r"\s*回复\s*(?:<a\b[^<>]*>\s*@([^<>]{1,80})</a>\s*[:：]?|@([^<>\s:：]{1,80})\s*[:：])\s*")
_MENTION_THEN_WORD = re.compile(r"(<a\b[^<>]*/n/[^<>]*>[^<>]*</a>)(?=\w)")


class Words(NamedTuple):
    """What somebody wrote, and to whom by name."""

    text: str
    addressee: str | None


def number_of(row: Json, *names: str) -> str:
    """The first of several fields that holds a number, in digits: an id is beyond what a float keeps exactly."""
    for name in names:
        value = row.get(name)
        digits = str(value) if isinstance(value, (int, str)) and not isinstance(value, bool) else ""
        if _NUMBER.fullmatch(digits):
            return digits
    raise Unreadable(f"回答里没有编号（{'、'.join(names)}），平台可能改版了。")


def token_of(record: Json, name: str) -> str:
    """A cursor or container as the platform wants it back."""
    value = record.get(name)
    token = str(value) if isinstance(value, (int, str)) and not isinstance(value, bool) else ""
    if not _TOKEN.fullmatch(token):
        raise Unreadable(f"回答里的“{name}”换了类型，平台可能改版了。")
    return token


def identity(row: Json) -> str:
    """The number of a post or comment."""
    return number_of(row, "mid", "idstr", "id")


def is_pinned(row: Json) -> bool:
    """Whether a post stands at the top, out of its order."""
    return row.get("mblogtype") == PINNED or row.get("isTop") == 1


def is_by(row: Json, uid: int) -> bool:
    """Whether the account wrote it; a deleted account has no user."""
    user = row.get("user")
    return isinstance(user, dict) and user.get("id") in (uid, str(uid))


def children_shown(row: Json) -> list[Json]:
    """The answers that are shown with a comment; `false` is none."""
    return rows_in(row.get("comments") or [], "comments")


def has_more_children(row: Json) -> bool:
    """Whether there are answers that are not shown with it."""
    shown, total = len(children_shown(row)), count_of(row, "total_number")
    return bool(row.get("more_info")) or (shown > 0 if total is None else total > shown)


def rows_in(value: object, name: str) -> list[Json]:
    """A list of objects. Raises Unreadable that names it."""
    if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        raise Unreadable(f"回答里的“{name}”换了类型，平台可能改版了。")
    return value


def words_of(row: Json) -> Words:
    """The text without the 回复@name: that the platform puts before it, and that name."""
    is_html = isinstance(row.get("text"), str)
    written = str(field(row, "text" if is_html else "text_raw", str))
    found = _ANSWERS.match(written)
    text = written[found.end() :] if found else written
    text = text_of(_MENTION_THEN_WORD.sub(r"\1 ", text)) if is_html else text.strip()
    if not text and row.get("pic"):
        text = "[图片]"
    return Words(text, unescape(found[1] or found[2]).strip() if found else None)


def answered_by(row: Json, root: Json | None) -> str | None:
    """The number of the comment that is answered: another child where one is named, else the root."""
    if root is None:
        return None
    answered = row.get("reply_comment")
    if isinstance(answered, dict):
        return identity(answered)
    return number_of(row, "reply_id") if row.get("reply_id") else identity(root)


def answered_name_of(row: Json) -> str | None:
    """The name of whoever wrote the answered comment, where the row tells it."""
    answered = row.get("reply_comment")
    return name_of(answered) if isinstance(answered, dict) else None


def _user(row: Json) -> Json:
    user = row.get("user")
    if user is not None and not isinstance(user, dict):
        raise Unreadable("回答里的“user”换了类型，平台可能改版了。")
    return user or {}


def name_of(row: Json) -> str | None:
    """The name of whoever wrote it; None where there is no user any more."""
    name = _user(row).get("screen_name")
    return name if isinstance(name, str) and name.strip() else None


def account_of(row: Json) -> str | None:
    """The number of whoever wrote it. Raises Unreadable for a user without one."""
    user = _user(row)
    if _PSEUDONYM.fullmatch(str(user.get("id"))):
        return str(user["id"])  # the answer was kept as evidence
    return number_of(user, "id", "idstr") if user else None


def moment_of(row: Json, now: datetime) -> Moment:
    """When it was written, in whichever form the platform tells it. Raises Unreadable."""
    try:
        return read_time(str(field(row, "created_at", str)), now, ZONE)
    except ValueError as error:
        raise Unreadable(str(error)) from error


def count_of(row: Json, *names: str) -> int | None:
    """The first of several counts that is there; None where none is. Raises Unreadable that names it."""
    value = next((row[name] for name in names if row.get(name) is not None), None)
    if value is not None and not isinstance(value, (int, str)):
        raise Unreadable(f"回答里的“{names[0]}”换了类型，平台可能改版了。")
    try:
        return read_count(value)
    except ValueError as error:
        raise Unreadable(f"回答里的“{names[0]}”不是数目，平台可能改版了。") from error
