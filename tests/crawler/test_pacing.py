"""Nobody is asked more often than agreed: not over retries, not by two processes, not before the time a host named."""

import asyncio
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise
from pathlib import Path

import pytest
from scrapy.http import Response

from crawler.ledger import Ledger
from crawler.middlewares.retry import retry_after
from crawler.pacing import LONGEST_REST, PATIENCE, SLOWEST, Resting, Turns

NOW = datetime(2026, 12, 1, 8, tzinfo=UTC)

TAKING = """
import sys
from pathlib import Path
from crawler.ledger import Ledger
with Ledger(Path(sys.argv[1])) as ledger:
    for number in range(40):
        print(ledger.take_turn("host.example", 0.5, lambda: 1_800_000_000 + number / 100)[0])
"""


def test_two_processes_share_the_turns_of_a_host(tmp_path: Path) -> None:
    takers = [
        subprocess.Popen([sys.executable, "-c", TAKING, str(tmp_path / "ledger.sqlite")], stdout=subprocess.PIPE)
        for _ in range(2)
    ]
    turns = sorted(float(line) for taker in takers for line in taker.communicate()[0].split())
    assert [taker.returncode for taker in takers] == [0, 0]
    assert len(turns) == 80
    assert all(later - earlier == pytest.approx(0.5) for earlier, later in pairwise(turns))


def test_hosts_have_turns_of_their_own_and_a_pause_takes_none_away(tmp_path: Path) -> None:
    with Ledger(tmp_path / "ledger.sqlite") as ledger:
        assert ledger.take_turn("a", 2, lambda: 100)[0] == 100
        assert ledger.take_turn("b", 2, lambda: 100)[0] == 100
        assert ledger.take_turn("a", 2, lambda: 101)[0] == 102
        assert ledger.take_turn("a", 2, lambda: 200)[0] == 200


def test_a_clock_that_was_set_back_does_not_stop_a_crawl(tmp_path: Path) -> None:
    with Ledger(tmp_path / "ledger.sqlite") as ledger:
        ledger.let_rest("a", 5_000, lambda: 5_000)
        assert ledger.take_turn("a", 2, lambda: 5_001)[0] == 10_000
        assert ledger.take_turn("a", 2, lambda: 1_000)[0] == 1_000


def test_a_long_rest_ends_the_crawl_of_whoever_comes(tmp_path: Path) -> None:
    async def come() -> None:
        turns = Turns(tmp_path / "ledger.sqlite", 0)
        await turns.rest("a", PATIENCE + 60)
        turns.close()
        again = Turns(tmp_path / "ledger.sqlite", 0)
        try:
            await again.come("b")
            await again.come("a")
        finally:
            again.close()

    with pytest.raises(Resting) as resting:
        asyncio.run(come())
    assert timedelta(seconds=PATIENCE) < resting.value.until - datetime.now(UTC) < timedelta(seconds=PATIENCE + 61)


def test_a_turn_is_waited_for(tmp_path: Path) -> None:
    async def come() -> list[float]:
        turns, came = Turns(tmp_path / "ledger.sqlite", 0.1), []
        for _ in range(4):
            await turns.come("a")
            came.append(time.time())
        turns.close()
        return came

    came = asyncio.run(come())
    assert came[-1] - came[0] >= 0.29  # a little of the first turn may be over when it comes


def test_slow_answers_make_slower_and_nothing_makes_faster_than_agreed(tmp_path: Path) -> None:
    turns = Turns(tmp_path / "ledger.sqlite", 2)
    turns.learn("a", 10, 200)
    assert turns.delay("a") == 10
    turns.learn("a", 0.1, 500)
    assert turns.delay("a") == 10
    turns.learn("a", 2, 200)
    assert turns.delay("a") == 6
    for _ in range(20):
        turns.learn("a", 0.1, 200)
    assert turns.delay("a") == 2
    turns.learn("a", 1000, 200)
    assert turns.delay("a") == SLOWEST
    turns.at_least("b", 30)
    turns.at_least("b", 1)
    assert turns.delay("b") == 30
    quick = Turns(tmp_path / "ledger.sqlite", 0)
    quick.learn("a", 10, 200)
    assert quick.delay("a") == 0


@pytest.mark.parametrize(
    ("told", "seconds"),
    [
        ("120", 120),
        ("0", 0),
        (" 7 ", 7),
        (format_datetime(NOW + timedelta(minutes=5), usegmt=True), 300),
        (format_datetime(NOW - timedelta(minutes=5), usegmt=True), 0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", LONGEST_REST),
        ("99999999999999999999", LONGEST_REST),
        ("-5", None),
        ("1.5", None),
        ("soon", None),
        ("", None),
        ("١٢", None),
    ],
)
def test_retry_after_in_every_form(told: str, seconds: float | None) -> None:
    answer = Response("http://a.example/", status=429, headers={"Retry-After": told.encode()} if told else {})
    assert retry_after(answer, NOW) == seconds
