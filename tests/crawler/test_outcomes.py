"""Whatever goes wrong on the way, the run says what it was, and never `complete`."""

import socket

import pytest

from crawler.town.server import Answered, Answering, Asked, TownServer, answering
from tests.installation import ASSESSED, Installation
from tests.servers import faults
from tests.servers.faults import Fault, on_data
from tests.servers.village import LETTERS, REPLIES, VILLAGE

BROKEN: list[tuple[str, Fault, str, str]] = [
    ("500s", on_data(faults.server_error), "failed", "平台出错（HTTP 500）"),
    ("500s from the second page on", on_data(faults.server_error, after=1), "partial", "平台出错（HTTP 500）"),
    ("403", on_data(faults.forbidden), "blocked", "平台拒绝访问（HTTP 403）"),
    (
        "a page instead of data",
        on_data(faults.web_page),
        "blocked",
        "平台要求登录（登录页），不登录看不到，已停止。请联系平台",
    ),
    (
        "a page instead of data later on",
        on_data(faults.web_page, after=2),
        "blocked",
        "平台要求登录（登录页），不登录看不到，已停止。请联系平台",
    ),
    ("half an answer", on_data(faults.cut), "failed", "断了或写错了"),
    ("a blank answer", on_data(faults.blank), "blocked", "空白回答"),
    ("a renamed field", on_data(faults.renamed_field), "failed", "没有“"),
    ("a redirect elsewhere", on_data(faults.elsewhere), "blocked", "被转到了别的网站"),
]


@pytest.mark.parametrize(("fault", "outcome", "words"), [case[1:] for case in BROKEN], ids=[case[0] for case in BROKEN])
def test_a_broken_board(installation: Installation, fault: Fault, outcome: str, words: str) -> None:
    with TownServer(fault(answering(VILLAGE))) as server:
        installation.write_board(server.url)
        ended = installation.run("crawl", "board")
    (run,) = installation.runs()
    assert (ended.code, run.outcome) == (1, outcome), ended.err
    assert words in run.reason
    assert words in ended.out
    assert run.fetched == run.stored + run.unchanged + run.rejected
    assert "Traceback" not in ended.err


def test_broken_threads_do_not_hide_behind_posts_that_came(installation: Installation) -> None:
    """The posts are read; their comments are not: that is partial, not complete."""
    with TownServer(on_data(faults.server_error)(answering(VILLAGE))) as server:
        installation.write_thread(server.url, f"{server.url}/isso")
        ended = installation.run("crawl", "thread")
    (run,) = installation.runs()
    assert (ended.code, run.outcome, run.stored) == (1, "partial", 3)
    assert "共 3 处问题" in run.reason


def test_an_empty_list_is_suspect(installation: Installation) -> None:
    with TownServer(on_data(faults.empty_list)(answering(VILLAGE))) as server:
        installation.write_board(server.url)
        ended = installation.run("crawl", "board")
    (run,) = installation.runs()
    assert (ended.code, run.outcome) == (1, "suspect")
    assert "一条内容也没有取到" in run.reason


def test_far_less_than_usual_is_suspect(installation: Installation) -> None:
    with TownServer(answering(VILLAGE)) as server:
        installation.write_board(server.url)
        assert installation.run("crawl", "board").code == 0
    with TownServer(on_data(faults.empty_list, after=1)(answering(VILLAGE))) as server:
        installation.write_board(server.url)
        assert installation.run("crawl", "board").code == 1
    assert [run.outcome for run in installation.runs()] == ["complete", "suspect"]
    assert f"平时约 {LETTERS + REPLIES} 条" in installation.runs()[-1].reason


def test_a_wrong_board_number_fails(installation: Installation) -> None:
    with TownServer(answering(VILLAGE)) as server:
        installation.write_board(server.url, fid=1)
        assert installation.run("crawl", "board").code == 1
    (run,) = installation.runs()
    assert run.outcome == "failed"
    assert "版块不存在" in run.reason


def test_a_wrong_address_fails(installation: Installation) -> None:
    with TownServer(answering(VILLAGE)) as server:
        installation.write_thread(f"{server.url}/nowhere/", f"{server.url}/isso", 'pages = ["/nowhere/a.html"]')
        assert installation.run("crawl", "thread").code == 1
    (run,) = installation.runs()
    assert run.outcome == "failed"
    assert "地址不存在（HTTP 404）" in run.reason


def test_a_server_that_is_down_fails(installation: Installation) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        installation.write_board(f"http://127.0.0.1:{taken.getsockname()[1]}")
        assert installation.run("crawl", "board").code == 1
    (run,) = installation.runs()
    assert run.outcome == "failed"
    assert "连不上平台" in run.reason


def test_robots_txt_is_obeyed(installation: Installation) -> None:
    asked_for: list[str] = []
    with TownServer(no_robots(answering(VILLAGE), asked_for)) as server:
        installation.write_board(server.url)
        assert installation.run("crawl", "board").code == 1
    (run,) = installation.runs()
    assert run.outcome == "blocked"
    assert "robots.txt 不允许采集这个地址，已停止。请联系平台" in run.reason
    assert asked_for == ["/robots.txt"]


def test_a_refusal_is_not_asked_again(installation: Installation) -> None:
    asked_for: list[str] = []
    with TownServer(counting(on_data(faults.too_many)(answering(VILLAGE)), asked_for)) as server:
        installation.write_board(server.url)
        assert installation.run("crawl", "board").code == 1
    (run,) = installation.runs()
    assert (run.outcome, "HTTP 429" in run.reason) == ("blocked", True)
    assert asked_for.count(faults.LIST) == 1


def test_refused_letters_are_not_a_success(installation: Installation) -> None:
    with TownServer(on_data(faults.negative_likes)(answering(VILLAGE))) as server:
        installation.write_board(server.url)
        assert installation.run("crawl", "board").code == 1
    (run,) = installation.runs()
    assert (run.outcome, run.rejected) == ("partial", LETTERS)
    assert f"拒收 {LETTERS} 条" in run.reason
    assert installation.comments() == []


def test_one_source_that_fails_does_not_hide_the_other(installation: Installation) -> None:
    with TownServer(answering(VILLAGE)) as server:
        options = f'options = {{ fid = 5001, site = "{server.url}" }}\n'
        good = f'[[source]]\nid = "good"\nplatform = "liuyan"\n{ASSESSED}{options}'
        bad = good.replace("good", "bad").replace("5001", "7")
        installation.write(bad + good)
        ended = installation.run("crawl", "--all")
    assert ended.code == 1
    assert [(run.source, run.outcome) for run in installation.runs()] == [("bad", "failed"), ("good", "complete")]
    assert len(installation.comments()) == LETTERS


def test_a_sample_is_not_the_whole(installation: Installation) -> None:
    with TownServer(answering(VILLAGE)) as server:
        installation.write_board(server.url)
        assert installation.run("crawl", "board", "--sample", "5").code == 1
    (run,) = installation.runs()
    assert (run.outcome, run.fetched) == ("partial", 5)


def counting(answer: Answering, asked_for: list[str]) -> Answering:
    def counted(asked: Asked) -> Answered:
        asked_for.append(asked.path)
        return answer(asked)

    return counted


def no_robots(answer: Answering, asked_for: list[str]) -> Answering:
    def refusing(asked: Asked) -> Answered:
        asked_for.append(asked.path)
        return Answered(b"User-agent: *\nDisallow: /\n") if asked.path == "/robots.txt" else answer(asked)

    return refusing
