"""The schedule: one child process a crawl, when sources.toml says so.

It is asked once a second with the time of day, so that neither a clock that is set nor a machine that slept is slept
through. What keeps two crawls of a source apart, whoever began them, is the lock that every crawl takes.
"""

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from time import monotonic
from typing import Protocol

from crawler.config import Config
from crawler.errors import ServiceAway, Trouble, WrongUse
from crawler.evidence import forget_old
from crawler.locks import crawling_lock
from crawler.registry import FILE_NAMES, FILES, Registry, SourceEntry, load_registry
from crawler.timetable import Timetable

AT_ONCE = 4
"""Crawls at once; each takes some 200 MB of memory. The others wait."""

Say = Callable[[str, str, str], None]
"""Told of everything that happens: of which source (`-` for all), what, in a word, and more (Chinese)."""


class Child(Protocol):
    """A process that crawls a source."""

    pid: int

    def poll(self) -> int | None:
        """Its exit code, on POSIX the negative number of the signal that ended it; None while it runs."""
        ...

    def terminate(self) -> None:
        """Ask it to end in order."""
        ...

    def kill(self) -> None:
        """End it."""
        ...

    def last_words(self) -> str:
        """The last line it printed."""
        ...


Start = Callable[[str], Child]
"""Starts a child that crawls a source. Raises OSError where the system does not let it."""


def scheduled(registry: Registry) -> dict[str, SourceEntry]:
    """The sources that are to be crawled by themselves."""
    entries = registry.sources.values()
    return {entry.id: entry for entry in entries if entry.enabled and entry.schedule and entry.platform != FILES}


class Schedule:
    """`step` once a second. To end, `stop`, and go on with `reap` until it is no longer `busy`; `kill` hurries it.

    The registry is read again whenever one of its files changed; a wrong file is said and changes nothing. Raises
    WrongUse where it is wrong from the beginning, or schedules nothing.
    """

    def __init__(self, config: Config, start: Start, say: Say, now: datetime) -> None:
        self._config = config
        self._say = say
        self._files = self._state_of_files()
        self._sources = scheduled(load_registry(config.data))
        if not self._sources:
            raise WrongUse('没有可以定时采集的来源：请在 sources.toml 里给启用的来源写 schedule，例如 "0 6 * * *"。')
        self._timetable = Timetable(config.zone, now)
        self._tidied: date | None = None
        self._children = _Children(start, say)
        crawled = {source: crawling_lock(config, source).holder() for source in self._sources}
        self._set({source: holder.since for source, holder in crawled.items() if holder})

    def step(self, now: datetime) -> None:
        """Take leave of the children that ended, start those whose time has come; once a day delete old evidence."""
        self._read_again()
        self._tidy(now)
        for source in self._timetable.due(now):
            pace = self._sources[source].pace
            if pace.allows(now.astimezone(self._config.zone)):
                self._children.want(source)
            else:
                self._say(source, "跳过", f"现在不在允许采集的时段（pace.hours = {pace.hours}）。")
        self._children.reap()
        self._children.start_waiting()

    def reap(self) -> None:
        """Take leave of the children that ended."""
        self._children.reap()

    def stop(self) -> None:
        """Start no more, and ask the children to end in order."""
        self._children.stop()

    def kill(self) -> None:
        """End the children at once."""
        self._children.kill()

    @property
    def busy(self) -> int:
        """How many children there are."""
        return self._children.busy

    def _tidy(self, now: datetime) -> None:
        """Old evidence goes although nobody crawls. It is tried once a day, and said where it cannot be deleted."""
        today = now.astimezone(self._config.zone).date()
        if today == self._tidied:
            return
        self._tidied = today
        try:
            forget_old(self._config, now)
        except ServiceAway as trouble:
            self._say("-", "失败", f"以前留下的平台回答到期了却删不掉：{trouble}明天再试。")

    def _read_again(self) -> None:
        files = self._state_of_files()
        if files == self._files:
            return
        self._files = files
        try:
            self._sources = scheduled(load_registry(self._config.data))
        except Trouble as trouble:
            self._say("-", "登记", f"{trouble}仍按原来的定时采集，改好后自动接上。")
        else:
            self._set({})

    def _set(self, crawled: dict[str, datetime]) -> None:
        lines = {source: entry.schedule or "" for source, entry in self._sources.items()}
        self._timetable.set(lines, crawled, {source: entry.pace for source, entry in self._sources.items()})
        self._say("-", "登记", f"定时采集的来源有 {len(self._sources)} 个。")
        for source, entry in self._sources.items():
            self._say(source, "定时", f"{entry.schedule}，下次 {self._timetable.next(source):%Y-%m-%d %H:%M:%S}。")

    def _state_of_files(self) -> list[tuple[int, int] | None]:
        return [_state_of(self._config.data / name) for name in FILE_NAMES]


def _state_of(path: Path) -> tuple[int, int] | None:
    """What tells that a file was written to; None while it cannot be looked at."""
    try:
        about = path.stat()
    except OSError:
        return None
    return about.st_mtime_ns, about.st_size


class _Children:
    """The crawls that go on, `AT_ONCE` of them and never two of a source, and those that wait."""

    def __init__(self, start: Start, say: Say) -> None:
        self._start = start
        self._say = say
        self._waiting: list[str] = []
        self._running: dict[str, tuple[Child, float]] = {}

    @property
    def busy(self) -> int:
        return len(self._running)

    def want(self, source: str) -> None:
        if source in self._running or source in self._waiting:
            self._say(source, "跳过", "上一次还没有采集完，这一次不采集。")
        else:
            self._waiting.append(source)

    def start_waiting(self) -> None:
        while self._waiting and self.busy < AT_ONCE:
            source = self._waiting.pop(0)
            try:
                child = self._start(source)
            except OSError as error:
                self._say(source, "失败", f"采集的进程开不起来（{error.strerror}），请检查内存和磁盘。下一次再试。")
                continue
            self._running[source] = child, monotonic()
            self._say(source, "开始", f"进程号 {child.pid}。")

    def reap(self) -> None:
        for source, (child, began) in list(self._running.items()):
            code = child.poll()
            if code is not None:
                del self._running[source]
                how = f"退出码 {code}" if code >= 0 else f"被信号 {-code} 中断"
                self._say(source, "结束", f"{how}，用了 {monotonic() - began:.0f} 秒：{child.last_words()}")

    def stop(self) -> None:
        self._waiting.clear()
        for child, _ in self._running.values():
            child.terminate()
        self._say("-", "停止", f"不再开始新的采集；进行中的 {self.busy} 个读完手上的一页就停，再要求一次就立即中断。")

    def kill(self) -> None:
        for child, _ in self._running.values():
            child.kill()
