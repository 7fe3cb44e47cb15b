"""The timetable: which sources are due. It knows times and nothing else; whoever asks it brings the clock."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from random import SystemRandom
from zoneinfo import ZoneInfo

from crawler.registry.cron import Cron
from crawler.registry.sources import Pace

JITTER = timedelta(minutes=5)
"""Longest time by which a crawl begins later than its line says, so that not everybody asks on the hour."""

BEFORE_THE_END = timedelta(seconds=10)
"""How long before the end of its hours (`pace.hours`) a crawl still begins by chance: it has to be started yet."""

SET_BACK = timedelta(hours=3)
"""A clock set back by more was wrong before, and times are counted anew; by less, none comes again. Vixie's cron does
the same."""


class Timetable:
    """When each source is due next. Moments have a zone; `zone` is the one in which lines count.

    Whoever asks late misses none: a source is due once, however many of its times went by meanwhile.
    """

    def __init__(self, zone: ZoneInfo, now: datetime) -> None:
        self._zone = zone
        self._now = now
        self._lines: dict[str, str] = {}
        self._crons: dict[str, Cron] = {}
        self._paces: dict[str, Pace] = {}
        self._next: dict[str, datetime] = {}
        self._chance = SystemRandom()

    def set(self, lines: Mapping[str, str], since: Mapping[str, datetime], paces: Mapping[str, Pace]) -> None:
        """Keep these sources with their cron lines, and no others; an unchanged line keeps its next time.

        For one that is new, `since` may name the moment it was last crawled: what it missed since then is due at once.
        `paces` say in which hours each source is crawled: chance leads none out of them.
        """
        before = {source: (line, self._hours(source)) for source, line in self._lines.items()}
        self._lines, self._paces = dict(lines), dict(paces)
        unchanged = {source for source, line in lines.items() if before.get(source) == (line, self._hours(source))}
        self._crons = {source: Cron(line, self._zone) for source, line in lines.items()}
        self._next = {
            source: self._next[source]
            if source in unchanged
            else self._after(source, min(self._now, since.get(source, self._now)))
            for source in lines
        }

    def due(self, now: datetime) -> list[str]:
        """The sources whose time has come, the longest waiting first. Each is then set to its next time."""
        if now < self._now - SET_BACK:
            self._next = {source: self._after(source, now) for source in self._next}
        self._now = now
        due = sorted((at, source) for source, at in self._next.items() if at <= now)
        for _, source in due:
            self._next[source] = self._after(source, now)
        return [source for _, source in due]

    def next(self, source: str) -> datetime:
        """When it is due next, in the zone."""
        return self._next[source].astimezone(self._zone)

    def _after(self, source: str, moment: datetime) -> datetime:
        """Its next time, and then by chance up to `JITTER` later, at most halfway to the one after and in its hours."""
        at = self._crons[source].next_after(moment)
        most = min(JITTER, (self._crons[source].next_after(at) - at) / 2, self._left_of_its_hours(source, at))
        return at + self._chance.random() * most

    def _left_of_its_hours(self, source: str, at: datetime) -> timedelta:
        """How much later than a moment a source may begin, as far as the next full hour decides that."""
        pace, local = self._paces[source], at.astimezone(self._zone)
        next_hour = local.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
        if not pace.allows(local) or pace.allows(next_hour):
            return JITTER
        return max(timedelta(0), next_hour - local - BEFORE_THE_END)

    def _hours(self, source: str) -> str | None:
        return self._paces[source].hours
