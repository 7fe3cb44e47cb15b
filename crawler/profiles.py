"""What the answers and items of a run were made of: counts and names of fields, never a value.

A profile is kept with a complete run, so that the next ones can be held against it (`crawler/monitors.py`).
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields
from datetime import date
from typing import Self

import orjson

from crawler.items import Comment, Item, Post, Reply

WHOLE, NEWEST = "whole", "newest"
"""Extents of runs: to the ends of the source's lists, or to where earlier runs had read."""

ENOUGH = 20
"""Items, rows or requests from which shares are looked at: a field that nine of ten items have is missing in more than
half of twenty by chance less than once in a hundred thousand times."""

COMMON = 0.9
"""Share of the rows from which a key that nobody reads is told and kept by name, where there are `ENOUGH` rows. A field
stands in nearly all of them, the name or number of somebody in those about him. Where nearly all are about one person
and are keyed by what looks like the name of a field, nobody can tell the two apart."""

MOST_KEYS = 200
"""Keys with their types, those that are read among them, from which on no other key is counted of a kind of row. A row
with more is keyed by values, such as the ids of its pictures."""

_OURS = frozenset({"account", "author_name", "addressee"})
"""What the platform does not give, or what is gone when an item has been masked."""

_FIELD = re.compile(r"(?!(?:\D*\d){3})[A-Za-z_]\w{0,39}", re.ASCII)
"""What looks like the name of a field: with three digits and more it may be somebody's number."""

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
    keys      of these, how many had a key whose value is not null, by kind, as `key:type`. Counted are the keys that
              the parsers read and those that look like the name of a field; of the latter only the common ones are kept
    unnamed   how many keys there were that look like no field's name, by kind; they may be people's
    read      the keys that the parsers read, by kind of row; not kept, for the program knows them
    """

    extent: str = WHOLE
    requests: int = 0
    items: Counter[str] = field(default_factory=Counter)
    filled: dict[str, Counter[str]] = field(default_factory=dict)
    rows: Counter[str] = field(default_factory=Counter)
    keys: dict[str, Counter[str]] = field(default_factory=dict)
    unnamed: Counter[str] = field(default_factory=Counter)
    read: dict[str, frozenset[str]] = field(default_factory=dict)
    _met: set[tuple[str, str]] = field(default_factory=set, repr=False, compare=False)

    def took(self, item: Item) -> None:
        """Count a masked item."""
        kind = item.kind if isinstance(item, Comment) else type(item).__name__.lower()
        self.items[kind] += 1
        filled = self.filled.setdefault(kind, Counter())
        filled.update(name for name in _OPTIONAL[type(item)] if getattr(item, name) not in (None, ""))

    def saw(self, kind: str, rows: Iterable[object], read: frozenset[str]) -> None:
        """Count the rows of an answer before they are read; `read` are the keys that the parsers know."""
        self.read[kind] = read
        objects = [row for row in rows if isinstance(row, dict)]
        self.rows[kind] += len(objects)
        held = Counter((key, type(value)) for row in objects for key, value in row.items() if value is not None)
        for (key, type_held), count in held.items():
            self._count_key(kind, key, type_held, count)

    def _count_key(self, kind: str, key: str, held: type, count: int) -> None:
        known, name = self.keys.setdefault(kind, Counter()), f"{key}:{_TYPES.get(held, '其他')}"
        if key in self.read[kind] or name in known or (_FIELD.fullmatch(key) and len(known) < MOST_KEYS):
            known[name] += count
        elif (kind, key) not in self._met and self.unnamed[kind] < MOST_KEYS:
            self._met.add((kind, key))
            self.unnamed[kind] += 1

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

    def common(self, kind: str) -> set[str]:
        """The keys in rows of a kind that may be told and kept by name though no parser reads them."""
        if self.rows[kind] < ENOUGH:
            return set()
        return {key for key, held in self.types(kind).items() if sum(held.values()) >= COMMON}

    def encode(self) -> bytes:
        """As it is kept."""
        kept = {name: getattr(self, name) for name in ("extent", "requests", "items", "filled", "rows", "unnamed")}
        keys = {kind: self._kept_keys(kind) for kind in self.keys}
        return orjson.dumps(kept | {"keys": keys})

    def _kept_keys(self, kind: str) -> dict[str, int]:
        named = self.common(kind) | self.read.get(kind, frozenset())
        return {name: count for name, count in self.keys[kind].items() if name.partition(":")[0] in named}

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
            Counter(data.get("unnamed")),
        )


@dataclass(frozen=True, slots=True)
class History:
    """What is known of a source's earlier runs.

    usual      the usual number of items of a complete run, for when no profile tells; None while there is none
    profiles   of the last complete runs of this one's extent
    news       the days on which something new came, in order, that of this run included
    """

    usual: float | None = None
    profiles: Sequence[Profile] = ()
    news: Sequence[date] = ()
