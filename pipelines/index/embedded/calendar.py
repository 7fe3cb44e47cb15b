"""Calendar intervals in a time zone as `date_histogram` counts them: hours to years, summer time included."""

from collections.abc import Iterator
from datetime import datetime, timedelta, tzinfo

from pipelines.index.moments import local, milliseconds

HOUR = 3_600_000  # milliseconds
DAY = 24 * HOUR
WEEK = 7 * DAY
_MONDAY = 4 * DAY  # 1970-01-05, the first Monday
_EVEN = {"hour": (HOUR, 0), "day": (DAY, 0), "week": (WEEK, _MONDAY)}
_MONTHS = {"month": 1, "quarter": 3, "year": 12}


def floor(epoch: int, interval: str, zone: tzinfo) -> int:
    """Start (milliseconds) of the interval that holds `epoch`. A week starts on Monday."""
    wall = local(epoch, zone)
    if interval == "hour":
        # An hour is counted on the clock in force, so the hour that summer time repeats is two buckets.
        return epoch - (epoch + _offset(wall)) % HOUR
    midnight = wall.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    if interval == "week":
        midnight -= timedelta(days=wall.weekday())
    elif interval in _MONTHS:
        midnight = midnight.replace(day=1, month=wall.month - (wall.month - 1) % _MONTHS[interval])
    return _instant(midnight)


def following(start: int, interval: str, zone: tzinfo) -> int:
    """Start (milliseconds) of the interval after the one that starts at `start`."""
    if interval == "hour":
        return floor(start + HOUR, interval, zone)
    wall = local(start, zone).replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    if interval in _MONTHS:
        months = wall.year * 12 + wall.month - 1 + _MONTHS[interval]
        return _instant(wall.replace(year=months // 12, month=months % 12 + 1, day=1))
    return _instant(wall + timedelta(days=7 if interval == "week" else 1))


def starts(first: int, last: int, interval: str, zone: tzinfo) -> Iterator[int]:
    """Starts of all intervals from the one that holds `first` to the one that holds `last`."""
    start = floor(first, interval, zone)
    while start <= last:
        yield start
        start = following(start, interval, zone)


def even_steps(first: int, last: int, interval: str, zone: tzinfo) -> tuple[int, int] | None:
    """(length, offset) in milliseconds when all intervals from `first` to `last` are equally long, else None.

    They are when the zone's offset stays the same; it is looked at once a day, as no zone moves and moves back in one.
    """
    if interval not in _EVEN:
        return None
    length, origin = _EVEN[interval]
    moments = (*range(floor(first, interval, zone), last, DAY), last)
    offsets = {_offset(local(epoch, zone)) % length for epoch in moments}
    return (length, (origin - offsets.pop()) % length) if len(offsets) == 1 else None


def _offset(wall: datetime) -> int:
    return wall.utcoffset() // timedelta(milliseconds=1)


def _instant(midnight: datetime) -> int:
    """When a local day starts: the earlier of two midnights; where summer time skips midnight, the end of the gap.

    `fold=0` says both (PEP 495): in a gap it counts with the offset before it, which is the moment the gap begins.
    """
    return milliseconds(midnight)
