"""What a hostile or unwell server can do to a crawl: it is asked politely, never followed home, and never believed."""

import gzip
import socket
import ssl
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme

from tests.installation import ASSESSED, CONTACT, Installation
from tests.servers.raw_server import RawServer, Sending, dripping, in_turn, status

FIRST = "/pro-dfbbs-front/forum/list"
LIST = "/pro-dfbbs-front/threads/queryThreadsList"
EMPTY = b'{"result":"success","responseData":[]}'
EXPIRED = datetime.now(UTC) - timedelta(days=1)


def crawled(installation: Installation, site: str, pace: str = "delay = 0", **environment: str) -> tuple[str, str]:
    """The outcome of a crawl and its reason."""
    assessed = ASSESSED.replace("delay = 0", pace)
    installation.write(
        f'[[source]]\nid = "board"\nplatform = "liuyan"\n{assessed}options = {{ fid = 5001, site = "{site}" }}\n'
    )
    ended = installation.run("crawl", "board", **environment)
    assert ended.code == 1, ended.err
    assert "Traceback" not in ended.err
    run = installation.runs()[-1]
    return run.outcome, run.reason


def test_nobody_is_asked_who_cannot_reach_us(installation: Installation) -> None:
    with RawServer({}) as server:
        installation.write_board(server.url)
        ended = installation.run("crawl", "board", LIANXIN_CONTACT="")
        assert (ended.code, server.asked) == (2, [])
        assert "LIANXIN_CONTACT" in ended.err
        wrong = installation.run("crawl", "board", LIANXIN_CONTACT="somebody")
    assert (wrong.code, "应写一个邮箱" in wrong.err) == (2, True)


def test_whoever_is_asked_can_read_who_asks(installation: Installation) -> None:
    told: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        installation.write_board(f"http://127.0.0.1:{listener.getsockname()[1]}")
        with installation.started("crawl", "board"):
            connection, _ = listener.accept()
            told.append(connection.recv(10_000))
            connection.close()
            listener.close()
    assert b"User-Agent: Lianxin/" in told[0]
    assert CONTACT["LIANXIN_CONTACT"].encode() in told[0]


@pytest.mark.parametrize(
    ("robots", "outcome", "words", "asked"),
    [
        (status(503), "failed", "robots.txt 取不到（HTTP 503）", {"/robots.txt"}),
        (status(301, Location="http://127.0.0.2:9/"), "blocked", "别的网站（127.0.0.2", {"/robots.txt"}),
        (dripping(b"User-agent: *", 1), "failed", "没有回答完", {"/robots.txt"}),
        (status(200, b"User-agent: lianxin\nDisallow: /"), "blocked", "robots.txt 不允许", {"/robots.txt"}),
        (status(200, b"User-agent: *\nCrawl-delay: 86400"), "blocked", "每隔 86400 秒", {"/robots.txt"}),
        (status(404, b"User-agent: *\nDisallow: /"), "suspect", "一条内容也没有", {"/robots.txt", FIRST, LIST}),
        (status(403, b"User-agent: *\nDisallow: /"), "suspect", "一条内容也没有", {"/robots.txt", FIRST, LIST}),
        (status(200, b"<html>404</html>"), "suspect", "一条内容也没有", {"/robots.txt", FIRST, LIST}),
    ],
    ids=["503", "elsewhere", "never ends", "disallowed", "once a day", "404", "403", "a web page"],
)
def test_robots_txt(installation: Installation, robots: Sending, outcome: str, words: str, asked: set[str]) -> None:
    with RawServer({"/robots.txt": robots, FIRST: status(200), LIST: status(200, EMPTY)}) as server:
        assert crawled(installation, server.url, "delay = 0, timeout = 1")[0] == outcome
        assert set(server.asked) == asked
    assert words in installation.runs()[-1].reason


def test_a_redirect_without_end_is_not_followed_for_ever(installation: Installation) -> None:
    with RawServer({FIRST: status(302, Location=FIRST)}) as server:
        outcome, reason = crawled(installation, server.url)
        assert (outcome, "转来转去" in reason) == ("blocked", True), reason
        assert len(server.asked) < 30


def test_crawl_delay_is_kept_where_the_source_would_go_faster(installation: Installation) -> None:
    robots = status(200, b"User-agent: *\nCrawl-delay: 0.7\nDisallow: /private")
    with RawServer({"/robots.txt": robots, FIRST: status(200), LIST: status(200, EMPTY)}) as server:
        begun = time.monotonic()
        crawled(installation, server.url)
        assert time.monotonic() - begun > 0.7
        assert server.asked == ["/robots.txt", FIRST, LIST]


def test_a_short_rest_is_kept_and_then_asked_again(installation: Installation) -> None:
    puts_off = in_turn(status(429, Retry_After="1"), status(503, Retry_After="1"), status(200))
    with RawServer({FIRST: puts_off, LIST: status(200, EMPTY)}) as server:
        begun = time.monotonic()
        assert crawled(installation, server.url)[0] == "suspect"
        assert time.monotonic() - begun > 2
        assert server.asked == ["/robots.txt", FIRST, FIRST, FIRST, LIST]


def test_a_long_rest_ends_the_crawl_and_the_next_does_not_even_ask(installation: Installation) -> None:
    with RawServer({FIRST: status(429, Retry_After="7200")}) as server:
        outcome, reason = crawled(installation, server.url)
        assert (outcome, "HTTP 429" in reason) == ("blocked", True)
        asked = list(server.asked)
        outcome, reason = crawled(installation, server.url)
        assert (outcome, "以后再来" in reason) == ("blocked", True)
        assert server.asked == asked == ["/robots.txt", FIRST]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (dripping(b"<html>" * 100, 0.4), "没有回答完"),
        (status(200, b"<html>", length=100), "连不上平台，或回答中途断开"),
        (status(200, gzip.compress(b"<html>" * 100)[:-9], Content_Encoding="gzip"), "几次都在中途断了"),
        (status(200, gzip.compress(bytes(100_000_000)), Content_Encoding="gzip"), "解压后太大"),
        (status(200, b" " * 9_000_000), "太大"),
        (status(200, b"no brotli", Content_Encoding="br"), "压缩格式读不懂"),
        (lambda file: None, "连不上平台"),
        (status(500), "HTTP 500"),
    ],
    ids=["dripping", "cut", "cut gzip", "bomb", "large", "not what we read", "hung up", "500"],
)
def test_an_answer_that_is_none_is_never_read(installation: Installation, answer: Sending, words: str) -> None:
    with RawServer({FIRST: answer, LIST: status(200, EMPTY)}) as server:
        outcome, reason = crawled(installation, server.url, "delay = 0, timeout = 1")
        assert (outcome, words in reason) == ("failed", True), reason
        assert LIST not in server.asked


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:{}/", "http://localhost:{}/", "http://[::1]:{}/", "file:///etc/passwd", "data:,x"]
)
def test_nothing_leads_to_another_host_or_port(installation: Installation, address: str) -> None:
    with RawServer({}) as canary, RawServer({FIRST: status(302, Location=address.format(canary.port))}) as server:
        outcome, reason = crawled(installation, server.url)
        assert outcome != "complete", reason
        assert (LIST in server.asked, canary.asked) == (False, [])


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.1", "0x7f000001"])
def test_a_public_source_does_not_lead_inside(installation: Installation, host: str) -> None:
    with RawServer({}) as server:
        installation.write_board(f"http://{host}:{server.port}")
        sources = installation.data / "sources.toml"
        sources.write_text(sources.read_text(encoding="utf-8").replace("inside = true\n", ""), encoding="utf-8")
        assert installation.run("crawl", "board").code == 1
        assert server.asked == []
    run = installation.runs()[-1]
    assert (run.outcome, "是内网地址" in run.reason) == ("blocked", True), run.reason


@pytest.mark.parametrize("certificate", ["good", "expired", "of another", "of nobody"])
def test_certificates_are_verified(installation: Installation, tmp_path: Path, certificate: str) -> None:
    authority, stranger = trustme.CA(), trustme.CA()
    issuer = stranger if certificate == "of nobody" else authority
    name = "elsewhere.example" if certificate == "of another" else "127.0.0.1"
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    issuer.issue_cert(name, not_after=EXPIRED if certificate == "expired" else None).configure_cert(context)
    trusted = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(trusted)
    with RawServer({FIRST: status(200), LIST: status(200, EMPTY)}, context) as server:
        outcome, reason = crawled(installation, server.url, SSL_CERT_FILE=str(trusted))
        if certificate == "good":
            assert (outcome, server.asked[-1]) == ("suspect", LIST), reason
        else:
            assert (outcome, "证书不可信" in reason) == ("failed", True), reason
            assert server.asked == []


def test_a_burst_of_errors_stops_the_crawl(installation: Installation) -> None:
    pages = ", ".join(f'"/{number}"' for number in range(30))
    with RawServer({f"/{number}": status(500) for number in range(30)}) as server:
        installation.write_thread(server.url, f"{server.url}/isso", f"pages = [{pages}]")
        assert installation.run("crawl", "thread").code == 1
        assert len(set(server.asked)) < 10
    run = installation.runs()[-1]
    assert (run.outcome, "HTTP 500" in run.reason) == ("failed", True), run.reason
