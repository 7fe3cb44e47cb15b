"""A lock is one process's at a time, says whose, and is free when that process is dead."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from crawler.config import Config
from crawler.errors import ServiceAway
from crawler.locks import Held, crawling_lock

HOLDING = """
import sys
from pathlib import Path
from crawler.config import Config
from crawler.locks import crawling_lock

with crawling_lock(Config(data=Path(sys.argv[1])), "board").taken("采集来源“board”"):
    print("taken", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(data=tmp_path)


def test_whoever_comes_second_hears_who_has_it(config: Config) -> None:
    said = rf"另一个进程（进程号 {os.getpid()}）从 \d\d-\d\d \d\d:\d\d 起在采集来源“board”，这里就不重复了。"
    with crawling_lock(config, "board").taken("采集来源“board”"):
        with pytest.raises(Held) as raised, crawling_lock(config, "board").taken("采集来源“board”"):
            pytest.fail("two at once")
        assert re.fullmatch(said, str(raised.value))
        with crawling_lock(config, "thread").taken("采集来源“thread”"):
            pass
    with crawling_lock(config, "board").taken("采集来源“board”"):
        pass


def test_a_note_that_cannot_be_read_hides_nobody(config: Config) -> None:
    with crawling_lock(config, "board").taken("采集"):
        (config.data / "locks" / "board.json").write_bytes(b'{"since": 3}')
        with pytest.raises(Held, match=r"^另一个进程已经在采集，"), crawling_lock(config, "board").taken("采集"):
            pytest.fail("two at once")
    assert crawling_lock(config, "board").holder() is None


def test_a_killed_holder_s_lock_is_free(config: Config) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDING, config.data], stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
    )
    with holder:
        assert holder.stdout.readline() == "taken\n"
        assert not crawling_lock(config, "board").take("采集")
        assert crawling_lock(config, "board").is_held()
        noted = crawling_lock(config, "board").holder()
        assert (noted.process, noted.deed) == (holder.pid, "采集来源“board”")
        holder.kill()
        holder.wait()
        assert crawling_lock(config, "board").take("采集")


def test_a_folder_that_cannot_be_written_is_said(config: Config) -> None:
    (config.data / "locks").write_bytes(b"")
    with pytest.raises(ServiceAway, match="locks"):
        crawling_lock(config, "board").take("采集")


def test_to_see_whether_it_is_held_leaves_nothing_behind(config: Config) -> None:
    lock = crawling_lock(config, "board")
    assert (lock.is_held(), list(config.data.iterdir())) == (False, [])
    with lock.taken("采集"):
        before = lock.holder()
    assert (lock.is_held(), lock.holder()) == (False, before)
