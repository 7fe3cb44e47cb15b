"""What the answers and items of a run were made of: counts and names of fields, never a value.

A profile is kept with a complete run, so that the next ones can be held against it (`crawler/monitors.py`).
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, dataclass, field, fields
from typing import Self

import orjson

from crawler.items import Comment, Item, Post, Reply

WHOLE, NEWEST = "whole", "newest"
"""Extents of runs: to the ends of the source's lists, or to where earlier runs had read."""

MOST_KEYS = 200
"""Keys remembered of one kind of row. A row with more is keyed by values, such as the ids of its pictures."""

_OURS = frozenset({"account", "author_name", "addressee"})
"""What the platform does not give, or what is gone when an item has been masked."""

_KEY = re.compile(r"[A-Za-z_][\w.-]{0,63}", re.ASCII)
"""What can be the name of a field and nobody's name or number."""

_TYPES: Mapping[type, str] = {str: "文字", int: "数字", float: "数字", bool: "是否", list: "列表", dict: "对象"}


def optional_fields(kind: type[Item]) -> tuple[str, ...]:
    """The fields of an item that a platform may leave out."""
    return tuple(
        one.name
        for one in fields(kind)
        if one.default is not MISSING and one.default in (None, "") and one.name not in _OURS
    )


_OPTIONAL = {kind: optional_fields(kind) for kind in (Post, Comment, Reply)}


@dataclass(slots=True)
class Profile:
    """Counts of one run.

    extent    how far was read; runs are held against those of the same extent
    requests  requests sent
    items     items by kind: post, comment, letter, submission, reply
    filled    of these, how many had a field that may be missing, by kind and field
    rows      rows of the platform's answers, by kind
    keys      of these, how many had a key with something in it, neither null nor false, by kind, as `key:type`
    read      the keys that the parsers read, by kind of row; not kept, for the program knows them
    """

    extent: str = WHOLE
    requests: int = 0
    items: Counter[str] = field(default_factory=Counter)
    filled: dict[str, Counter[str]] = field(default_factory=dict)
    rows: Counter[str] = field(default_factory=Counter)
    keys: dict[str, Counter[str]] = field(default_factory=dict)
    read: dict[str, frozenset[str]] = field(default_factory=dict)

    def took(self, item: Item) -> None:
        """Count a masked item."""
        kind = item.kind if isinstance(item, Comment) else type(item).__name__.lower()
        self.items[kind] += 1
        filled = self.filled.setdefault(kind, Counter())
        filled.update(name for name in _OPTIONAL[type(item)] if getattr(item, name) not in (None, ""))

    def saw(self, kind: str, rows: Iterable[object], read: frozenset[str]) -> None:
        """Count the rows of an answer before they are read; `read` are the keys that the parsers know."""
        self.read[kind] = read
        known = self.keys.setdefault(kind, Counter())
        for row in rows:
            if not isinstance(row, dict):
                continue
            self.rows[kind] += 1
            for key, value in row.items():
                if value is None or value is False or not _KEY.fullmatch(key):
                    continue
                name = f"{key}:{_TYPES.get(type(value), '其他')}"
                if name in known or len(known) < MOST_KEYS:
                    known[name] += 1

    def share_filled(self, kind: str, name: str) -> float:
        """The share of items of a kind that had a field, 0–1."""
        return self.filled.get(kind, Counter())[name] / self.items[kind] if self.items[kind] else 0.0

    def types(self, kind: str) -> dict[str, dict[str, float]]:
        """Of each key in rows of a kind, the share of rows, 0–1, in which it held what, by type."""
        found: dict[str, dict[str, float]] = {}
        for name, count in self.keys.get(kind, Counter()).items():
            key, _, held = name.partition(":")
            found.setdefault(key, {})[held] = count / self.rows[kind]
        return found

    def encode(self) -> bytes:
        """As it is kept."""
        kept = {one.name: getattr(self, one.name) for one in fields(self) if one.name != "read"}
        return orjson.dumps(kept)

    @classmethod
    def decode(cls, kept: bytes) -> Self:
        """The inverse of `encode`; what an earlier version did not keep is empty."""
        data = orjson.loads(kept)
        return cls(
            data.get("extent", WHOLE),
            data.get("requests", 0),
            Counter(data.get("items")),
            {kind: Counter(counts) for kind, counts in data.get("filled", {}).items()},
            Counter(data.get("rows")),
            {kind: Counter(counts) for kind, counts in data.get("keys", {}).items()},
        )
