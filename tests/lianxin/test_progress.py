"""What long work shows of itself on a terminal."""

import io
import re

import pytest
from rich.console import Console

from lianxin import progress as showing
from lianxin.progress import megabytes, progress
from pipelines.feeder import rebuild
from tests.installation import Installation
from tests.pipelines.collected import ACCOUNTS, EVENTS, SOURCES, write


def test_a_rebuild_shows_counts_and_time_left(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    installation.write(SOURCES, accounts=ACCOUNTS)
    write(installation.data / "journal", *EVENTS)
    screen = io.StringIO()
    terminal = Console(file=screen, force_terminal=True, width=100)
    monkeypatch.setattr(showing, "Console", lambda **_: terminal)
    index = installation.index()
    with progress("重建索引", None) as watch:
        rebuild(installation.config(), installation.registry(), index, watch)
    index.close()
    shown = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", screen.getvalue())
    count = len(EVENTS)
    assert re.search(rf"重建索引 .*{count}/{count} 条 0:00:\d\d 0:00:00", shown), shown


def test_bytes_are_told_as_people_read_them() -> None:
    assert [megabytes(count) for count in (0, 1, 1_500_000, 12_345_678_901)] == [
        "0.0 MB",
        "0.1 MB",
        "1.5 MB",
        "12,345.7 MB",
    ]
