"""A crawl killed in the middle and run again ends with nothing missing, nothing twice, and no false success."""

import os
import signal
import subprocess
import sys
from contextlib import suppress
from threading import Event

import pytest

from crawler.town.server import Answered, Answering, Asked, TownServer, answering
from pipelines.feeding_lock import alone
from pipelines.watching import Unwatched
from tests.installation import CONTACT, Installation
from tests.servers.village import LETTERS, REPLIES, VILLAGE


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
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )
        with crawl:
            assert reached.wait(60)
            while crawl.poll() is None:  # two at the same moment would be one
                crawl.send_signal(signal.SIGINT)
                with suppress(subprocess.TimeoutExpired):
                    crawl.wait(0.5)
            err = crawl.stderr.read()
        assert (crawl.returncode in {1, 130, -signal.SIGINT}, "Traceback" in err) == (True, False), err
        let_go.set()  # it never answered
    (run,) = installation.runs()
    assert (run.outcome, run.finished_at) == ("failed", None)


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
