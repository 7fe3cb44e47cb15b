"""Validate: refuse an item that cannot be true or would break something later. Reads the item, changes nothing."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import UnionType
from typing import Literal, get_args, get_origin, get_type_hints

from crawler.items import Comment, Item, Post, Reply
from crawler.portions import Portion
from pipelines.index.mapping import LARGEST_INTEGER, LONGEST_KEYWORD
from pipelines.steps import Rejected
from pipelines.steps.clean import IDS, tidy

_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
_LONG = frozenset({"title", "text", "url"})
_SURELY_SHORT = LONGEST_KEYWORD // 4  # characters of at most four bytes


def _plain(hint: object) -> frozenset[type]:
    """The types that a hint names; none for a literal, whose values are looked at."""
    if isinstance(hint, UnionType):
        return frozenset[type]().union(*map(_plain, get_args(hint)))
    return frozenset({hint}) if isinstance(hint, type) else frozenset()


_FIELDS = {
    kind: [(name, hint, _plain(hint)) for name, hint in get_type_hints(kind).items()] for kind in (Post, Comment, Reply)
}
"""Of each kind its fields, what they may hold, and the types that are that without a closer look."""


class Validate:
    """The step as Scrapy runs it."""

    def process_item(self, portion: Portion) -> Portion:
        """The portion, with what is refused put aside."""
        items, refused = [], [*portion.refused]
        for item in portion.items:
            try:
                check(item)
            except Rejected as rejected:
                refused.append((item, rejected.reason))
            else:
                items.append(item)
        return replace(portion, items=items, refused=refused)


def check(item: Item) -> None:
    """Raise Rejected, with a sentence that names the field and never its content, for the first thing that is wrong.

    What passes can be stored in the index: the limits are the mapping's.
    """
    for name, hint, plain in _FIELDS[type(item)]:
        value = getattr(item, name)
        if type(value) not in plain and not _fits(value, hint):
            raise Rejected(f"字段 {name} 的类型或取值不对（{type(value).__name__}）。")
        if value is not None:
            _check_value(name, value, item.platform)
    _check_meaning(item)


def _check_value(name: str, value: object, platform: str) -> None:
    if isinstance(value, str):
        if name in IDS:
            _check_id(name, value, platform)
        elif name not in _LONG and len(value) > _SURELY_SHORT and len(value.encode(errors="replace")) > LONGEST_KEYWORD:
            raise Rejected(f"字段 {name} 超过 {LONGEST_KEYWORD} 字节。")
    elif isinstance(value, datetime):
        if value.utcoffset() is None:
            raise Rejected(f"字段 {name} 的时间没有时区。")
    elif isinstance(value, int) and not 0 <= value <= LARGEST_INTEGER:
        raise Rejected(f"字段 {name} 是负数，或大于 {LARGEST_INTEGER}。")


def _check_id(name: str, value: str, platform: str) -> None:
    if not value.isprintable() or not value.startswith(f"{platform}:") or value == f"{platform}:" or not platform:
        raise Rejected(f"字段 {name} 应写成“平台:原编号”，平台是 {platform[:40]}。")


def _check_meaning(item: Item) -> None:
    if not isinstance(item, Post) and not tidy(item.text):
        raise Rejected("正文是空的，只有空白或看不见的字符。")
    at = item.replied_at if isinstance(item, Reply) else item.posted_at
    if not _EARLIEST <= at <= item.collected_at + timedelta(days=1):
        raise Rejected(f"发表时间 {at.isoformat()} 早于 1990 年，或晚于采集时间一天以上。")
    if isinstance(item, Comment) and item.satisfaction is not None and not 0 <= item.satisfaction <= 1:
        raise Rejected("满意度应在 0 到 1 之间。")
    if item.url and not (item.url.isprintable() and item.url.lower().startswith(("http://", "https://", "file:"))):
        raise Rejected("网址应以 http、https 或 file 开头。")


def _fits(value: object, hint: object) -> bool:
    if get_origin(hint) is Literal:
        return value in get_args(hint)
    if isinstance(hint, UnionType):
        return any(_fits(value, part) for part in get_args(hint))
    if isinstance(value, bool):
        return hint is bool
    return isinstance(value, (int, float) if hint is float else hint)
