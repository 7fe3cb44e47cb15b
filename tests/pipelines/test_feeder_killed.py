"""A feeder killed at any moment and started again ends with the documents of one that was never killed."""

import os
import random
import signal
import threading
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from crawler.config import Config
from crawler.registry import Registry
from pipelines.feeder import feed
from pipelines.index import Index, open_index
from pipelines.index.mapping import INDICES
from pipelines.lag import lag
from sentiment.scorer import score
from tests.installation import Installation
from tests.pipelines.collected import ACCOUNTS, AT, COMMENT, LETTER, POST, REPLY, RUN, SOURCES, write

KILLS = 50
BATCH = 8


def fill(folder: Path) -> None:
    """Comments, new versions of them, replies before and after their letters, posts that change their policy."""
    for part in range(6):
        later = AT + timedelta(days=part)
        letters = [replace(LETTER, id=f"liuyan:{part}-{number}", collected_at=later) for number in range(4)]
        replies = [replace(REPLY, id=f"{letter.id}-r", comment_id=letter.id, collected_at=later) for letter in letters]
        comments = [
            replace(COMMENT, id=f"isso:thread:{number}", text=f"第 {part} 次", collected_at=later)
            for number in range(9)
        ]
        post = replace(POST, title="加装电梯公告" if part % 2 else "路灯公告", text="全文", collected_at=later)
        write(folder, *replies[:2], *letters, *comments, post, *replies[2:], replace(RUN, id=f"board:{part}"))


def documents(index: Index) -> dict[str, object]:
    return {name: [hit["_source"] for hit in index.scan(name, {"sort": ["id"], "size": 100})] for name in INDICES}


def fed_once(seconds: float, feed_all: Callable[[], None]) -> bool:
    """Feed in a child that is killed after some time; whether it had ended before."""
    child = os.fork()
    if child == 0:
        threading.Thread(
            target=lambda: (time.sleep(seconds), os.kill(os.getpid(), signal.SIGKILL)), daemon=True
        ).start()
        feed_all()
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return not os.WIFSIGNALED(status)


@pytest.fixture
def registry(installation: Installation) -> Registry:
    installation.write(SOURCES, accounts=ACCOUNTS)
    return installation.registry()


def killed_and_fed(config: Config, registry: Registry, chance: random.Random) -> int:
    """Feed, killed again and again, until a feeding ends by itself; how often it was killed."""
    kills = 0

    def feed_all() -> None:
        index = open_index(config)
        feed(config, registry, index, batch=BATCH)
        index.close()

    while not fed_once(chance.uniform(0, 0.4) + 0.01 * kills, feed_all):
        kills += 1
    return kills


def emptied(index: Index) -> None:
    """Let a new and empty generation serve."""
    before, building = index.generation, index.beside()
    building.swap()
    building.close()
    index.drop(before)


@pytest.mark.parametrize("engine", ["local", "elasticsearch"])
def test_fifty_kills_change_nothing(
    installation: Installation, registry: Registry, tmp_path: Path, engine: str, request: pytest.FixtureRequest
) -> None:
    score(["好"])  # loads the model once, for all children
    unharmed = installation.config()
    fill(unharmed.journal_folder)
    with closing(open_index(unharmed)) as index:
        feed(unharmed, registry, index)
        expected = documents(index)
    assert {name: len(found) for name, found in expected.items()} == {
        "lianxin-comments": 24 + 9,
        "lianxin-posts": 1,
        "lianxin-runs": 6,
    }
    url = "local" if engine == "local" else request.getfixturevalue("elasticsearch")
    config = unharmed.model_copy(update={"data": tmp_path / "killed", "index": url})
    config.data.mkdir()
    config.journal_folder.symlink_to(unharmed.journal_folder)
    kills, chance = 0, random.Random(20261124)
    while kills < KILLS:
        kills += killed_and_fed(config, registry, chance)
        with closing(open_index(config)) as index:
            assert documents(index) == expected
            assert lag(config.journal_folder, index.acknowledged().taken).entries == 0  # every batch was acknowledged
            emptied(index)
