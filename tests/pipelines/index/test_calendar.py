from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.index.embedded.calendar import even_steps, floor, following, starts
from pipelines.index.moments import epoch_milliseconds, read_zone, written

INTERVALS = st.sampled_from(["hour", "day", "week", "month", "quarter", "year"])
ZONES = st.sampled_from(
    ["Asia/Shanghai", "America/New_York", "America/Sao_Paulo", "Pacific/Apia", "Asia/Kolkata", "UTC"]
)
EPOCHS = st.datetimes(datetime(1995, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC)).map(
    lambda moment: int(moment.timestamp() * 1000)
)


@given(EPOCHS, INTERVALS, ZONES)
def test_every_moment_lies_in_its_interval(epoch, interval, name):
    zone = ZoneInfo(name)
    start = floor(epoch, interval, zone)
    assert start <= epoch < following(start, interval, zone)
    assert floor(start, interval, zone) == start


@given(EPOCHS, st.integers(0, 400 * 86_400_000), INTERVALS, ZONES)
def test_even_steps_are_the_starts_themselves(first, reach, interval, name):
    zone, last = ZoneInfo(name), first + reach
    even = even_steps(first, last, interval, zone)
    if even:
        length, offset = even
        found = list(starts(first, last, interval, zone))
        assert found == list(range(found[0], last + 1, length))
        assert all((start - offset) % length == 0 for start in found)


def test_a_week_begins_on_monday_whatever_the_sign_of_the_offset():
    for offset in ("+08:00", "-03:30"):
        start = floor(epoch_milliseconds("2026-11-24T01:00:00Z"), "week", read_zone(offset))
        assert written(start, read_zone(offset)) == f"2026-11-23T00:00:00.000{offset}"


def test_a_day_without_midnight_begins_when_the_clock_resumes():
    zone = ZoneInfo("America/Sao_Paulo")
    start = floor(epoch_milliseconds("2018-11-04T12:00:00-02:00"), "day", zone)
    assert written(start, zone) == "2018-11-04T01:00:00.000-02:00"


def test_a_day_that_apia_skipped_is_not_an_interval():
    zone = ZoneInfo("Pacific/Apia")
    first, last = (epoch_milliseconds(f"{day}T12:00:00Z") for day in ("2011-12-29", "2012-01-01"))
    days = [written(start, zone)[:10] for start in starts(first, last, "day", zone)]
    assert days == ["2011-12-29", "2011-12-31", "2012-01-01", "2012-01-02"]


@pytest.mark.parametrize(
    "text", ["2026-11-24", "2026-11-24T01:02:03", "now-1d", "2026-11-24T01:02:03.1234Z", "2026-13-01T00:00:00Z"]
)
def test_less_than_a_full_moment_is_refused(text):
    with pytest.raises(ValueError):
        epoch_milliseconds(text)


@pytest.mark.parametrize("name", ["Mars/Olympus", "+19:00", "8", "../etc", "", "+0800"])
def test_an_unknown_zone_is_refused(name):
    with pytest.raises(ValueError, match="no time zone"):
        read_zone(name)


@given(EPOCHS, ZONES)
def test_a_moment_is_read_back_as_written(epoch, name):
    assert epoch_milliseconds(written(epoch, ZoneInfo(name))) == epoch
