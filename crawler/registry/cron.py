"""Cron lines, meant as cron means them: crontab(5) of Vixie's cron, which Linux systems have.

APScheduler finds the times. It differs from cron in three things, which are put right here: it counts weekdays from
Monday = 0 where cron has Sunday = 0 and 7; it takes day of month and day of week together where cron takes either; and
it meets a time twice that comes twice, when summer time ends.
"""

import re
from datetime import UTC, datetime, timedelta, tzinfo

from apscheduler.triggers.cron import CronTrigger

FIELDS = 5
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_DAY = rf"[0-7]|{'|'.join(_DAYS)}"
_RANGE = re.compile(rf"(?:\*|({_DAY})(?:-({_DAY}))?)(?:/([1-7]))?", re.IGNORECASE)
_SOME_MIDNIGHT = datetime(2000, 1, 1, tzinfo=UTC)


class Cron:
    """The times that a line of minute, hour, day of month, month and day of week names, in a zone.

    Raises ValueError for what is no such line, and for one whose time never comes (31 February).
    """

    def __init__(self, line: str, zone: tzinfo = UTC) -> None:
        fields = line.split()
        if len(fields) != FIELDS:
            raise ValueError(f"{len(fields)} fields instead of {FIELDS}")
        minute, self._hour, day, month, weekday = fields
        days = [(day, _weekdays(weekday))]
        if not day.startswith("*") and not weekday.startswith("*"):
            days = [(day, "*"), ("*", _weekdays(weekday))]
        self._triggers = [
            CronTrigger(minute=minute, hour=self._hour, day=day, month=month, day_of_week=weekday, timezone=zone)
            for day, weekday in days
        ]
        if not any(trigger.get_next_fire_time(None, _SOME_MIDNIGHT) for trigger in self._triggers):
            raise ValueError("never comes")

    def next_after(self, moment: datetime) -> datetime:
        """The first of its times after a moment, in UTC.

        A time that the beginning of summer time leaves out comes when it would have come without. Of one that comes
        twice at its end only the first counts, but for lines that count each hour (`*`).
        """
        from_then_on = moment.astimezone(UTC) + timedelta.resolution
        return min(time for trigger in self._triggers if (time := self._first(trigger, from_then_on)))

    def hours(self) -> frozenset[int]:
        """The hours of the day in which its times lie."""
        trigger = CronTrigger(hour=self._hour, timezone=UTC)
        beginnings = (_SOME_MIDNIGHT.replace(hour=hour) for hour in range(24))
        return frozenset(hour.hour for hour in beginnings if trigger.get_next_fire_time(None, hour) == hour)

    def _first(self, trigger: CronTrigger, moment: datetime) -> datetime | None:
        time = trigger.get_next_fire_time(None, moment)
        while time and time.fold and not self._hour.startswith("*"):
            time = trigger.get_next_fire_time(None, time.astimezone(UTC) + timedelta.resolution)
        return time and time.astimezone(UTC)


def _weekdays(field: str) -> str:
    """Cron's days of the week as APScheduler takes them: names, one by one."""
    if field == "*":
        return field
    days: set[str] = set()
    for part in field.split(","):
        matched = _RANGE.fullmatch(part)
        if matched is None:
            raise ValueError(f"no day of the week: {part}")
        first, last, step = matched.groups()
        begin = _number(first) if first else 0
        end = _number(last) if last else begin if first and not step else len(_DAYS) - 1
        if end < begin:
            end += len(_DAYS)  # sat-sun
        days |= {_DAYS[day % len(_DAYS)] for day in range(begin, end + 1, int(step or 1))}
    return ",".join(sorted(days))


def _number(day: str) -> int:
    return int(day) if day.isdigit() else _DAYS.index(day.lower())
