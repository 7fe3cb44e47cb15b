"""Crawls killed at sixty random moments: nothing missing, nothing twice, no success while work is out."""

import multiprocessing
import os
import random
import signal
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic

import pytest

from crawler.config import Config
from crawler.coverage import LETTERS, POSTS
from crawler.crawling import chosen, crawl
from crawler.ledger import Ledger
from crawler.registry import load_registry
from crawler.town.corpus import Town, load_town
from crawler.town.server import TownServer, answering
from pipelines.steps import STEPS
from tests.installation import ASSESSED, Installation
from tests.servers.village import VILLAGE

KILLS = 60
A_ROUND = 10
"""Kills a test."""

TOWN = Town(VILLAGE.posts[:2], VILLAGE.letters[:40], load_town().weibo[:4])

forking = multiprocessing.get_context("forkserver")
forking.set_forkserver_preload(["crawler.crawling", "crawler.town.server", "pipelines.steps", "pipelines.steps.record"])


def write_sources(installation: Installation, site: str) -> None:
    sites = f'{{ m = "{site}", m_visitor = "{site}/weibo.cn", web = "{site}", web_visitor = "{site}/weibo.com" }}'
    options = {
        ("board", "liuyan"): f'{{ fid = 5001, site = "{site}" }}',
        (
            "thread",
            "isso",
        ): f'{{ site = "{site}", server = "{site}/isso", index_page = "/gov/", link_prefix = "/gov/" }}',
        ("weibo", "weibo"): f"{{ uid = 8888010001, sites = {sites} }}",
    }
    installation.write(
        "".join(
            f'[[source]]\nid = "{name}"\nplatform = "{platform}"\n{ASSESSED}options = {given}\n'
            for (name, platform), given in options.items()
        )
    )


def crawl_all(data: Path) -> None:
    """In a process of its own: all sources, as `lianxin crawl --all` does, without the index."""
    config, registry = Config(data=data, contact="tests@lianxin.example"), load_registry(data)
    crawl(config, chosen(registry, [], True, datetime.now(UTC)), STEPS)


def crawled(data: Path, seconds: float | None = None) -> bool:
    """Crawl, and kill it after some seconds; whether it ended by itself before."""
    child = forking.Process(target=crawl_all, args=(data,))
    child.start()
    child.join(seconds)
    if child.is_alive():
        os.kill(child.pid or 0, signal.SIGKILL)
        child.join()
    assert child.exitcode in (0, -signal.SIGKILL)
    return child.exitcode == 0


def stored(installation: Installation) -> dict[str, Counter[str]]:
    """How often each item lies in the journal, by source."""
    found: dict[str, Counter[str]] = {name: Counter() for name in ("board", "thread", "weibo")}
    for item in installation.items():
        found[item.source][item.id] += 1
    return found


@dataclass(frozen=True, slots=True)
class Undisturbed:
    """What a crawl brings that nobody kills, and the seconds it takes."""

    items: dict[str, Counter[str]]
    seconds: float


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Undisturbed:
    installation = Installation(tmp_path_factory.mktemp("undisturbed") / "data")
    with TownServer(answering(TOWN)) as server:
        write_sources(installation, server.url)
        begun = monotonic()
        assert crawled(installation.data)
        seconds = monotonic() - begun
    assert [run.outcome for run in installation.runs()] == ["complete"] * 3
    return Undisturbed(stored(installation), seconds)


@pytest.mark.parametrize("seed", range(KILLS // A_ROUND))
def test_killed_again_and_again(tmp_path: Path, undisturbed: Undisturbed, seed: int) -> None:
    chance = random.Random(seed)
    killed = 0
    with TownServer(answering(TOWN)) as server:
        while killed < A_ROUND:
            installation = Installation(tmp_path / f"data-{killed}")
            write_sources(installation, server.url)
            while killed < A_ROUND and not crawled(installation.data, chance.uniform(0.1, 0.9) * undisturbed.seconds):
                killed += 1
                check_killed(installation, undisturbed)
            assert crawled(installation.data)
            check_finished(installation, undisturbed)


def check_killed(installation: Installation, undisturbed: Undisturbed) -> None:
    """Who is killed says failed; who says complete has brought all."""
    found = stored(installation)
    for run in installation.runs():
        assert run.outcome in ("failed", "complete"), run.reason
        if run.outcome == "complete":
            assert found[run.source] == undisturbed.items[run.source]


def check_finished(installation: Installation, undisturbed: Undisturbed) -> None:
    """All is there once, and every list is read without a break."""
    assert [run.reason for run in installation.runs()][-3:] == [""] * 3
    assert stored(installation) == undisturbed.items
    with Ledger(installation.config().ledger_path) as ledger:
        assert [len(ledger.spans(*of)) for of in (("board", LETTERS), ("weibo", POSTS))] == [1, 1]
        assert [ledger.broken_off(name) for name in undisturbed.items] == [[], [], []]
