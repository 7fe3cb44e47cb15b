"""A crawl that runs out of its hours ends with the answer it has, and says why."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import time_machine
from scrapy import Request
from scrapy.exceptions import CloseSpider
from scrapy.http import Response, TextResponse

from crawler.items import Item
from crawler.pacing import Turns
from crawler.platforms.liuyan import LiuyanSpider
from crawler.platforms.walks import Work
from crawler.registry.sources import Pace, SourceEntry
from crawler.runs import Tally

NIGHT = SourceEntry(id="board", platform="liuyan", pace=Pace(hours="22-06"), options={"fid": 1})


def nothing(_: Response) -> list[Item]:
    return []


@pytest.mark.parametrize(("at", "ends"), [("2026-12-01T05:59:00+08:00", False), ("2026-12-01T06:00:00+08:00", True)])
def test_no_more_is_asked_outside_of_the_hours(tmp_path: Path, at: str, ends: bool) -> None:
    turns, tally = Turns(tmp_path / "ledger.sqlite", 0), Tally("board", "liuyan")
    spider = LiuyanSpider(NIGHT, tally, turns, ZoneInfo("Asia/Shanghai"))
    url = "http://a.example/"
    reading = spider._read(TextResponse(url, request=Request(url)), then=nothing, facts={}, at=(None, Work()))
    with time_machine.travel(at, tick=False):
        if ends:
            with pytest.raises(CloseSpider) as closed:
                list(reading)
            assert closed.value.reason == "hours"
        else:
            assert list(reading) == []
    turns.close()
    assert tally.answered == 1
    assert "pace.hours" in tally.closing("hours", ()).reason
