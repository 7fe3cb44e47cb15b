"""Which sources are due: each of its times once, late ones once for all, whatever happens to the clock."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from crawler.registry.cron import Cron
from crawler.registry.sources import Pace
from crawler.timetable import JITTER, Timetable

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 12, 1, 12, tzinfo=SHANGHAI)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def timetable(**lines: str) -> Timetable:
    made = Timetable(SHANGHAI, NOON)
    made.set(lines, {}, at_any_hour(lines))
    return made


def at_any_hour(sources: Iterable[str]) -> dict[str, Pace]:
    return dict.fromkeys(sources, Pace())


def dues(made: Timetable, begin: datetime, length: timedelta, step: timedelta = MINUTE) -> list[str]:
    """Everything that falls due while somebody looks every minute, with the hour."""
    steps = int(length / step) + 1
    moments = (begin + number * step for number in range(steps))
    return [f"{source} {moment:%d %H}" for moment in moments for source in made.due(moment)]


def test_each_time_comes_once() -> None:
    made = timetable(hourly="0 * * * *", daily="30 6 * * *")
    assert dues(made, NOON, timedelta(hours=19.5)) == [
        *(f"hourly 01 {hour}" for hour in range(13, 24)),
        *(f"hourly 02 {hour:02}" for hour in range(7)),
        "daily 02 06",
        "hourly 02 07",
    ]


def test_it_comes_by_chance_a_little_later_and_never_earlier() -> None:
    waits = []
    for _ in range(500):
        made = timetable(daily="0 13 * * *", often="*/4 * * * *")
        waits.append(made.next("daily") - (NOON + HOUR))
        assert timedelta(minutes=4) <= made.next("often") - NOON <= timedelta(minutes=6)  # halfway to the next at most
    assert timedelta(0) <= min(waits) < JITTER / 10
    assert JITTER * 9 / 10 < max(waits) <= JITTER


@pytest.mark.parametrize(
    ("line", "hours", "last"),
    [
        ("58 13 * * *", "12-14", timedelta(minutes=1, seconds=50)),
        ("59 3 * * *", "22-04", timedelta(seconds=50)),
        ("59 23 * * *", "20-24", timedelta(seconds=50)),
        ("58 12 * * *", "12-14", JITTER),  # the next hour is allowed, too
        ("58 14 * * *", "12-14", JITTER),  # it is not allowed anyway, and said when it comes
        ("58 13 * * *", None, JITTER),
    ],
)
def test_chance_leads_none_out_of_its_hours(line: str, hours: str | None, last: timedelta) -> None:
    at = Cron(line, SHANGHAI).next_after(NOON)
    waits = []
    for _ in range(300):
        made = Timetable(SHANGHAI, NOON)
        made.set({"board": line}, {}, {"board": Pace(hours=hours)})
        waits.append(made.next("board") - at)
    assert last * 0.9 < max(waits) <= last
    assert min(waits) < last / 10


def test_other_hours_are_another_time() -> None:
    made = Timetable(SHANGHAI, NOON)
    made.set({"board": "58 13 * * *"}, {}, {"board": Pace()})
    made.set({"board": "58 13 * * *"}, {}, {"board": Pace(hours="13-14")})
    assert made.next("board").hour == 13


@pytest.mark.parametrize("away", [timedelta(hours=2.5), timedelta(days=3), timedelta(days=365 * 50)])
def test_what_was_missed_meanwhile_is_due_once(away: timedelta) -> None:
    made = timetable(hourly="0 * * * *")
    assert made.due(NOON + away) == ["hourly"]
    assert made.due(NOON + away) == []
    assert NOON + away < made.next("hourly") <= NOON + away + HOUR + JITTER


def test_what_was_missed_before_it_began_is_due_at_once() -> None:
    made = Timetable(SHANGHAI, NOON)
    lines = {"missed": "0 6 * * *", "crawled": "0 6 * * *", "new": "0 6 * * *", "from-the-future": "0 6 * * *"}
    crawled = {"missed": NOON - timedelta(days=3), "crawled": NOON - HOUR, "from-the-future": NOON + timedelta(days=99)}
    made.set(lines, crawled, at_any_hour(lines))
    assert made.due(NOON) == ["missed"]
    assert {source: made.next(source).date().isoformat() for source in lines} == dict.fromkeys(lines, "2026-12-02")


def test_the_longest_waiting_comes_first() -> None:
    made = timetable(late="0 15 * * *", early="0 14 * * *")
    assert made.due(NOON + 4 * HOUR) == ["early", "late"]


def test_a_clock_set_back_a_little_repeats_nothing() -> None:
    made = timetable(hourly="0 * * * *")
    assert made.due(NOON + HOUR + JITTER) == ["hourly"]
    assert dues(made, NOON + HOUR - 2 * MINUTE, JITTER + 30 * MINUTE) == []
    assert made.due(NOON + 2 * HOUR + JITTER) == ["hourly"]


def test_a_clock_that_was_far_ahead_is_forgotten() -> None:
    made = timetable(daily="0 6 * * *")
    assert made.due(NOON + timedelta(days=3650)) == ["daily"]
    assert made.due(NOON) == []
    assert made.next("daily").date().isoformat() == "2026-12-02"


def test_an_unchanged_line_keeps_its_time_and_a_new_one_gets_its_own() -> None:
    made = timetable(kept="0 13 * * *", changed="0 13 * * *", gone="0 13 * * *")
    before = made.next("kept")
    lines = {"kept": "0 13 * * *", "changed": "0 14 * * *", "new": "0 15 * * *"}
    made.set(lines, {}, at_any_hour(lines))
    assert made.next("kept") == before
    assert made.due(NOON + 4 * HOUR) == ["kept", "changed", "new"]


def test_a_night_of_summer_time_has_its_crawl() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    for eve in (datetime(2026, 3, 28, 20, tzinfo=berlin), datetime(2026, 10, 24, 20, tzinfo=berlin)):
        made = Timetable(berlin, eve)
        made.set({"nightly": "30 2 * * *"}, {}, at_any_hour(["nightly"]))
        utc = eve.astimezone(ZoneInfo("UTC"))
        assert len(dues(made, utc, timedelta(hours=20))) == 1
