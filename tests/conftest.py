"""What all tests share: an installation of their own, and the real data where they are at hand."""

import os
from pathlib import Path

import pytest

from tests.installation import Installation

pytest_plugins = ["tests.servers.elasticsearch.fixtures"]

ROOT = Path(__file__).parent.parent
REAL_DATA = Path(os.environ.get("LIANXIN_REAL_DATA", ROOT / ".." / "shared" / "data"))


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    """An empty data folder, and the command to use it with."""
    return Installation(tmp_path / "data")


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real letters and comments. They carry no licence and are not part of the project."""
    if not REAL_DATA.is_dir():
        pytest.skip("the real data are not here: set LIANXIN_REAL_DATA to their folder")
    return REAL_DATA


def pytest_xdist_auto_num_workers() -> int:
    """One worker more than there are cores: a third of the time all of them wait, for servers and for agreed pauses."""
    return (os.cpu_count() or 1) + 1


LONGEST = (
    "tests/lianxin/test_killed_at_random.py",
    "tests/lianxin/test_schedule.py",
    "tests/crawler/platforms/page/test_crawls.py",
    "tests/contract/test_limits.py",
    "tests/crawler/test_guarded.py",
    "tests/crawler/test_monitored_crawls.py",
    "tests/crawler/test_going_on.py",
    "tests/lianxin/test_replay.py",
    "tests/sentiment/test_oracle.py",
    "tests/sentiment/test_intent.py",
    "tests/sentiment/test_reach.py",
    "tests/lianxin/test_sentiment.py",
    "tests/lianxin/test_stance.py",
)
"""The files that take longest. A file is one worker's: begun last, it keeps all waiting for that one."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first."""
    places = {ROOT / name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.path, len(places)))
