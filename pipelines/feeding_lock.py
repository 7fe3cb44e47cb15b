"""The feeding lock: on one machine one process at a time feeds, rebuilds or moves the index of an installation."""

from collections.abc import Iterator
from contextlib import contextmanager

from crawler.config import Config
from crawler.errors import ServiceAway
from crawler.locks import Lock
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
    lock, waited = Lock(config, config.data, "feeding"), 0.0
    while not lock.take(deed, min(waited, SAY_EVERY)):
        holder = lock.holder() or "另一个进程正在更新这份索引"
        if waited >= PATIENCE:
            raise ServiceAway(f"{holder}，等了十分钟还没有做完，请等它结束后再试。")
        watch.held_up(f"{holder}，等它做完。")
        waited += SAY_EVERY
    try:
        yield
    finally:
        lock.release()
