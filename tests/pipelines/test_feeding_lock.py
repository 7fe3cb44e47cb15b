"""One process at a time works on an index; whoever waits says who has the turn, since when and at what."""

import os
import re
from pathlib import Path

import pytest
from filelock import FileLock

from crawler.config import Config
from crawler.errors import ServiceAway
from pipelines import feeding_lock
from pipelines.feeding_lock import alone
from pipelines.watching import Unwatched


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(data=tmp_path)


class Heard(Unwatched):
    def __init__(self) -> None:
        self.said: list[str] = []

    def held_up(self, sentence: str) -> None:
        self.said.append(sentence)


def test_a_wait_names_who_has_the_turn_and_gives_up_with_the_same(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeding_lock, "SAY_EVERY", 0.05)
    monkeypatch.setattr(feeding_lock, "PATIENCE", 0.1)
    watch = Heard()
    holder = rf"另一个进程（进程号 {os.getpid()}）从 \d\d-\d\d \d\d:\d\d 起在重建索引"
    with (
        alone(config, Unwatched(), "重建索引"),
        pytest.raises(ServiceAway, match=f"^{holder}，等了十分钟还没有做完"),
        alone(config, watch, "更新索引"),
    ):
        pytest.fail("two at once")
    assert len(watch.said) == 2
    assert all(re.fullmatch(f"{holder}，等它做完。", sentence) for sentence in watch.said)
    with alone(config, watch, "更新索引"):
        assert len(watch.said) == 2


@pytest.mark.parametrize("note", [b"", b"{}", b'{"since": 3}'])
def test_a_turn_that_nobody_signed_is_waited_for_too(
    config: Config, note: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeding_lock, "SAY_EVERY", 0.05)
    other = FileLock(config.data / "feeding.lock")
    (config.data / "feeding.json").write_bytes(note)

    class Patient(Heard):
        def held_up(self, sentence: str) -> None:
            super().held_up(sentence)
            other.release()

    other.acquire()
    watch = Patient()
    with alone(config, watch, "更新索引"):
        assert watch.said == ["另一个进程正在更新这份索引，等它做完。"]
