"""A small database of our own: SQLite, safe for several processes, its troubles said in sentences."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from crawler.errors import ServiceAway, on_disk


class Database:
    """One open file with its tables. Use as a context manager. Raises ServiceAway where the file cannot be used."""

    def __init__(self, path: Path, tables: str) -> None:
        with on_disk(path.parent):
            path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._database = sqlite3.connect(path, timeout=30, isolation_level=None)
            self._database.execute("PRAGMA journal_mode = WAL")
            self._database.execute("PRAGMA synchronous = NORMAL")
            self._database.executescript(tables)
        except sqlite3.Error as error:
            raise ServiceAway(f"台账 {path} 打不开（{error}）。{_remedy(error)}") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """All or nothing. Raises ServiceAway where the file is busy for half a minute or the disk refuses."""
        try:
            with self._database as database:
                database.execute("BEGIN IMMEDIATE")
                yield database
        except sqlite3.Error as error:
            raise ServiceAway(
                f"台账写不进去（{error}），请看看磁盘是否已满、有没有别的进程占用，再运行一次。"
            ) from error

    def _read(self, question: str, *values: str | int | float) -> list[tuple[str | bytes | int, ...]]:
        """Rows. Raises ServiceAway where the file is damaged or busy for half a minute."""
        try:
            return self._database.execute(question, values).fetchall()
        except sqlite3.Error as error:
            raise ServiceAway(f"台账读不出（{error}）。{_remedy(error)}") from error


def _remedy(error: sqlite3.Error) -> str:
    """What to do: a damaged file may go, for it is made again; anything else is the disk's or another process's."""
    if getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return "它损坏了，可以删去（数据文件夹里的 ledger.sqlite*），下次采集会从日志重建。"
    return "请看看磁盘是否已满、文件夹能不能写、有没有别的进程占用，再运行一次。"
