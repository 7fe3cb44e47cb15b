"""Whether a document fits its mapping. Asked before anything is sent, so that both engines refuse the same ones."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from math import isfinite

import orjson

from pipelines.documents import Source, Value
from pipelines.index.contract import Refused
from pipelines.index.mapping import LARGEST_INTEGER, LONGEST_KEYWORD, Field
from pipelines.index.moments import epoch_milliseconds

LONGEST_STORED = 32_766
"""Bytes of a keyword that can be searched; Lucene refuses a longer term."""

_SURELY_SHORT = LONGEST_STORED // 4  # characters, whatever they are
_MARKS = "--T::"
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


def fitting(sources: Iterable[Source], fields: Mapping[str, Field]) -> tuple[dict[str, Fit], tuple[Refused, ...]]:
    """The documents an index with these fields can take, by id, the last of each; and those it cannot."""
    fits: dict[str, Fit] = {}
    refused: dict[str, Refused] = {}
    for source in sources:
        identity = str(source.get("id"))
        reason = unfit(source, fields)
        if reason is None:
            try:
                fits[identity] = Fit(source, orjson.dumps(source))
            except orjson.JSONEncodeError:
                reason = "含有写不成 JSON 的字符或数。"
        if reason is not None:
            fits.pop(identity, None)
            refused[identity] = Refused(identity, reason)
        else:
            refused.pop(identity, None)
    return fits, tuple(refused.values())


def unfit(source: Source, fields: Mapping[str, Field]) -> str | None:
    """Why these fields cannot hold what `source` has: a sentence without the value; None where they can."""
    identity = source.get("id")
    if not isinstance(identity, str) or not 0 < _bytes(identity) <= LONGEST_KEYWORD:
        return f"字段 id 应是 1 到 {LONGEST_KEYWORD} 字节的文字。"
    for name, value in source.items():
        field = fields.get(name)
        if field is None:
            return f"映射里没有字段 {name[:80]!r}。"
        if _surely_fits(value, field):
            continue
        reason = _unfit_field(value, field)
        if reason:
            return f"字段 {name} {reason}。"
    return None


def _surely_fits(value: Value, field: Field) -> bool:
    """The common cases at once: nearly every value of every document is one of them."""
    kind, wanted = type(value), field.type
    if kind is str:
        if field.many:
            return False
        return (
            wanted == "text" or (wanted == "keyword" and len(value) <= _SURELY_SHORT) or _is_plain_moment(value, wanted)
        )
    if kind is list:
        return (
            field.many
            and wanted == "keyword"
            and all(type(part) is str and len(part) <= _SURELY_SHORT for part in value)
        )
    if field.many:
        return False
    if kind is int:
        return wanted == "integer" and -LARGEST_INTEGER <= value <= LARGEST_INTEGER
    return kind is float and wanted == "double" and isfinite(value)


def _is_plain_moment(value: str, wanted: str) -> bool:
    """Whether it is a date written as ours are: `2026-11-24T01:02:03.000Z`."""
    if wanted != "date" or len(value) != 24 or value[4::3][:5] != _MARKS or value[19] != "." or value[23] != "Z":
        return False
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


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
    if field.type == "keyword" and field.searchable and _bytes(value) > LONGEST_STORED:
        return f"超过 {LONGEST_STORED} 字节"
    if field.type == "date":
        try:
            epoch_milliseconds(value)
        except ValueError:
            return "不是带时区、到毫秒为止的 ISO 时间"
    return None


def _bytes(text: str) -> int:
    """Bytes in UTF-8; half a surrogate pair counts as one and is refused later."""
    return len(text.encode(errors="replace"))
