"""The feeding lock: on one machine one process at a time feeds, rebuilds or moves the index of an installation."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

import orjson
from filelock import FileLock, Timeout

from crawler.config import Config
from crawler.errors import ServiceAway, on_disk
from pipelines.watching import Watch

PATIENCE = 600.0
"""Seconds to wait for another process."""

SAY_EVERY = 60.0
"""Seconds after which a wait is told of again."""


@contextmanager
def alone(config: Config, watch: Watch, deed: str) -> Iterator[None]:
    """While nobody else on this machine feeds or moves the index. `deed` (Chinese) is what is done meanwhile.

    Where somebody does, `watch` hears once a minute who, since when and at what. Raises ServiceAway with the same where
    that takes longer than ten minutes.
    """
    with on_disk(config.data):
        config.data.mkdir(parents=True, exist_ok=True)
    lock, waited = FileLock(config.data / "feeding.lock"), 0.0
    while True:
        try:
            lock.acquire(timeout=min(waited, SAY_EVERY))
            break
        except Timeout as error:
            if waited >= PATIENCE:
                raise ServiceAway(f"{_holder(config)}，等了十分钟还没有做完，请等它结束后再试。") from error
            watch.held_up(f"{_holder(config)}，等它做完。")
            waited += SAY_EVERY
    try:
        with suppress(OSError):  # a full disk; whoever waits is told less, and what frees the disk may go on
            about = {"deed": deed, "process": os.getpid(), "since": datetime.now(config.zone).isoformat()}
            _note(config).write_bytes(orjson.dumps(about))
        yield
    finally:
        lock.release()


def _note(config: Config) -> Path:
    return config.data / "feeding.json"


def _holder(config: Config) -> str:
    """Who has the turn, as it noted itself."""
    try:
        about = orjson.loads(_note(config).read_bytes())
        since = datetime.fromisoformat(about["since"])
        return f"另一个进程（进程号 {about['process']}）从 {since:%m-%d %H:%M} 起在{about['deed']}"
    except (OSError, ValueError, KeyError, TypeError):
        return "另一个进程正在更新这份索引"
