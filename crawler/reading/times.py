"""Times as platforms write them, absolute or relative, Chinese or English, to a moment in UTC with its precision."""

import math
import re
from calendar import isleap
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from email.utils import parsedate_to_datetime
from unicodedata import normalize

from crawler.items import Precision
from crawler.reading.quoting import quoted

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST_AHEAD = timedelta(days=1)
_CLOCK_DIFFERENCE = timedelta(minutes=5)
_EXCEL_DAY_ZERO = datetime(1899, 12, 30)  # 1900 date system; right from 1900-03-01 on (ECMA-376 §18.17.4)
_EXCEL_SERIALS = range(32874, 100_000)  # 1990-01-01 … 2173
_SECONDS_FROM, _MILLISECONDS_FROM = 600_000_000, 600_000_000_000  # 1989 in epoch seconds, in epoch milliseconds
_WRITE_LIKE = "应是真有的日期和钟点，写法例如 2026-11-23 12:30:00、11月23日 12:30、5分钟前"
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec"
_UNITS = {"秒": timedelta(seconds=1), "分": timedelta(minutes=1), "小": timedelta(hours=1), "天": timedelta(days=1)}
_DAYS_BACK = {"今天": 0, "昨天": 1, "前天": 2}

_CLOCK = r"(?:[T ]*(?P<hour>[0-9]{1,2})[:时](?P<minute>[0-9]{1,2})分?(?::?(?P<second>[0-9]{1,2})(?:\.[0-9]+)?秒?)?)"
_ZONE = r" *(?P<offset>Z|[+-][0-9]{2}:?[0-9]{2})?"
_AGO = re.compile(r"([0-9]{1,5}) *(秒|分|小|天)(?:钟|时)?前(?:发布)?")
_NAMED_DAY = re.compile(rf"(?P<day_name>今天|昨天|前天){_CLOCK}?")
_MONTH_DAY = re.compile(rf"(?P<month>[0-9]{{1,2}})[-/月](?P<day>[0-9]{{1,2}})日?{_CLOCK}?")
_FULL = re.compile(
    rf"(?P<year>[0-9]{{4}})[-/.年] *(?P<month>[0-9]{{1,2}})[-/.月] *(?P<day>[0-9]{{1,2}})日?(?:{_CLOCK}{_ZONE})?"
)
_WEIBO = re.compile(
    r"[A-Za-z]{3} (?P<month_name>[A-Za-z]{3}) +(?P<day>[0-9]{1,2})"
    r" (?P<hour>[0-9]{2}):(?P<minute>[0-9]{2}):(?P<second>[0-9]{2}) (?P<offset>[+-][0-9]{4}) (?P<year>[0-9]{4})"
)
_RFC_5322 = re.compile(r"(?:[A-Za-z]{3}, *)?[0-9]{1,2} [A-Za-z]{3} [0-9]{4} [0-9:]{5,8} (?:[+-][0-9]{4}|GMT|UTC|Z)")
_NUMBER = re.compile(r"[0-9]{5,17}(?:\.[0-9]+)?")


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment in UTC and how exactly it is known; of a `day`, `at` is its first instant in the zone it was read in."""

    at: datetime
    precision: Precision


def read_time(value: str | float | date, now: datetime, zone: tzinfo) -> Moment:
    """Read a time as a platform or a file gives it.

    `now` (aware) is when it was seen: relative forms count back from it. `zone` holds where the value names none.
    Numbers are Excel serial dates (1900 system), epoch seconds or epoch milliseconds, by their size. A month and day
    without a year that would be later than now are last year's. `N小时前` is a minute by name, but right to the hour.
    Raises ValueError with a sentence for a form that is not known, a date that does not exist, and a moment before
    1990 or more than a day after now.
    """
    try:
        moment = _read(value, now, zone)
    except (ValueError, OverflowError) as error:
        raise ValueError(f"看不懂时间“{quoted(str(value))}”：{_WRITE_LIKE}。") from error
    if not EARLIEST <= moment.at <= now + _LATEST_AHEAD:
        raise ValueError(f"时间“{quoted(str(value))}”早于 1990 年或晚于采集时间一天以上，不可信。")
    return moment


def _read(value: str | float | date, now: datetime, zone: tzinfo) -> Moment:
    if isinstance(value, datetime):
        return Moment((value if value.tzinfo else value.replace(tzinfo=zone)).astimezone(UTC), "second")
    if isinstance(value, date):
        return _at(value, None, zone)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _from_number(value, zone)
    if not isinstance(value, str):
        raise ValueError("neither text nor a number")
    text = " ".join(normalize("NFKC", value).split())
    if len(text) <= 64:
        for form, read in _FORMS:
            if found := form.fullmatch(text):
                return read(found, now, zone)
    raise ValueError("no known form")


def _at(day: date, clock: re.Match[str] | None, zone: tzinfo) -> Moment:
    """`day` at the clock time of a match, or the whole day when there is none."""
    if clock is None or clock["hour"] is None:
        return Moment(datetime.combine(day, time(), zone).astimezone(UTC), "day")
    named = clock.groupdict()
    offset = named.get("offset")
    at = time(int(clock["hour"]), int(clock["minute"]), int(clock["second"] or 0))
    local = datetime.combine(day, at, datetime.strptime(offset, "%z").tzinfo if offset else zone)
    return Moment(local.astimezone(UTC), "second" if clock["second"] else "minute")


def _from_number(number: float, zone: tzinfo) -> Moment:
    if not math.isfinite(number):
        raise ValueError("not finite")
    if int(number) in _EXCEL_SERIALS:
        local = _EXCEL_DAY_ZERO + timedelta(seconds=round(number * 86400))
        return Moment(local.replace(tzinfo=zone).astimezone(UTC), "day" if number == int(number) else "second")
    if number < _SECONDS_FROM:
        raise ValueError("too small for a moment")
    seconds = number / 1000 if number >= _MILLISECONDS_FROM else number
    return Moment(_EPOCH + timedelta(seconds=int(seconds)), "second")


def _ago(found: re.Match[str], now: datetime, zone: tzinfo) -> Moment:
    count, unit = int(found[1]), found[2]
    at = now - count * _UNITS[unit]
    if unit == "天":
        return _at(at.astimezone(zone).date(), None, zone)
    return Moment(at.astimezone(UTC), "second" if unit == "秒" else "minute")


def _just_now(_found: re.Match[str], now: datetime, _zone: tzinfo) -> Moment:
    return Moment(now.astimezone(UTC), "minute")


def _named_day(found: re.Match[str], now: datetime, zone: tzinfo) -> Moment:
    day = now.astimezone(zone).date() - timedelta(days=_DAYS_BACK[found["day_name"]])
    return _at(day, found, zone)


def _month_day(found: re.Match[str], now: datetime, zone: tzinfo) -> Moment:
    """The latest such day that is not later than now; 02-29 may lie up to eight years back."""
    month, day, year = int(found["month"]), int(found["day"]), now.astimezone(zone).year
    leap_day = (month, day) == (2, 29)
    for candidate in range(year, year - (9 if leap_day else 2), -1):
        if leap_day and not isleap(candidate):
            continue
        moment = _at(date(candidate, month, day), found, zone)
        if moment.at <= now + _CLOCK_DIFFERENCE:
            return moment
    raise ValueError("no such day")


def _full(found: re.Match[str], _now: datetime, zone: tzinfo) -> Moment:
    return _at(date(int(found["year"]), int(found["month"]), int(found["day"])), found, zone)


def _weibo(found: re.Match[str], _now: datetime, zone: tzinfo) -> Moment:
    place = _MONTHS.find(found["month_name"].lower())
    if place < 0:
        raise ValueError("no such month")
    return _at(date(int(found["year"]), place // 4 + 1, int(found["day"])), found, zone)


def _rfc_5322(found: re.Match[str], _now: datetime, _zone: tzinfo) -> Moment:
    at = parsedate_to_datetime(found[0])
    return Moment((at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC), "second")


_Reader = Callable[[re.Match[str], datetime, tzinfo], Moment]
_FORMS: tuple[tuple[re.Pattern[str], _Reader], ...] = (
    (re.compile("刚刚"), _just_now),
    (_AGO, _ago),
    (_NAMED_DAY, _named_day),
    (_MONTH_DAY, _month_day),
    (_FULL, _full),
    (_WEIBO, _weibo),
    (_RFC_5322, _rfc_5322),
    (_NUMBER, lambda found, _now, zone: _from_number(float(found[0]), zone)),
)
