"""Crawls killed at sixty random moments: nothing missing, nothing twice, no success while work is out."""

import multiprocessing
import os
import random
import signal
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic

import pytest

from crawler.config import Config
from crawler.crawling import chosen, crawl
from crawler.ledger import Ledger
from crawler.registry import load_registry
from crawler.town.corpus import Town, load_town
from crawler.town.server import TownServer, answering
from pipelines.evidence import KEEPING
from pipelines.steps import STEPS
from tests.installation import ASSESSED, Installation
from tests.servers.village import VILLAGE

KILLS = 15
"""Of each source."""

SOURCES = ("board", "box", "thread", "weibo")
TOWN = Town(VILLAGE.posts[:1], VILLAGE.letters[:40], load_town().weibo[:3])

forking = multiprocessing.get_context("forkserver")
forking.set_forkserver_preload(["crawler.crawling", "crawler.town.server", "pipelines.steps", "pipelines.steps.record"])


def write_source(installation: Installation, name: str, site: str) -> None:
    match name:
        case "board":
            installation.write_board(site)
        case "box":
            options = f'options = {{ preset = "hunan", site = "{site}" }}\n'
            installation.write(f'[[source]]\nid = "box"\nplatform = "letterbox"\n{ASSESSED}{options}')
        case "thread":
            installation.write_thread(site, f"{site}/isso")
        case "weibo":
            installation.write_weibo(site)


def crawl_all(data: Path) -> None:
    """In a process of its own: as `lianxin crawl --all` does, without the index."""
    config, registry = Config(data=data, contact="tests@lianxin.example"), load_registry(data)
    crawl(config, chosen(registry, [], True, datetime.now(UTC)), STEPS, middlewares=KEEPING)


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


def stored(installation: Installation) -> Counter[str]:
    """How often each item lies in the journal."""
    return Counter(item.id for item in installation.items())


@pytest.mark.parametrize("source", SOURCES)
def test_killed_again_and_again(tmp_path: Path, source: str) -> None:
    """Of each installation is asked, after every kill and at its end, what an undisturbed one has."""
    with TownServer(answering(TOWN)) as server:
        undisturbed = Installation(tmp_path / "undisturbed")
        write_source(undisturbed, source, server.url)
        crawled(undisturbed.data)  # the first one waits for the imports
        begun = monotonic()
        assert crawled(undisturbed.data)
        longest, whole = monotonic() - begun, stored(undisturbed)
        assert ([run.outcome for run in undisturbed.runs()], set(whole.values())) == (["complete"] * 2, {1})
        chance, killed = random.Random(source), 0
        while killed < KILLS:
            installation = Installation(tmp_path / f"killed-{killed}")
            write_source(installation, source, server.url)
            while killed < KILLS and not crawled(installation.data, chance.uniform(0.05, 1) * longest):
                killed += 1
                for run in installation.runs():
                    assert run.outcome == "failed" or (run.outcome, stored(installation)) == ("complete", whole)
            assert crawled(installation.data)
            assert (installation.runs()[-1].reason, stored(installation)) == ("", whole)
            with Ledger(installation.config().ledger_path) as ledger:
                assert ledger.broken_off(source) == []
