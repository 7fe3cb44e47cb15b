"""Whether a document fits its mapping. Asked before anything is sent, so that both engines refuse the same ones."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, islice
from math import isfinite

import orjson

from pipelines.documents import Source, Value
from pipelines.index.contract import Refused
from pipelines.index.mapping import LARGEST_DOCUMENT, LARGEST_INTEGER, LONGEST_KEYWORD, LONGEST_TERM, Field
from pipelines.index.moments import epoch_milliseconds

TOGETHER = 1000
"""Documents that are looked at together; one by one where one of those with the same fields is not plain."""

_SURELY_SHORT = LONGEST_TERM // 4  # characters of at most four bytes
_PLAIN = "0000-00-00T00:00:00.000Z"
_KINDS = {
    "keyword": str,
    "text": str,
    "date": str,
    "integer": int,
    "double": (int, float),
    "boolean": bool,
    "object": dict,
}


@dataclass(frozen=True, slots=True)
class Fit:
    """A document that fits, and its JSON."""

    source: Source
    content: bytes

    @property
    def id(self) -> str:
        """The document's id."""
        return str(self.source["id"])


def fitting(sources: Iterable[Source], fields: Mapping[str, Field]) -> tuple[dict[str, Fit], tuple[Refused, ...]]:
    """The documents an index with these fields can take, by id, the last of each; and those it cannot."""
    judged = {found.id: found for found in judge(sources, fields)}
    fits = {identity: found for identity, found in judged.items() if isinstance(found, Fit)}
    return fits, tuple(found for found in judged.values() if isinstance(found, Refused))


def judge(sources: Iterable[Source], fields: Mapping[str, Field]) -> Iterator[Fit | Refused]:
    """Whether an index with these fields can take each of the documents, in their order."""
    sure = {name: _SURE[field.type, field.many] for name, field in fields.items() if (field.type, field.many) in _SURE}
    rest = iter(sources)
    while together := list(islice(rest, TOGETHER)):
        plain = _plain_among(together, {**sure, "id": _identities})
        for place, source in enumerate(together):
            yield _judged(source, None if place in plain else unfit(source, fields))


def _judged(source: Source, reason: str | None) -> Fit | Refused:
    content = b""
    if reason is None:
        try:
            content = orjson.dumps(source)
        except orjson.JSONEncodeError:
            reason = "含有写不成 JSON 的字符或数。"
    if len(content) > LARGEST_DOCUMENT:
        reason = f"整篇超过 {LARGEST_DOCUMENT} 字节。"
    return Fit(source, content) if reason is None else Refused(str(source.get("id")), reason)


def unfit(source: Source, fields: Mapping[str, Field]) -> str | None:
    """Why these fields cannot hold what `source` has: a sentence without the value; None where they can."""
    identity = source.get("id")
    if not isinstance(identity, str) or not 0 < _bytes(identity) <= LONGEST_KEYWORD:
        return f"字段 id 应是 1 到 {LONGEST_KEYWORD} 字节的文字。"
    for name, value in source.items():
        field = fields.get(name)
        if field is None:
            return f"映射里没有字段 {name[:80]!r}。"
        reason = _unfit_field(value, field)
        if reason:
            return f"字段 {name} {reason}。"
    return None


def _plain_among(sources: Sequence[Source], sure: Mapping[str, Callable[[Sequence[Value]], bool]]) -> set[int]:
    """Places of documents of which every value is one of the common cases, as it is in nearly all of them.

    Those with the same fields are looked at together, field by field: several times as fast as `unfit` for each.
    """
    shapes: dict[tuple[str, ...], list[int]] = {}
    for place, source in enumerate(sources):
        shapes.setdefault(tuple(source), []).append(place)
    plain: set[int] = set()
    for names, places in shapes.items():
        if "id" in names and sure.keys() >= set(names):
            columns = zip(*(sources[place].values() for place in places), strict=True)
            if all(sure[name](column) for name, column in zip(names, columns, strict=True)):
                plain.update(places)
    return plain


def _identities(values: Sequence[Value]) -> bool:
    return _strings(values, 1, LONGEST_KEYWORD // 4)


def _strings(values: Sequence[Value], least: int = 0, most: int | None = None) -> bool:
    return _only(str, values) and (min(map(len, values)) >= least and (most is None or max(map(len, values)) <= most))


def _short(values: Sequence[Value]) -> bool:
    return _strings(values, most=_SURELY_SHORT)


def _all_short(values: Sequence[Value]) -> bool:
    parts = list(chain.from_iterable(values)) if _only(list, values) else [None]
    return not parts or _short(parts)


def _objects(values: Sequence[Value]) -> bool:
    return _only(list, values) and {*map(type, chain.from_iterable(values))} <= {dict}


def _whole(values: Sequence[Value]) -> bool:
    return _only(int, values) and min(values) >= -LARGEST_INTEGER and max(values) <= LARGEST_INTEGER


def _finite(values: Sequence[Value]) -> bool:
    return _only(float, values) and all(map(isfinite, values))


def _plain_moments(values: Sequence[Value]) -> bool:
    """Whether all are dates written as ours are: `2026-11-24T01:02:03.000Z`."""
    length = len(_PLAIN)
    if not _strings(values, length, length):
        return False
    together = "".join(values)
    if any(together[at::length] != mark * len(values) for at, mark in enumerate(_PLAIN) if mark != "0"):
        return False
    try:
        deque(map(datetime.fromisoformat, values), maxlen=0)
    except ValueError:
        return False
    return True


def _only(kind: type, values: Iterable[Value]) -> bool:
    return {*map(type, values)} == {kind}


_SURE: Mapping[tuple[str, bool], Callable[[Sequence[Value]], bool]] = {
    ("keyword", False): _short,
    ("keyword", True): _all_short,
    ("text", False): _strings,
    ("date", False): _plain_moments,
    ("integer", False): _whole,
    ("double", False): _finite,
    ("object", True): _objects,
}


def _unfit_field(value: Value, field: Field) -> str | None:
    if field.many != isinstance(value, list):
        return "应是一个列表" if field.many else "不能是列表"
    for part in value if isinstance(value, list) else [value]:
        reason = _unfit_value(part, field)
        if reason:
            return reason
    return None


def _unfit_value(value: object, field: Field) -> str | None:
    if not isinstance(value, _KINDS[field.type]) or (isinstance(value, bool) and field.type != "boolean"):
        return f"不是 {field.type} 类型"
    if isinstance(value, int) and field.type == "integer" and abs(value) > LARGEST_INTEGER:
        return "超出 32 位整数"
    if isinstance(value, float) and not isfinite(value):
        return "不是有限的数"
    if isinstance(value, str):
        return _unfit_text(value, field)
    return None


def _unfit_text(value: str, field: Field) -> str | None:
    if field.type == "keyword" and field.searchable and _bytes(value) > LONGEST_TERM:
        return f"超过 {LONGEST_TERM} 字节"
    if field.type == "date":
        try:
            epoch_milliseconds(value)
        except ValueError:
            return "不是带时区、到毫秒为止的 ISO 时间"
    return None


def _bytes(text: str) -> int:
    """Bytes in UTF-8; half a surrogate pair counts as one and is refused later."""
    return len(text.encode(errors="replace"))
