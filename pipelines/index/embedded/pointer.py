"""Pointer: which generation in a folder serves and which is being built. One small file, changed under a lock.

A generation goes by losing its name: its folder is moved aside at once, and what lies aside is removed by whoever comes
next under the lock. So a process killed in the middle leaves nothing that looks like a generation.
"""

import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import orjson
from filelock import FileLock

from crawler.errors import ServiceAway, Unreadable, WrongUse
from pipelines.files import write_safely
from pipelines.index.mapping import VERSION

_FILE = "generations.json"


@dataclass(frozen=True, slots=True)
class Places:
    """Names of generations: the one that serves, the one being built beside it."""

    serving: str
    building: str | None = None


class Pointer:
    """The pointer of one folder, shared by processes."""

    def __init__(self, folder: Path) -> None:
        """Nothing is made before it is needed. Raises ServiceAway when the folder cannot be used, Unreadable."""
        self._folder = folder
        self._path = folder / _FILE
        self._seen: tuple[int, int] | None = None
        self._lock = FileLock(folder / "generations.lock")
        with self._usable():
            self._places = self._read()

    @property
    def made(self) -> bool:
        """Whether there is one."""
        return self._path.exists()

    def places(self) -> Places:
        """As the file has it now; made where there is none."""
        try:
            state = self._path.stat()
        except OSError:
            return self.change(lambda places: places)
        if (state.st_ino, state.st_mtime_ns) != self._seen:
            self._places = self._read() or self.change(lambda places: places)
            self._seen = (state.st_ino, state.st_mtime_ns)
        return self._places

    def change(self, how: Callable[[Places], Places]) -> Places:
        """Read, change and write, while nobody else does. A lost file begins anew; a damaged one raises Unreadable."""
        with self.alone():
            known = self._read()
            places = how(known or Places(self._new_name()))
            if places != known:
                write_safely(self._path, orjson.dumps(asdict(places)))
        return places

    @contextmanager
    def alone(self) -> Iterator[None]:
        """While nobody else makes, changes or removes anything here."""
        with self._usable():
            self._folder.mkdir(parents=True, exist_ok=True)
            with self._lock:
                yield

    def begin(self) -> str:
        """The name of the generation being built; a new one where none is."""
        with self.alone():
            self._sweep()
            places = self.change(lambda places: replace(places, building=places.building or self._new_name()))
        return str(places.building)

    def kept(self) -> tuple[str, ...]:
        """Generations that neither serve nor are being built, oldest first."""
        if not self.made:
            return ()
        places = self.places()
        names = (path.name for path in self._folder.iterdir() if path.is_dir() and _is_a_name(path.name))
        return tuple(sorted(name for name in names if name not in (places.serving, places.building)))

    def drop(self, generation: str) -> None:
        """Remove one of `kept`. Raises WrongUse for any other, ServiceAway where it cannot go yet; then it is kept."""
        if generation not in self.kept():
            raise WrongUse(f"没有可以删除的旧索引 {generation}。")
        with self.alone():
            self._remove(generation)

    def discard(self, generation: str) -> None:
        """Remove the one that is being built. Nothing where it is not. Raises ServiceAway where it cannot go yet."""
        with self.alone():
            if self.places().building == generation:
                self._remove(generation)
                self.change(lambda places: replace(places, building=None))

    def _remove(self, generation: str) -> None:
        folder = self._folder / generation
        try:
            if folder.exists():  # it is made when it is first asked for something
                folder.rename(folder.with_name(f".{generation}-{secrets.token_hex(4)}"))
        except OSError as error:
            raise ServiceAway(
                f"删不掉 {folder}（{error.strerror}）。也许有别的程序（看板、follow）还开着它，请关掉后再试。"
            ) from error
        self._sweep()

    def _sweep(self) -> None:
        """Remove what lies aside. Call it alone: what is being made lies aside, too."""
        for path in self._folder.glob(".*"):
            if path.is_dir() and _is_a_name(path.name[1:]):
                shutil.rmtree(path, ignore_errors=True)  # what is still open goes with the next sweep

    def _read(self) -> Places | None:
        try:
            return Places(**orjson.loads(self._path.read_bytes()))
        except FileNotFoundError:
            return None
        except (ValueError, TypeError) as error:
            raise Unreadable(
                f"{self._path} 损坏了，不知道哪一份索引在用。请删去这个文件，再运行 lianxin index rebuild。"
            ) from error

    @contextmanager
    def _usable(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise ServiceAway(
                f"读写不了本机索引的文件夹 {self._folder}（{error.strerror}）。请检查路径、权限和磁盘是否已满。"
            ) from error

    def _new_name(self) -> str:
        """Mapping version and UTC start, to the microsecond so that no two are alike."""
        return f"{VERSION}-{datetime.now(UTC):%Y%m%dt%H%M%S%f}"


def _is_a_name(name: str) -> bool:
    version, _, start = name.partition("-")
    return version.isdigit() and start[:8].isdigit()
