"""Locks: on one machine one process at a time does a certain thing to an installation.

The kernel keeps a lock for the process that took it and frees it when that process ends, however it ends. Beside it
lies a note of who took it last, since when and for what, so that whoever is turned away can say so.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import orjson
from filelock import FileLock, Timeout

from crawler.config import Config
from crawler.errors import Trouble, on_disk

GLANCE = 0.2
"""Seconds: far longer than it takes to see whether a lock is held."""


class Held(Trouble):
    """Another process is at it; the sentence says which, and since when."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose lock it is or was: number of the process, since when, what for. As text a sentence without its end."""

    process: int
    since: datetime
    deed: str

    def __str__(self) -> str:
        return f"另一个进程（进程号 {self.process}）从 {self.since:%m-%d %H:%M} 起在{self.deed}"


class Lock:
    """The lock `NAME.lock` in a folder, and its note `NAME.json`."""

    def __init__(self, config: Config, folder: Path, name: str) -> None:
        self._zone = config.zone
        self._folder = folder
        self._lock = FileLock(folder / f"{name}.lock")
        self._note = folder / f"{name}.json"

    def take(self, deed: str, patience: float = 0.0) -> bool:
        """Take it, waiting at most so many seconds, and note what for (Chinese). False where another process has it.

        Raises ServiceAway where the disk refuses.
        """
        with on_disk(self._folder):
            self._folder.mkdir(parents=True, exist_ok=True)
            try:
                self._lock.acquire(timeout=patience)
            except Timeout:
                return False
        with suppress(OSError):  # a full disk; whoever waits is told less, and what frees the disk may go on
            about = {"deed": deed, "process": os.getpid(), "since": datetime.now(self._zone).isoformat()}
            self._note.write_bytes(orjson.dumps(about))
        return True

    def release(self) -> None:
        """Let the next one have it."""
        self._lock.release()

    @contextmanager
    def taken(self, deed: str) -> Iterator[None]:
        """Do something under the lock. Raises Held where another process has it; ServiceAway as `take`."""
        if not self.take(deed, GLANCE):
            raise Held(f"{self.holder() or f'另一个进程已经在{deed}'}，这里就不重复了。")
        try:
            yield
        finally:
            self.release()

    def is_held(self) -> bool:
        """Whether a process has it now. Raises ServiceAway where the disk refuses to tell.

        To find out it is taken for a moment, which is why whoever takes it waits that long.
        """
        with on_disk(self._folder):
            if not self._folder.is_dir():
                return False
            try:
                self._lock.acquire(timeout=0)
            except Timeout:
                return True
        self._lock.release()
        return False

    def holder(self) -> Holder | None:
        """Who took it last, whether or not it is held still; None where no note can be read."""
        try:
            about = orjson.loads(self._note.read_bytes())
            since = datetime.fromisoformat(about["since"]).astimezone(self._zone)
            return Holder(int(about["process"]), since, str(about["deed"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None


def crawling_lock(config: Config, source: str) -> Lock:
    """The lock that whoever crawls a source holds for all of the crawl."""
    return Lock(config, config.data / "locks", source)
