"""What the columns of a row or a page hold: a preset's finders and a node in, values out. Pure."""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from crawler.platforms.answers import Unreadable
from crawler.platforms.letterbox.answer import Node, Row, Value, found
from crawler.platforms.letterbox.preset import Finder
from crawler.reading.counts import read_count
from crawler.reading.times import Moment, read_time

_TIMES: Mapping[str, str] = {"posted_at": "时间", "replied_at": "答复时间"}


def values_in(node: Node, fields: Mapping[str, Finder]) -> dict[str, Value]:
    """Every column that is there."""
    return {name: value for name, finder in fields.items() if (value := found(node, finder)) is not None}


def moment_in(row: Row, column: str, whose: str, now: datetime, zone: ZoneInfo) -> Moment:
    """The time in a column. Raises Unreadable, with `whose` it is, where there is none, or none that can be read."""
    if column not in row:
        raise Unreadable(f"{whose}没有找到{_TIMES[column]}（{column}），平台可能改版了。")
    try:
        return read_time(row[column], now, zone)
    except ValueError as error:
        raise Unreadable(f"{whose}的{_TIMES[column]}（{column}）：{error}") from error


def text_in(row: Row, column: str) -> str | None:
    """What stands in a column, as text; None where nothing does."""
    return str(row[column]) if column in row else None


def likes_in(row: Row) -> int | None:
    """The likes; None where none are told. Raises Unreadable."""
    try:
        return read_count(row.get("likes"))
    except ValueError as error:
        raise Unreadable(f"赞同数（likes）：{error}") from error
