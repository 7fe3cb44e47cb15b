"""A crawl killed in the middle and run again ends with nothing missing, nothing twice, and no false success."""

import os
import signal
import subprocess
import sys
from contextlib import suppress
from datetime import UTC, datetime
from threading import Event

import pytest
from rich.console import Console

from crawler.runs import GOING_ON, INTERRUPTED, Run
from crawler.town.server import Answered, Answering, Asked, TownServer, answering
from lianxin.crawling import report
from pipelines.feeding_lock import alone
from pipelines.watching import Unwatched
from tests.installation import CONTACT, Installation
from tests.servers.village import LETTERS, REPLIES, VILLAGE

ONE_MORE = """
import atexit, os, signal, sys
from lianxin import cli

def interrupt(*_):
    os.kill(os.getpid(), signal.SIGINT)

class Console(cli.Console):
    def print(self, *given):
        interrupt()
        super().print(*given)

if sys.argv[1] == "while leaving":
    atexit.register(interrupt)
else:
    cli.Console = Console
cli.command_line = lambda _: lambda: signal.raise_signal(signal.SIGINT)
cli.main()
"""
"""Ctrl+C, and one more at a bad moment."""


def stopping_at(answer: Answering, request: int, reached: Event) -> Answering:
    """Answers until the given request, then keeps the asker waiting."""
    seen = 0

    def held(asked: Asked) -> Answered:
        nonlocal seen
        seen += 1
        if seen == request:
            reached.set()
            Event().wait(6)
        return answer(asked)

    return held


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is a POSIX thing")
@pytest.mark.parametrize("request_number", [3, 5, 8])
def test_a_killed_crawl(installation: Installation, request_number: int) -> None:
    reached = Event()
    with TownServer(stopping_at(answering(VILLAGE), request_number, reached)) as server:
        installation.write_board(server.url)
        crawl = subprocess.Popen(
            [sys.executable, "-m", "lianxin", "crawl", "board"],
            env={**os.environ, **CONTACT, "LIANXIN_DATA": str(installation.data)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        assert reached.wait(60)
        crawl.send_signal(signal.SIGKILL)
        crawl.wait()
    (killed,) = installation.runs()
    assert (killed.outcome, killed.finished_at) == ("failed", None)
    assert "进程被中断" in killed.reason
    with TownServer(answering(VILLAGE)) as server:
        installation.write_board(server.url)
        assert installation.run("crawl", "board").code == 0
    items = [item.id for item in installation.items()]
    assert len(items) == len(set(items)) == LETTERS + REPLIES
    assert len(installation.comments()) == LETTERS
    assert [run.outcome for run in installation.runs()] == ["failed", "complete"]


@pytest.mark.skipif(sys.platform == "win32", reason="SIGINT to a child is a POSIX thing")
def test_an_interrupted_crawl_says_so_for_every_source(installation: Installation) -> None:
    reached = Event()
    with TownServer(stopping_at(answering(VILLAGE), 4, reached)) as server:
        installation.write_board(server.url)
        path = installation.data / "sources.toml"
        board = path.read_text(encoding="utf-8")
        path.write_text(board + board.replace("board", "second"), encoding="utf-8")
        crawl = subprocess.Popen(
            [sys.executable, "-m", "lianxin", "crawl", "--all"],
            env={**os.environ, **CONTACT, "LIANXIN_DATA": str(installation.data)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )
        assert reached.wait(60)
        crawl.send_signal(signal.SIGINT)
        out, err = crawl.communicate(timeout=60)
    assert (crawl.returncode, "Traceback" in err) == (1, False), err
    assert "board：不完整" in out
    assert "second：失败" in out
    assert "还没有开始" in out


@pytest.mark.skipif(sys.platform == "win32", reason="SIGINT to a child is a POSIX thing")
def test_a_crawl_interrupted_twice_does_not_wait_for_the_page(installation: Installation) -> None:
    reached, let_go = Event(), Event()

    def waiting(asked: Asked) -> Answered:
        reached.set()
        let_go.wait(120)
        return answering(VILLAGE)(asked)

    with TownServer(waiting) as server:
        installation.write_board(server.url)
        path = installation.data / "sources.toml"
        path.write_text(path.read_text("utf-8").replace("delay = 0", "delay = 0, timeout = 600"), "utf-8")
        crawl = subprocess.Popen(
            [sys.executable, "-m", "lianxin", "crawl", "board"],
            env={**os.environ, **CONTACT, "LIANXIN_DATA": str(installation.data), "PYTHONUTF8": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )
        with crawl:
            assert reached.wait(60)
            going_on = [installation.run(listing).out for listing in ("runs", "sources")]
            while crawl.poll() is None:  # two at the same moment would be one
                crawl.send_signal(signal.SIGINT)
                with suppress(subprocess.TimeoutExpired):
                    crawl.wait(0.5)
            out, err = crawl.stdout.read(), crawl.stderr.read()
        assert (crawl.returncode in {1, 130, -signal.SIGINT}, "Traceback" in err) == (True, False), err
        let_go.set()  # it never answered
    assert "条 = 入库" not in out
    (run,) = installation.runs()
    assert (run.outcome, run.finished_at) == ("failed", None)
    ended = [installation.run(listing).out for listing in ("runs", "sources")]
    said = [[words in shown for words in ("进行中", GOING_ON, INTERRUPTED)] for shown in going_on + ended]
    assert said == [[True, True, False]] * 2 + [[False, False, True]] * 2, going_on + ended


def test_a_run_without_an_end_tells_no_counts(capsys: pytest.CaptureFixture[str]) -> None:
    began = datetime(2026, 11, 1, tzinfo=UTC)
    ended = Run(
        id="a:1", source="a", platform="liuyan", started_at=began, finished_at=began, outcome="complete", reason="",
        fetched=3, stored=2, unchanged=1, requests=4, masks={"[电话]": 1},
    )  # fmt: skip
    broken_off = Run(id="b:1", source="b", platform="liuyan", started_at=began, reason=INTERRUPTED)
    report(Console(soft_wrap=True), [ended, broken_off])
    assert capsys.readouterr().out.splitlines() == [
        "a：完整。取得 3 条 = 入库 2 + 未变 1 + 拒收 0，4 次请求。",
        f"b：失败。{INTERRUPTED}",
        "遮盖个人信息 1 处（[电话] 1）。",
        "合计（没有收尾的 1 次不计在内）：取得 3，入库 2，未变 1，拒收 0；结果：完整 1、失败 1。",
    ]


@pytest.mark.skipif(sys.platform == "win32", reason="SIGINT to itself is a POSIX thing")
@pytest.mark.parametrize(("when", "code"), [("while saying so", 130), ("while leaving", -signal.SIGINT)])
def test_one_more_interrupt_gives_no_traceback(when: str, code: int) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", ONE_MORE, when], capture_output=True, encoding="utf-8", check=False, timeout=120,
        env={**os.environ, "PYTHONUTF8": "1"},
    )  # fmt: skip
    assert (ended.returncode, "已停止" in ended.stderr, "Traceback" in ended.stderr) == (code, True, False), (
        ended.stderr
    )


@pytest.mark.skipif(sys.platform == "win32", reason="SIGTERM to a child is a POSIX thing")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_crawl_that_feeds_the_index_can_be_stopped(installation: Installation, number: signal.Signals) -> None:
    with TownServer(answering(VILLAGE)) as server:
        installation.write_board(server.url)
        with alone(installation.config(), Unwatched(), "重建索引"):
            crawl = subprocess.Popen(
                [sys.executable, "-m", "lianxin", "crawl", "board"],
                env={**os.environ, **CONTACT, "LIANXIN_DATA": str(installation.data), "PYTHONUTF8": "1"},
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                encoding="utf-8",
            )
            with crawl:
                assert "起在重建索引，等它做完" in crawl.stderr.readline()
                crawl.send_signal(number)
                err = crawl.stderr.read()
    assert (crawl.returncode, "再运行一次同样的命令就接着做" in err) == (130, True), err
    assert [run.outcome for run in installation.runs()] == ["complete"]
