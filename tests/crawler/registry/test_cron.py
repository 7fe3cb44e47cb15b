"""A cron line means what cron means by it: weekdays, either of two days, and the nights when the clocks are changed."""

from datetime import UTC, datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.registry.cron import Cron

BERLIN = ZoneInfo("Europe/Berlin")
NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)  # a Thursday

MINUTES = {"0": {0}, "*/15": {0, 15, 30, 45}, "5,50": {5, 50}, "*": set(range(60))}
HOURS = {"*": set(range(24)), "6": {6}, "*/6": {0, 6, 12, 18}, "22-23,0": {22, 23, 0}}
DAYS = {"*": set(range(1, 32)), "13": {13}, "1-3": {1, 2, 3}, "*/10": {1, 11, 21, 31}}
WEEKDAYS = {
    "*": set(range(7)),
    "0": {0},
    "7": {0},
    "sun": {0},
    "1": {1},
    "Mon": {1},
    "1-5": {1, 2, 3, 4, 5},
    "5-7": {5, 6, 0},
    "sat-sun": {6, 0},
    "0-7": set(range(7)),
    "*/2": {0, 2, 4, 6},
    "1-6/2": {1, 3, 5},
    "2,4-5": {2, 4, 5},
}


def times(line: str, after: datetime, number: int, zone: ZoneInfo = BERLIN) -> list[str]:
    found, cron = [], Cron(line, zone)
    for _ in range(number):
        after = cron.next_after(after)
        found.append(after.astimezone(zone).strftime("%a %m-%d %H:%M %z"))
    return found


def first_by_trying(minutes: str, hours: str, days: str, weekdays: str, after: datetime) -> datetime:
    """crontab(5), minute for minute: of two restricted days either counts, and a star restricts neither."""
    for number in count(1):
        moment = after.replace(second=0, microsecond=0) + timedelta(minutes=number)
        day, weekday = moment.day in DAYS[days], moment.isoweekday() % 7 in WEEKDAYS[weekdays]
        right_day = (day and weekday) if "*" in (days[0], weekdays[0]) else (day or weekday)
        if right_day and moment.hour in HOURS[hours] and moment.minute in MINUTES[minutes]:
            return moment
    raise AssertionError


@settings(max_examples=50, deadline=None)
@given(
    st.sampled_from(sorted(MINUTES)),
    st.sampled_from(sorted(HOURS)),
    st.sampled_from(sorted(DAYS)),
    st.sampled_from(sorted(WEEKDAYS)),
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC)),
)
def test_every_line_means_what_trying_each_minute_says(
    minutes: str, hours: str, days: str, weekdays: str, after: datetime
) -> None:
    expected = first_by_trying(minutes, hours, days, weekdays, after)
    assert Cron(f"{minutes} {hours} {days} * {weekdays}").next_after(after) == expected
    assert Cron(f"{minutes} {hours} {days} * {weekdays}").hours() == HOURS[hours]


@pytest.mark.parametrize("sunday", ["0", "7", "sun", "SUN"])
def test_sunday_is_0_and_7(sunday: str) -> None:
    assert Cron(f"0 6 * * {sunday}").next_after(NEW_YEAR) == datetime(2026, 1, 4, 6, tzinfo=UTC)


def test_a_weekday_and_a_day_of_the_month_are_either_or() -> None:
    found = times("0 0 13 * 5", NEW_YEAR, 4, ZoneInfo("UTC"))
    assert [when[:9] for when in found] == ["Fri 01-02", "Fri 01-09", "Tue 01-13", "Fri 01-16"]


def test_what_summer_time_leaves_out_comes_an_hour_later_by_the_clock() -> None:
    assert times("30 2 * * *", datetime(2026, 3, 28, 12, tzinfo=BERLIN), 2) == [
        "Sun 03-29 03:30 +0200",
        "Mon 03-30 02:30 +0200",
    ]
    assert times("0 * * * *", datetime(2026, 3, 29, 0, 30, tzinfo=BERLIN), 2) == [
        "Sun 03-29 01:00 +0100",
        "Sun 03-29 03:00 +0200",
    ]


def test_what_comes_twice_when_summer_time_ends_counts_once_but_for_each_hour() -> None:
    eve = datetime(2026, 10, 24, 12, tzinfo=BERLIN)
    assert times("30 2 * * *", eve, 2) == ["Sun 10-25 02:30 +0200", "Mon 10-26 02:30 +0100"]
    assert times("0 * * * *", datetime(2026, 10, 25, 1, 30, tzinfo=BERLIN), 3) == [
        "Sun 10-25 02:00 +0200",
        "Sun 10-25 02:00 +0100",
        "Sun 10-25 03:00 +0100",
    ]


def test_lines_count_in_the_zone() -> None:
    assert Cron("0 6 * * *", ZoneInfo("Asia/Shanghai")).next_after(NEW_YEAR) == datetime(2026, 1, 1, 22, tzinfo=UTC)


@pytest.mark.parametrize(
    "line",
    [
        "@daily",
        "0 6 * *",
        "0 6 * * * *",
        "61 6 * * *",
        "0 24 * * *",
        "0 6 * * 8",
        "0 6 * * 1-",
        "0 6 * * mon#1",
        "x 6 * * *",
    ],
)
def test_what_is_no_line_is_refused(line: str) -> None:
    with pytest.raises(ValueError):
        Cron(line)


@pytest.mark.parametrize("line", ["0 0 31 2 *", "0 0 30-31 feb *"])
def test_a_day_that_never_comes_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match="never"):
        Cron(line)
    assert Cron("0 0 29 2 *").next_after(NEW_YEAR) == datetime(2028, 2, 29, tzinfo=UTC)
