"""Clean: take out what nobody sees or typed (controls, invisible signs), keep every character people wrote."""

import dataclasses
import hashlib
import re

import regex

from crawler.items import Comment, Item, Post, Reply
from crawler.portions import Portion
from pipelines.index.mapping import LONGEST_KEYWORD

_TEXTS = ("title", "text", "unit", "author", "author_name", "author_region", "category", "domain", "status")
IDS = frozenset(
    field.name
    for kind in (Post, Comment, Reply)
    for field in dataclasses.fields(kind)
    if field.name == "id" or field.name.endswith("_id")
)
"""Fields of all kinds of items that hold an id."""

_LINE_BREAK = regex.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
_SURROGATE = regex.compile("[\ud800-\udfff]")
# Controls but \n and \t, soft hyphen, zero-width signs, bidi controls, byte order mark, tags (hidden text).
_INVISIBLE = regex.compile(
    r"[\x00-\x08\x0e-\x1f\x7f-\x9f\xad\u034f\u061c\u180e\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff"
    r"\ufff9-\ufffb\U000e0000-\U000e007f\p{Noncharacter_Code_Point}]"
)
# U+FE0E, U+FE0F and U+200D make one emoji of several signs; anywhere else they only hide.
_LONE_SELECTOR = regex.compile(r"(?<!\p{Extended_Pictographic})[\ufe0e\ufe0f](?!\u20e3)")
_LONE_JOINER = regex.compile(
    r"(?<![\p{Extended_Pictographic}\p{Emoji_Modifier}\ufe0f])\u200d|\u200d(?!\p{Extended_Pictographic})"
)
_SPACES = regex.compile(r"[\t\p{Zs}]+")
_AROUND_BREAK = regex.compile(r" ?\n ?")
_EMPTY_LINES = regex.compile(r"\n{3,}")
_PERHAPS_UNTIDY = re.compile(
    "[\0-\x20\x7f-\xa0\xad\u034f\u061c\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ud800-\udfff\ufdd0-\ufdef\ufe0e"
    "\ufe0f\ufeff\ufff9-\uffff\U000e0000-\U000e007f"
    + "".join(f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0x10000, 0x110000, 0x10000))
    + "]"
)
"""Of this there is something in every text that is not tidy. Most comments have no blank at all."""


class Clean:
    """The step as Scrapy runs it."""

    def process_item(self, portion: Portion) -> Portion:
        """The tidy items."""
        return dataclasses.replace(portion, items=[clean(item) for item in portion.items])


def clean(item: Item) -> Item:
    """The item with tidy texts and names, and ids the index can take; itself where it is so already. Never raises."""
    changed: dict[str, str] = {}
    for names, made in ((_TEXTS, tidy), (IDS, fitting_id)):
        for name in names:
            value = getattr(item, name, None)
            if isinstance(value, str) and (better := made(value)) != value:
                changed[name] = better
    return dataclasses.replace(item, **changed) if changed else item


def fitting_id(identity: str) -> str:
    """The id itself; where it is longer than the index takes, its platform and 64 hexadecimal digits of its hash."""
    if len(identity.encode()) <= LONGEST_KEYWORD:
        return identity
    platform = identity.partition(":")[0]
    return f"{platform}:{hashlib.blake2b(identity.encode(), digest_size=32).hexdigest()}"


def tidy(text: str) -> str:
    """The text without invisible signs; runs of blanks are one space, and at most one line stays empty.

    Full-width letters, variants and combining marks stay as typed. Idempotent and linear in the length.
    """
    return tidied(text) if _PERHAPS_UNTIDY.search(text) else text


def tidied(text: str) -> str:
    """What `tidy` gives, by the long way."""
    if _SURROGATE.search(text):
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    text = _INVISIBLE.sub("", _LINE_BREAK.sub("\n", text))
    text = _LONE_JOINER.sub("", _LONE_SELECTOR.sub("", text))
    return _EMPTY_LINES.sub("\n\n", _AROUND_BREAK.sub("\n", _SPACES.sub(" ", text))).strip(" \n")
