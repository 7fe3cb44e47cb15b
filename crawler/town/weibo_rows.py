"""How the town's posts and comments look on Weibo's two sites: the rows of their answers, as JSON."""

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape

from crawler.town.corpus import ACCOUNT, ZONE, Answer, Town, TownPost, Utterance

UID = 8888010001
"""The number of the county's account."""

FIRST_POST = 5172000000000001
FIRST_COMMENT = 2**53 + 1
"""Comments are numbered by time, beyond what a float tells apart."""

CUT_AT = 140
"""Signs after which a list cuts a post."""

PREVIEWS = 2

Row = dict[str, object]

_BASE_62 = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_MARKED = re.compile(r"\[(?P<emoji>[\u4e00-\u9fffa-z]{1,6})\]|@(?P<name>[\w·-]+)|#(?P<topic>[^#\n]{2,30})#")
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class Said:
    """A comment or an answer as the site keeps it. `answers` is the child it answers, where it does not its root."""

    number: int
    words: Utterance | Answer
    answers: "Said | None" = None

    @property
    def author(self) -> str:
        """Its writer."""
        return self.words.author


@dataclass(frozen=True, slots=True)
class Thread:
    """A comment with its answers, oldest first."""

    root: Said
    children: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class Posted:
    """A post with its threads, the hottest first."""

    number: int
    post: TownPost
    threads: tuple[Thread, ...]


def numbered(town: Town) -> list[Posted]:
    """The account's posts, newest first, all of them and all comments numbered by time."""
    spoken = [words for post in town.weibo for comment in post.comments for words in (comment, *comment.answers)]
    numbers = {id(words): place for place, words in enumerate(sorted(spoken, key=lambda one: one.at), FIRST_COMMENT)}
    posts = []
    for number, post in enumerate(town.weibo, FIRST_POST):
        threads = [_thread(comment, numbers) for comment in post.comments]
        posts.append(Posted(number, post, tuple(sorted(threads, key=lambda thread: -thread.root.words.likes))))
    return posts[::-1]


def _thread(comment: Utterance, numbers: dict[int, int]) -> Thread:
    children: list[Said] = []
    for answer in sorted(comment.answers, key=lambda answer: answer.at):
        earlier = next((child for child in reversed(children) if child.author == answer.to), None)
        children.append(Said(numbers[id(answer)], answer, earlier))
    return Thread(Said(numbers[id(comment)], comment), tuple(children))


def post_row(posted: Posted, now: datetime, mobile: bool, pinned: bool = False) -> Row:
    """A post in a list. What may be said of its comments is left out of a closed one."""
    post = posted.post
    text, is_long = html_of(post.text.strip()), len(post.text.strip()) > CUT_AT
    if is_long:
        text = f'{html_of(post.text.strip()[:CUT_AT])}...<a href="/status/{posted.number}">全文</a>'
    said = sum(1 + len(thread.children) for thread in posted.threads)
    likes = sum(thread.root.words.likes for thread in posted.threads) * 7
    row: Row = {
        "id": str(posted.number) if mobile else posted.number,
        "mid": str(posted.number),
        "created_at": shown_at(post.at, now, 0) if mobile else full_time(post.at),
        "text": text,
        "isLongText": is_long,
        "source": "微博网页版",
        "region_name": "发布于 四川",
        "pic_num": 0,
        "attitudes_count": f"{likes / 10_000:.1f}万" if mobile and likes >= 10_000 else likes,
        "comments_count": 3 if post.closed else said,
        "reposts_count": len(posted.threads),
        "user": {"id": UID, "screen_name": ACCOUNT, "verified": True, "verified_type": 1, "followers_count": "5.5万"},
    }
    if not post.closed:
        row["comment_manage_info"] = {
            "comment_permission_type": -1,
            "approval_comment_type": int(post.curated),
            "comment_sort_type": 0,
        }
    if mobile:
        return {**row, "bid": short_name(posted.number), "mblogtype": 2 if pinned else 0}
    more = {"isTop": 1} if pinned else {}
    return {**row, "idstr": str(posted.number), "mblogid": short_name(posted.number), "text_raw": post.text, **more}


def thread_row(thread: Thread, now: datetime, mobile: bool) -> Row:
    """A comment with the first of its answers; `false` where there are none on m."""
    shown = [child_row(child, thread, now, mobile) for child in thread.children[:PREVIEWS]]
    more: Row = {"total_number": len(thread.children), "comments": shown or (False if mobile else [])}
    if not mobile and len(thread.children) > PREVIEWS:
        more["more_info"] = {"scheme": "sinaweibo://detail", "text": f"共{len(thread.children)}条回复"}
    return {**_row(thread.root, thread.root, "", now, mobile), **more}


def child_row(child: Said, thread: Thread, now: datetime, mobile: bool) -> Row:
    """An answer. On m it names what it answers only where that is another answer."""
    name = escape(child.answers.author) if child.answers else ""
    before = f"回复<a href='/n/{name}'>@{name}</a>:" if name else ""
    row = _row(child, thread.root, before, now, mobile)
    if mobile:
        return {**row, "reply_id": child.answers.number} if child.answers else row
    answered = child.answers or thread.root
    return {
        **row,
        "reply_comment": {
            "id": answered.number,
            "text": html_of(answered.words.text),
            "user": {"id": number_of(answered), "screen_name": answered.author},
        },
    }


def _row(said: Said, root: Said, before: str, now: datetime, mobile: bool) -> Row:
    words = said.words
    row: Row = {
        "id": said.number if not mobile else str(said.number),
        "mid": str(said.number),
        "rootid": root.number,
        "rootidstr": str(root.number),
        "floor_number": said.number - FIRST_COMMENT + 1,
        "text": before + html_of(words.text),
        "created_at": shown_at(words.at, now, said.number) if mobile else full_time(words.at),
        "source": f"来自{words.region}" if words.region else "",
        "total_number": 0,
        "comments": False if mobile else [],
        "max_id": 0,
        "user": {
            "id": number_of(said),
            "screen_name": words.author,
            "verified": number_of(said) == UID,
            "followers_count": 12,
        },
    }
    if mobile:
        return {**row, "like_count": words.likes, "liked": False, "is_mblog_author": number_of(said) == UID}
    return {**row, "idstr": str(said.number), "like_counts": words.likes, "text_raw": words.text}


def number_of(said: Said) -> int:
    """The number of a writer's account."""
    return UID if said.author == ACCOUNT else 9_000_000_000 + zlib.crc32(said.author.encode())


def html_of(text: str) -> str:
    """A text as the site sets it: emoji as images, names and topics as links, breaks as tags."""
    return _MARKED.sub(_set, escape(text, quote=False)).replace("\n", "<br />")


def _set(found: re.Match[str]) -> str:
    if emoji := found["emoji"]:
        return f'<span class="url-icon"><img alt="[{emoji}]" src="https://h5.sinaimg.cn/{len(emoji)}.png" /></span>'
    if name := found["name"]:
        return f"<a href='/n/{name}'>@{name}</a>"
    return f'<a href="/search?q={found["topic"]}"><span class="surl-text">#{found["topic"]}#</span></a>'


def full_time(at: datetime) -> str:
    """`Sun Nov 23 12:00:00 +0800 2026`, whatever the locale."""
    local = at.astimezone(ZONE)
    return f"{_WEEKDAYS[local.weekday()]} {_MONTHS[local.month - 1]} {local:%d %H:%M:%S} +0800 {local.year}"


def shown_at(at: datetime, now: datetime, number: int) -> str:
    """A time as m shows it: counted back when it is young, then in one of several forms."""
    local, here, age = at.astimezone(ZONE), now.astimezone(ZONE), now - at
    if age < timedelta(minutes=1):
        return "刚刚"
    if age < timedelta(hours=1):
        return f"{age // timedelta(minutes=1)}分钟前"
    if age < timedelta(hours=24):
        return f"{age // timedelta(hours=1)}小时前"
    if (here.date() - local.date()).days == 1:
        return f"昨天 {local:%H:%M}"
    if local.year == here.year and number % 5 in (1, 2, 3):
        return {1: f"{local:%m-%d}", 2: f"{local:%m-%d %H:%M}", 3: f"{local.month}月{local.day}日 {local:%H:%M}"}[
            number % 5
        ]
    return f"{local:%Y-%m-%d %H:%M}" if number % 5 == 4 else full_time(at)


def short_name(number: int) -> str:
    """The short name (bid) of a post: from the right, seven digits are four signs in base 62."""
    groups = []
    while number:
        number, rest = divmod(number, 10_000_000)
        signs = ""
        while rest or (number and len(signs) < 4):
            rest, sign = divmod(rest, 62)
            signs = _BASE_62[sign] + signs
        groups.append(signs)
    return "".join(groups[::-1])


def threads_of(posts: Sequence[Posted]) -> dict[int, Thread]:
    """All threads by the number of their comment."""
    return {thread.root.number: thread for posted in posts for thread in posted.threads}
