"""Moments as the index counts them: milliseconds since 1970-01-01T00:00:00Z, written as full ISO 8601; their zones."""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache

from crawler.zones import zone_named

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_OFFSET = re.compile(r"([+-])(0\d|1[0-7]):([0-5]\d)", re.ASCII)  # Java knows none beyond 18 hours
_FULL = re.compile(rf"\d{{4}}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{{3}})?(Z|{_OFFSET.pattern})", re.ASCII)


@lru_cache(maxsize=4096)
def epoch_milliseconds(text: str) -> int:
    """Milliseconds of a full moment such as `2026-11-24T09:02:03.000+08:00`.

    Raises ValueError for anything else: a day, a moment without zone or 18 hours off, one finer than a millisecond.
    """
    if not _FULL.fullmatch(text):
        raise ValueError(f"{text!r} is not a full ISO moment such as 2026-11-24T01:02:03.000Z")
    return milliseconds(datetime.fromisoformat(text))


def milliseconds(moment: datetime) -> int:
    """Milliseconds of an aware datetime."""
    return (moment - _EPOCH) // _MILLISECOND


def local(epoch: int, zone: tzinfo) -> datetime:
    """The wall clock of `zone` at `epoch` milliseconds."""
    return (_EPOCH + epoch * _MILLISECOND).astimezone(zone)


def written(epoch: int, zone: tzinfo = UTC) -> str:
    """A moment as Elasticsearch writes it: `2026-11-24T09:02:03.000+08:00`, with `Z` for an offset of zero."""
    return local(epoch, zone).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def read_zone(name: str | None) -> tzinfo:
    """The zone of `Asia/Shanghai`, `+08:00`, `Z` or None (UTC). Raises ValueError for what not both engines know."""
    if name in (None, "Z", "UTC"):
        return UTC
    offset = _OFFSET.fullmatch(name)
    if offset:
        sign, hours, minutes = offset.groups()
        shift = timedelta(hours=int(hours), minutes=int(minutes))
        return timezone(shift if sign == "+" else -shift)
    try:
        return zone_named(name)
    except ValueError as error:
        raise ValueError(f"there is no time zone {name!r}") from error


@lru_cache(maxsize=64)
def keeps_whole_hours(zone: tzinfo) -> bool:
    """Whether a zone's clock only ever moves by whole hours (looked at month by month, from 2000 to 2037)."""
    months = (datetime(year, month, 1, tzinfo=UTC) for year in range(2000, 2038) for month in range(1, 13))
    return len({month.astimezone(zone).utcoffset() % timedelta(hours=1) for month in months}) == 1
