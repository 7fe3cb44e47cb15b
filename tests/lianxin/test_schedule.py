"""`lianxin schedule` with real children: what is due is crawled, never twice at once, and a stop is an end in order."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from threading import Event, Timer

import pytest
import time_machine

from crawler.locks import crawling_lock
from crawler.town.server import Answered, Answering, Asked, TownServer, answering
from tests.installation import CONTACT, Installation
from tests.servers.village import LETTERS, REPLIES, VILLAGE

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals to a child are a POSIX thing")
LONGEST = 120
"""Seconds after which a schedule that went wrong is ended, so that a test fails instead of waiting."""


class Held:
    """The village's server, which keeps one request waiting until it is let go."""

    def __init__(self, request: int) -> None:
        self.reached, self.let_go = Event(), Event()
        self._request = request
        self._seen = 0

    def answering(self) -> Answering:
        answer = answering(VILLAGE)

        def held(asked: Asked) -> Answered:
            self._seen += 1
            if self._seen == self._request:
                self.reached.set()
                self.let_go.wait(LONGEST)
            return answer(asked)

        return held


def write_scheduled(installation: Installation, site: str) -> None:
    """The village's board, crawled by itself each morning, with patience for a slow server; it missed some mornings."""
    installation.write_board(site)
    path = installation.data / "sources.toml"
    text = path.read_text("utf-8").replace("delay = 0", "delay = 0, timeout = 600")
    path.write_text(text.replace("[[source]]\n", '[[source]]\nschedule = "0 6 * * *"\n'), "utf-8")
    yesterday = datetime.now(UTC) - timedelta(days=2)
    with time_machine.travel(yesterday), crawling_lock(installation.config(), "board").taken("采集"):
        pass


@contextmanager
def command(installation: Installation, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """`lianxin …` with its standard error to be read while it runs."""
    environment = {**os.environ, **CONTACT, "LIANXIN_DATA": str(installation.data), "PYTHONUTF8": "1"}
    process = subprocess.Popen(
        [sys.executable, "-m", "lianxin", *arguments],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    timer = Timer(LONGEST, process.kill)
    timer.start()
    try:
        with process:
            yield process
    finally:
        timer.cancel()
        process.kill()


def until(process: subprocess.Popen[str], words: str) -> str:
    """What it says from now on, to the line with these words."""
    said = ""
    for line in process.stderr:
        said += line
        if words in line:
            return said
    raise AssertionError(f"it never said {words}, but {said}")


def test_what_is_due_is_crawled_and_indexed_and_the_rest_waits(installation: Installation) -> None:
    with TownServer(answering(VILLAGE)) as server:
        write_scheduled(installation, server.url)
        with command(installation, "schedule") as schedule:
            said = until(schedule, " 结束 ")
            sources = installation.data / "sources.toml"
            sources.write_text(sources.read_text("utf-8").replace("0 6 * * *", "0 7 * * 0"), "utf-8")
            said += until(schedule, " 定时 ")
            schedule.send_signal(signal.SIGTERM)
            said += schedule.stderr.read()
        assert schedule.returncode == 0, said
    events = [line.split(" ", 3) for line in said.splitlines()]
    assert [event[1:3] for event in events] == [
        ["-", "登记"],
        ["board", "定时"],
        ["board", "开始"],
        ["board", "结束"],
        ["-", "登记"],
        ["board", "定时"],
        ["-", "停止"],
    ], said
    assert all(datetime.fromisoformat(event[0]).utcoffset() == timedelta(hours=8) for event in events)
    assert events[3][3].startswith("退出码 0，")
    assert events[3][3].endswith("结果：完整 1。")
    assert len(installation.comments()) == LETTERS


def test_a_stop_lets_the_page_at_hand_be_read_and_the_next_crawl_goes_on(installation: Installation) -> None:
    held = Held(4)
    with TownServer(held.answering()) as server:
        write_scheduled(installation, server.url)
        with command(installation, "schedule") as schedule:
            assert held.reached.wait(LONGEST)
            schedule.send_signal(signal.SIGTERM)
            until(schedule, " 停止 ")
            held.let_go.set()
            said = schedule.stderr.read()
        assert (schedule.returncode, "board 结束 退出码 1" in said) == (0, True), said
        (stopped,) = installation.runs()
        assert (stopped.outcome, stopped.finished_at is None) == ("partial", False)
        assert "被要求停止" in stopped.reason
        assert stopped.fetched == stopped.stored > 0
        assert installation.run("crawl", "board").code == 0
    items = [item.id for item in installation.items()]
    assert len(items) == len(set(items)) == LETTERS + REPLIES


def test_a_second_stop_does_not_wait(installation: Installation) -> None:
    held = Held(4)
    with TownServer(held.answering()) as server:
        write_scheduled(installation, server.url)
        with command(installation, "schedule") as schedule:
            assert held.reached.wait(LONGEST)
            schedule.send_signal(signal.SIGINT)
            until(schedule, " 停止 ")
            schedule.send_signal(signal.SIGINT)
            said = schedule.stderr.read()
        held.let_go.set()
    assert (schedule.returncode, "board 结束 被信号 9 中断" in said) == (1, True), said
    (killed,) = installation.runs()
    assert (killed.outcome, killed.finished_at) == ("failed", None)


def test_nobody_crawls_a_source_that_is_being_crawled(installation: Installation) -> None:
    held = Held(4)
    lock = crawling_lock(installation.config(), "board")
    with TownServer(held.answering()) as server, TownServer(answering(VILLAGE)) as other:
        write_scheduled(installation, server.url)
        note = installation.data / "locks" / "board.json"
        long_ago = note.read_bytes()
        with command(installation, "schedule") as schedule:
            assert held.reached.wait(LONGEST)
            child = lock.holder().process
            again = installation.run("schedule")
            assert again.code == 1
            assert f"另一个进程（进程号 {schedule.pid}）从 " in again.err
            assert "起在定时采集，这里就不重复了。" in again.err

            crawl = installation.run("crawl", "board")
            assert crawl.code == 1
            assert f"另一个进程（进程号 {child}）从 " in crawl.err
            assert "起在采集来源“board”，这里就不重复了。" in crawl.err
            assert "Traceback" not in crawl.err

            sources = installation.data / "sources.toml"
            board = sources.read_text("utf-8")
            second = board.replace("board", "second").replace(server.url, other.url).replace("schedule", "# schedule")
            sources.write_text(board + second, "utf-8")
            both = installation.run("crawl", "--all")
            assert both.code == 1
            assert "board：失败。另一个进程" in both.out
            assert f"另一个进程（进程号 {child}）从 " in both.out
            assert "second：完整" in both.out
            schedule.kill()
        note.write_bytes(long_ago)  # so that it is due again
        with command(installation, "schedule") as schedule:  # the first one's lock went with it, its child goes on
            assert "board 结束 退出码 1" in until(schedule, " 结束 ")
            schedule.send_signal(signal.SIGTERM)
            said = schedule.stderr.read()
        assert schedule.returncode == 0, said
        held.let_go.set()
        assert lock.take("等它采集完", LONGEST)
        lock.release()
    assert [run.outcome for run in installation.runs() if run.source == "board"] == ["complete"]


def test_nothing_scheduled_is_wrong_use(installation: Installation) -> None:
    installation.write_board("http://127.0.0.1:9")
    ended = installation.run("schedule")
    assert (ended.code, "写 schedule" in ended.err) == (2, True)
