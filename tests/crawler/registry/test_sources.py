"""A source's pace says when a crawl may begin."""

from datetime import datetime

import pytest

from crawler.crawling import chosen
from crawler.errors import WrongUse
from crawler.registry import load_registry
from crawler.registry.sources import Pace
from tests.installation import Installation

NIGHT = '[[source]]\nid = "night"\nplatform = "liuyan"\npace = { hours = "22-06" }\noptions = { fid = 1 }\n'
NIGHT += 'assessment = { on = 2026-01-01, by = "测试", note = "只在本机" }\nenabled = true\n'


@pytest.mark.parametrize(
    ("hours", "hour", "allowed"),
    [
        (None, 12, True),
        ("08-18", 7, False),
        ("08-18", 8, True),
        ("08-18", 17, True),
        ("08-18", 18, False),
        ("22-06", 23, True),
        ("22-06", 5, True),
        ("22-06", 6, False),
        ("00-24", 0, True),
    ],
)
def test_hours_are_half_open_and_may_go_over_midnight(hours: str | None, hour: int, allowed: bool) -> None:
    assert Pace(hours=hours).allows(datetime(2026, 11, 24, hour, 59)) is allowed


def test_a_crawl_outside_its_hours_is_refused_with_the_hours(installation: Installation) -> None:
    installation.write(NIGHT)
    registry = load_registry(installation.data)
    assert [entry.id for entry in chosen(registry, ["night"], False, datetime(2026, 11, 24, 23))] == ["night"]
    with pytest.raises(WrongUse, match="只在 22-06 点之间采集"):
        chosen(registry, ["night"], False, datetime(2026, 11, 24, 12))
    with pytest.raises(WrongUse, match="不在允许采集的时段"):
        chosen(registry, [], True, datetime(2026, 11, 24, 12))
