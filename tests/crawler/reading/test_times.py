"""read_time: every form that platforms and files use, read at 2026-11-24 12:30 in Shanghai."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.reading.times import read_time

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 24, 12, 30, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("written", "local", "precision"),
    [
        ("刚刚", "2026-11-24 12:30:00", "minute"),
        ("30秒前", "2026-11-24 12:29:30", "second"),
        ("5分钟前", "2026-11-24 12:25:00", "minute"),
        ("3小时前", "2026-11-24 09:30:00", "minute"),
        ("2天前", "2026-11-22 00:00:00", "day"),
        ("9天前发布", "2026-11-15 00:00:00", "day"),
        ("今天 12:30", "2026-11-24 12:30:00", "minute"),
        ("昨天12:30", "2026-11-23 12:30:00", "minute"),
        ("前天", "2026-11-22 00:00:00", "day"),
        ("11-23", "2026-11-23 00:00:00", "day"),
        ("11-23 12:30", "2026-11-23 12:30:00", "minute"),
        ("11-24 12:31", "2026-11-24 12:31:00", "minute"),
        ("11-25", "2025-11-25 00:00:00", "day"),
        ("12-31 23:59", "2025-12-31 23:59:00", "minute"),
        ("02-29", "2024-02-29 00:00:00", "day"),
        ("02-29 08:00", "2024-02-29 08:00:00", "minute"),
        ("11月23日 12:30", "2026-11-23 12:30:00", "minute"),
        ("2026-11-23", "2026-11-23 00:00:00", "day"),
        ("2026-11-23 12:30", "2026-11-23 12:30:00", "minute"),
        ("2026-11-23 12:30:05", "2026-11-23 12:30:05", "second"),
        ("2026/2/8 9:03:05", "2026-02-08 09:03:05", "second"),
        ("2026年2月8日 9时3分", "2026-02-08 09:03:00", "minute"),
        ("２０２６年１１月２３日　１２：３０", "2026-11-23 12:30:00", "minute"),
        ("2026-11-23T12:00:00Z", "2026-11-23 20:00:00", "second"),
        ("2026-11-23T12:00:00.123+08:00", "2026-11-23 12:00:00", "second"),
        ("Sun Nov 23 12:00:00 +0800 2026", "2026-11-23 12:00:00", "second"),
        ("Mon, 23 Nov 2026 12:00:00 +0000", "2026-11-23 20:00:00", "second"),
        (1_700_000_000, "2023-11-15 06:13:20", "second"),
        ("1700000000123", "2023-11-15 06:13:20", "second"),
        (43512.4756, "2019-02-16 11:24:52", "second"),
        ("43512", "2019-02-16 00:00:00", "day"),
        (datetime(2026, 11, 1, 8, 0), "2026-11-01 08:00:00", "second"),
        (date(2026, 11, 1), "2026-11-01 00:00:00", "day"),
    ],
)
def test_a_written_time_is_this_moment(written, local, precision):
    moment = read_time(written, NOW, SHANGHAI)
    assert moment.at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S") == local
    assert moment.precision == precision
    assert moment.at.tzinfo is UTC


@pytest.mark.parametrize(
    "nonsense",
    [
        "",
        "abc",
        "2026-02-30",
        "2026-11-23 25:00",
        "13-01",
        "02-30",
        "Sun Foo 23 12:00:00 +0800 2026",
        "9" * 17,
        -5,
        1e300,
        *(float("nan"), True, None, "1989-12-31", "2026-11-26", "99999天前", "٣天前", "3个月前"),
    ],
)
def test_what_cannot_be_a_time_is_refused_with_a_sentence(nonsense):
    with pytest.raises(ValueError, match=r"^(看不懂时间|时间)“.*。$"):
        read_time(nonsense, NOW, SHANGHAI)


def test_a_day_begins_at_midnight_of_the_zone():
    assert read_time("今天", datetime(2026, 11, 23, 16, 0, tzinfo=UTC), SHANGHAI).at == datetime(
        2026, 11, 23, 16, tzinfo=UTC
    )


@given(st.datetimes(datetime(1992, 1, 1), datetime(2026, 11, 24), timezones=st.just(SHANGHAI)))
def test_full_forms_come_back_to_the_second(at):
    at = at.replace(microsecond=0)
    for form in ("%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M:%S", "%Y年%m月%d日 %H时%M分%S秒", "%Y-%m-%dT%H:%M:%S%z"):
        assert read_time(at.strftime(form), NOW, SHANGHAI).at == at.astimezone(UTC)
    assert read_time(at.timestamp(), NOW, SHANGHAI).at == at.astimezone(UTC)


@given(st.datetimes(datetime(2025, 11, 25), datetime(2026, 11, 24, 12), timezones=st.just(SHANGHAI)))
def test_month_and_day_mean_the_last_such_day(at):
    moment = read_time(at.strftime("%m-%d %H:%M"), NOW, SHANGHAI)
    assert timedelta(0) <= at - moment.at < timedelta(minutes=1)


@given(st.text(alphabet="0123456789-/:年月日时分秒天前今昨小钟刚 .TZ+"))
def test_any_text_is_read_or_refused(text):
    try:
        moment = read_time(text, NOW, SHANGHAI)
    except ValueError:
        return
    assert datetime(1990, 1, 1, tzinfo=UTC) <= moment.at <= NOW + timedelta(days=1)
