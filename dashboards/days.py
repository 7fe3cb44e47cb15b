"""Days as people count them: half-open, in the installation's zone."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Days:
    """From the first day up to, not including, `until`; None leaves a side open."""

    since: date | None = None
    until: date | None = None

    def holds(self, day: date) -> bool:
        """Whether a day lies inside."""
        return (self.since is None or self.since <= day) and (self.until is None or day < self.until)


def midnight(day: date, zone: tzinfo) -> datetime:
    """The first moment of a day in a zone, in UTC."""
    return datetime.combine(day, time.min, zone).astimezone(UTC)


def day_of(at: datetime, zone: tzinfo) -> date:
    """The day a moment falls on in a zone."""
    return at.astimezone(zone).date()


def zone_of(now: datetime) -> ZoneInfo:
    """The zone in which `now` counts days. Raises TypeError for a moment without a named zone."""
    if not isinstance(now.tzinfo, ZoneInfo):
        raise TypeError("`now` needs a ZoneInfo")
    return now.tzinfo
