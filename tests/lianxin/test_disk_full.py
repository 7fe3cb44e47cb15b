"""A disk that fills up while a crawl writes: the crawl says so, the journal stays readable, the next one mends it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from crawler.town.corpus import load_town
from crawler.town.server import TownServer, answering
from tests.installation import CONTACT, Installation

LARGEST_FILE = 400
"""Blocks of 512 bytes that a file may have: enough to begin with, less than the journal of the town's letters."""

TOWN = load_town()


@pytest.mark.skipif(sys.platform == "win32", reason="limits of a process are a POSIX thing")
def test_a_disk_that_fills_up(installation: Installation) -> None:
    with TownServer(answering(TOWN)) as server:
        installation.write_board(server.url)
        full = subprocess.run(
            ["sh", "-c", f'ulimit -f {LARGEST_FILE}; exec "$0" -m lianxin crawl board', sys.executable],
            env={**os.environ, **CONTACT, "LIANXIN_DATA": str(installation.data)},
            capture_output=True,
            encoding="utf-8",
            timeout=300,
            check=False,
        )
        assert full.returncode in (1, 3), full.stderr
        assert "Traceback" not in full.stderr
        assert "磁盘" in full.stdout + full.stderr
        assert "complete" not in {run.outcome for run in installation.runs()}
        before = {item.id for item in installation.items()}
        assert installation.run("crawl", "board").code == 0
    items = [item.id for item in installation.items()]
    assert before <= set(items)
    assert len(set(items)) == len(TOWN.letters) + sum(letter.reply is not None for letter in TOWN.letters)
    assert installation.runs()[-1].outcome == "complete"
    assert len(installation.comments()) == len(TOWN.letters)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the disk that is always full is a Linux thing")
@pytest.mark.parametrize("command", ["runs", "index status", "--help"])
def test_where_no_result_can_be_written_it_is_one_sentence(installation: Installation, command: str) -> None:
    installation.write("")
    ended = subprocess.run(
        ["sh", "-c", f'exec "$0" -m lianxin {command} > /dev/full', sys.executable],
        env={**os.environ, "LIANXIN_DATA": str(installation.data)},
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert ended.returncode == 3
    assert ended.stderr == "错误：结果写不下（No space left on device）。请检查磁盘是否已满，再运行一次。\n"
