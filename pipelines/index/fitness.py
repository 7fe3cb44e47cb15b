"""Whether a document fits its mapping. Asked before anything is sent, so that both engines refuse the same ones."""

from collections import defaultdict, deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from itertools import chain, islice
from math import isfinite

import orjson

from pipelines.documents import Source, Value
from pipelines.index.contract import Refused
from pipelines.index.mapping import LARGEST_DOCUMENT, LARGEST_INTEGER, LONGEST_KEYWORD, LONGEST_TERM, Field
from pipelines.index.moments import epoch_milliseconds

TOGETHER = 1000
"""Documents that are looked at together."""

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


def fitting(sources: Sequence[Source], fields: Mapping[str, Field]) -> tuple[dict[str, bytes], tuple[Refused, ...]]:
    """The JSON of documents that an index with these fields can take, by id, the last of each; and those it cannot."""
    found = zip(sources, judge(sources, fields), strict=True)
    judged = {str(source.get("id")): judgement for source, judgement in found}
    fits = {identity: judgement for identity, judgement in judged.items() if isinstance(judgement, bytes)}
    return fits, tuple(judgement for judgement in judged.values() if isinstance(judgement, Refused))


def judge(sources: Iterable[Source], fields: Mapping[str, Field]) -> Iterator[bytes | Refused]:
    """The JSON of each document, in their order; or why an index with these fields cannot take it."""
    sure = {name: _SURE[field.type, field.many] for name, field in fields.items() if (field.type, field.many) in _SURE}
    sure["id"] = _identities
    rest = iter(sources)
    while together := list(islice(rest, TOGETHER)):
        doubtful = _doubtful(together, sure)
        for source in together:
            yield _judged(source, unfit(source, fields, doubtful) if doubtful else None)


def unfit(source: Source, fields: Mapping[str, Field], doubtful: Collection[str] | None = None) -> str | None:
    """Why these fields cannot hold what `source` has: a sentence without the value; None where they can.

    Looks at `doubtful` fields only, where the others are known to hold theirs.
    """
    identity = source.get("id")
    if not isinstance(identity, str) or not 0 < _bytes(identity) <= LONGEST_KEYWORD:
        return f"字段 id 应是 1 到 {LONGEST_KEYWORD} 字节的文字。"
    for name, value in source.items():
        if doubtful is not None and name not in doubtful:
            continue
        field = fields.get(name)
        if field is None:
            return f"映射里没有字段 {name[:80]!r}。"
        reason = _unfit_field(value, field)
        if reason:
            return f"字段 {name} {reason}。"
    return None


def _judged(source: Source, reason: str | None) -> bytes | Refused:
    content = b""
    if reason is None:
        try:
            content = _written(source)
        except orjson.JSONEncodeError:
            reason = "含有写不成 JSON 的字符或数。"
    if len(content) > LARGEST_DOCUMENT:
        reason = f"整篇超过 {LARGEST_DOCUMENT} 字节。"
    return content if reason is None else Refused(str(source.get("id")), reason)


def _written(source: Source) -> bytes:
    """The JSON of a document, in the room that it takes: what orjson gives holds several times as much."""
    return orjson.dumps(source, option=orjson.OPT_APPEND_NEWLINE)[:-1]


def _doubtful(sources: Sequence[Source], sure: Mapping[str, Callable[[Sequence[Value]], bool]]) -> set[str]:
    """Fields of which not every value is one of the common cases, as it is in nearly all of them.

    All values of a field are looked at together: several times as fast as `unfit` for each document.
    """
    columns = _columns(sources)
    doubtful = {name for name, values in columns.items() if name not in sure or not sure[name](values)}
    return doubtful if len(columns["id"]) == len(sources) else {*doubtful, "id"}


def _columns(sources: Sequence[Source]) -> defaultdict[str, list[Value]]:
    """What each field holds in those documents that have it."""
    shapes: defaultdict[tuple[str, ...], list[Source]] = defaultdict(list)
    for source in sources:
        shapes[tuple(source)].append(source)
    columns: defaultdict[str, list[Value]] = defaultdict(list)
    for names, alike in shapes.items():
        values = list(chain.from_iterable(map(dict.values, alike)))
        for place, name in enumerate(names):
            columns[name] += values[place :: len(names)]
    return columns


def _only(kind: type, values: Iterable[Value]) -> bool:
    return {*map(type, values)} == {kind}


def _identities(values: Sequence[Value]) -> bool:
    return _short(values, LONGEST_KEYWORD // 4) and all(values)


def _short(values: Sequence[Value], most: int = _SURELY_SHORT) -> bool:
    return _only(str, values) and max(map(len, values)) <= most


def _all_short(values: Sequence[Value]) -> bool:
    return _only(list, values) and (not any(values) or _short(list(chain.from_iterable(values))))


def _whole(values: Sequence[Value]) -> bool:
    return _only(int, values) and min(values) >= -LARGEST_INTEGER and max(values) <= LARGEST_INTEGER


def _finite(values: Sequence[Value]) -> bool:
    return _only(float, values) and all(map(isfinite, values))


def _plain_moments(values: Sequence[Value]) -> bool:
    """Whether all are dates written as ours are: `2026-11-24T01:02:03.000Z`."""
    length = len(_PLAIN)
    if not _only(str, values) or {*map(len, values)} != {length}:
        return False
    together = "".join(values)
    if any(together[at::length] != mark * len(values) for at, mark in enumerate(_PLAIN) if mark != "0"):
        return False
    try:
        deque(map(datetime.fromisoformat, values), maxlen=0)
    except ValueError:
        return False
    return True


def _objects(values: Sequence[Value]) -> bool:
    return _only(list, values) and {*map(type, chain.from_iterable(values))} <= {dict}


_SURE: Mapping[tuple[str, bool], Callable[[Sequence[Value]], bool]] = {
    ("keyword", False): _short,
    ("keyword", True): _all_short,
    ("text", False): partial(_only, str),
    ("date", False): _plain_moments,
    ("integer", False): _whole,
    ("double", False): _finite,
    ("boolean", False): partial(_only, bool),
    ("object", False): partial(_only, dict),
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
