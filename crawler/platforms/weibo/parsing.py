"""Posts and comments of Weibo: rows of either site in, items out. Knows no network."""

import re
from collections.abc import Container
from dataclasses import dataclass
from datetime import datetime
from html import unescape
from typing import NamedTuple
from zoneinfo import ZoneInfo

from crawler.items import Comment, Post, Reply
from crawler.platforms.answers import Json, Unreadable, field
from crawler.reading.counts import read_count
from crawler.reading.html import text_of
from crawler.reading.times import Moment, read_time

ZONE = ZoneInfo("Asia/Shanghai")
"""The zone of the times that Weibo shows."""

OPEN, CURATED, PINNED = -1, 1, 2
LONGEST_TITLE = 40

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
_HEADING = re.compile(r"\s*[【《](.{2,60}?)[】》]")


@dataclass(frozen=True, slots=True)
class Crawl:
    """What the parsers have to know of the crawl. `uid` is the account's number, `unit` who runs it, where known."""

    source: str
    run: str
    site: str
    uid: int
    account: str | None = None
    unit: str | None = None


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


def parse_post(row: Json, crawl: Crawl, now: datetime, full_text: str | None = None) -> Post:
    """A post; of one that passes another on, the other's words are added."""
    text = text_of(str(field(row, "text", str)) if full_text is None else full_text)
    passed_on = row.get("retweeted_status")
    if isinstance(passed_on, dict) and isinstance(passed_on.get("text"), str):
        text = f"{text}\n转发：{text_of(passed_on['text'])}"
    at = _moment(row, now)
    managed = row.get("comment_manage_info")
    rules = managed if isinstance(managed, dict) else {}
    permission = rules.get("comment_permission_type")
    return Post(
        id=f"weibo:{identity(row)}",
        platform="weibo",
        source=crawl.source,
        title=title_of(text),
        text=text,
        url=f"{crawl.site}/detail/{identity(row)}",
        posted_at=at.at,
        posted_precision=at.precision,
        collected_at=now,
        run=crawl.run,
        account=crawl.account,
        comment_count=_count(row, "comments_count"),
        comments_open=permission == OPEN if isinstance(permission, int) else None,
        curated=rules.get("approval_comment_type") == CURATED,
    )


def title_of(text: str) -> str:
    """Posts have no title: what stands in 【】 or 《》 at the beginning, else the first line, cut."""
    if found := _HEADING.match(text):
        return found[1]
    line = text.strip().partition("\n")[0]
    return line if len(line) <= LONGEST_TITLE else line[: LONGEST_TITLE - 1] + "…"


def parse_comment(
    row: Json, post: Post, crawl: Crawl, now: datetime, root: Json | None, own: Container[str]
) -> Comment | Reply | None:
    """A comment, or the account's reply to one.

    `root` is the comment under which the row is shown; `own` are the numbers of what the account itself said. None
    where nothing was said, and for what the account says to nobody, or to itself.
    """
    words = _words(row)
    if not words.text:
        return None
    number, at = identity(row), _moment(row, now)
    answered = _answered(row, root)
    if is_by(row, crawl.uid):
        if answered is None or answered in own:
            return None
        to_root = root is not None and answered == identity(root)
        return Reply(
            id=f"weibo:{number}",
            platform="weibo",
            source=crawl.source,
            comment_id=f"weibo:{answered}",
            unit=crawl.unit or _name(row) or "答复单位未注明",
            text=words.text,
            url=post.url,
            replied_at=at.at,
            replied_precision=at.precision,
            collected_at=now,
            run=crawl.run,
            addressee=words.addressee or _answered_name(row) or (_name(root) if root and to_root else None),
        )
    source = row.get("source")
    return Comment(
        id=f"weibo:{number}",
        platform="weibo",
        source=crawl.source,
        kind="comment",
        text=words.text,
        url=post.url,
        posted_at=at.at,
        posted_precision=at.precision,
        collected_at=now,
        run=crawl.run,
        post_id=post.id,
        parent_id=f"weibo:{answered}" if answered else None,
        root_id=f"weibo:{identity(root)}" if root else None,
        author=_account(row) or _name(row),
        author_name=_name(row),
        author_region=source if isinstance(source, str) else None,
        likes=_count(row, "like_count", "like_counts"),
        reply_count=_count(row, "total_number"),
    )


def children_shown(row: Json) -> list[Json]:
    """The answers that are shown with a comment; `false` is none."""
    return rows_in(row.get("comments") or [], "comments")


def has_more_children(row: Json) -> bool:
    """Whether there are answers that are not shown with it."""
    shown, total = len(children_shown(row)), _count(row, "total_number")
    return bool(row.get("more_info")) or (shown > 0 if total is None else total > shown)


def rows_in(value: object, name: str) -> list[Json]:
    """A list of objects. Raises Unreadable that names it."""
    if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        raise Unreadable(f"回答里的“{name}”换了类型，平台可能改版了。")
    return value


def _words(row: Json) -> Words:
    """The text without the 回复@name: that the platform puts before it, and that name."""
    is_html = isinstance(row.get("text"), str)
    written = str(field(row, "text" if is_html else "text_raw", str))
    found = _ANSWERS.match(written)
    text = written[found.end() :] if found else written
    text = text_of(_MENTION_THEN_WORD.sub(r"\1 ", text)) if is_html else text.strip()
    if not text and row.get("pic"):
        text = "[图片]"
    return Words(text, unescape(found[1] or found[2]).strip() if found else None)


def _answered(row: Json, root: Json | None) -> str | None:
    """The number of the comment that is answered: another child where one is named, else the root."""
    if root is None:
        return None
    answered = row.get("reply_comment")
    if isinstance(answered, dict):
        return identity(answered)
    return number_of(row, "reply_id") if row.get("reply_id") else identity(root)


def _answered_name(row: Json) -> str | None:
    answered = row.get("reply_comment")
    return _name(answered) if isinstance(answered, dict) else None


def _user(row: Json) -> Json:
    user = row.get("user")
    if user is not None and not isinstance(user, dict):
        raise Unreadable("回答里的“user”换了类型，平台可能改版了。")
    return user or {}


def _name(row: Json) -> str | None:
    name = _user(row).get("screen_name")
    return name if isinstance(name, str) and name.strip() else None


def _account(row: Json) -> str | None:
    user = _user(row)
    if _PSEUDONYM.fullmatch(str(user.get("id"))):
        return str(user["id"])  # the answer was kept as evidence
    return number_of(user, "id", "idstr") if user else None


def _moment(row: Json, now: datetime) -> Moment:
    try:
        return read_time(str(field(row, "created_at", str)), now, ZONE)
    except ValueError as error:
        raise Unreadable(str(error)) from error


def _count(row: Json, *names: str) -> int | None:
    value = next((row[name] for name in names if row.get(name) is not None), None)
    if value is not None and not isinstance(value, (int, str)):
        raise Unreadable(f"回答里的“{names[0]}”换了类型，平台可能改版了。")
    try:
        return read_count(value)
    except ValueError as error:
        raise Unreadable(f"回答里的“{names[0]}”不是数目，平台可能改版了。") from error
