"""What a page may not do to the machine, and what may happen to the browser."""

import os
import signal
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from crawler.town.server import Answered, Asked, TownServer
from tests.crawler.platforms.page.cases import TWELVE, Case, counted, source
from tests.installation import Installation
from tests.servers import pages
from tests.servers.pages import GROWING, batches, page

pytestmark = pytest.mark.browser

ATTEMPTS = """
const away = "CANARY";
const tag = (name, values) => document.body.appendChild(Object.assign(document.createElement(name), values));
tag("img", { src: away + "/img" });
tag("script", { src: away + "/script" });
for (const rel of ["stylesheet", "preconnect", "prefetch", "preload", "dns-prefetch", "modulepreload", "icon"])
  tag("link", { rel, href: away + "/" + rel, as: "script" });
tag("iframe", { src: away + "/iframe" });
tag("iframe", { srcdoc: `<meta http-equiv="refresh" content="0;url=${away}/refresh">` });
tag("object", { data: away + "/object" });
tag("video", { src: away + "/video" });
tag("audio", { src: away + "/audio" });
tag("a", { href: "#", ping: away + "/ping" }).click();
const form = tag("form", { action: away + "/form", method: "post", target: "hidden" });
tag("iframe", { name: "hidden" });
form.submit();
fetch(away + "/fetch", { mode: "no-cors" }).catch(() => 0);
fetch("/hop").catch(() => 0);
navigator.sendBeacon(away + "/beacon", "x");
new EventSource(away + "/events");
try { new WebSocket(away.replace("http", "ws") + "/socket"); } catch {}
try { new WebTransport(away.replace("http", "https") + "/transport"); } catch {}
new Worker(URL.createObjectURL(new Blob([`fetch("${away}/worker", { mode: "no-cors" })`])));
navigator.serviceWorker?.register("/worker.js").catch(() => 0);
open(away + "/popup");
const peer = new RTCPeerConnection({ iceServers: [{ urls: away.replace("http://", "turn:") + "?transport=tcp",
  username: "x", credential: "x" }] });
peer.createDataChannel("x");
peer.setLocalDescription();
document.body.style.background = `url(${away}/background)`;
"""
"""Every way in which a page may try to reach another host."""

WORKER = Answered(b'fetch("CANARY/service", { mode: "no-cors" })', content_type="text/javascript")


def test_nothing_in_a_page_reaches_another_host(installation: Installation) -> None:
    with socket.create_server(("127.0.0.1", 0)) as canary:
        canary.setblocking(False)
        address = f"http://127.0.0.1:{canary.getsockname()[1]}"
        site = {
            "/": page(GROWING + ATTEMPTS.replace("CANARY", address)),
            "/data": batches(5, 12),
            "/hop": pages.redirect(f"{address}/hop"),
            "/worker.js": Answered(WORKER.body.replace(b"CANARY", address.encode()), content_type="text/javascript"),
        }
        with TownServer(pages.serving(site)) as server:
            case = Case(site)
            installation.write(source("page", server.url.replace("127.0.0.1", "localhost"), case))
            ended = installation.run("crawl", "page")
        with pytest.raises(BlockingIOError):
            canary.accept()
    assert (ended.code, len(installation.items())) == (0, 12), ended.out


def descendants(process: int) -> dict[int, list[str]]:
    """The processes that a process started, and those that they did, with their words."""
    children: dict[int, list[int]] = {}
    words: dict[int, list[str]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            words[int(folder.name)] = (folder / "cmdline").read_text().split("\0")
        except (FileNotFoundError, ProcessLookupError):
            continue
        children.setdefault(parent, []).append(int(folder.name))
    found, waiting = {}, [process]
    while waiting:
        begun = children.get(waiting.pop(), [])
        found |= {child: words[child] for child in begun}
        waiting += begun
    return found


def browser_of(process: int) -> list[int]:
    """The browser of a crawl."""
    return [
        child
        for child, words in descendants(process).items()
        if any(word.startswith("--user-data-dir=") for word in words) and not any("--type=" in word for word in words)
    ]


def renderers_of(process: int) -> list[int]:
    """The processes of a crawl's browser in which pages are."""
    return [child for child, words in descendants(process).items() if any("--type=renderer" in word for word in words)]


@pytest.mark.parametrize("ending", [browser_of, renderers_of])
def test_a_browser_that_is_killed_is_noticed_and_the_next_page_gets_another(
    installation: Installation, ending: Callable[[int], list[int]]
) -> None:
    crawling: list[int] = []
    killed: list[int] = []

    def deadly(asked: Asked) -> Answered:
        if asked.query["page"] == "1" and not killed:
            killed.extend(ending(crawling[0]))
            for process in killed:
                os.kill(process, signal.SIGKILL)
        return batches(5, 12)(asked)

    site = {"/": page(GROWING), "/data": deadly, "/2": page(GROWING.replace("at = 0", "at = 100"))}
    site["/2"] = site["/2"].replace('"/data?page="', '"/more?page="')
    site["/more"] = batches(5, 507)
    with TownServer(pages.serving(site)) as server:
        installation.write(source("page", server.url, Case(site, more='pages = ["/", "/2"]', pace="delay = 0")))
        with installation.started("crawl", "page") as process:
            crawling.append(process.pid)
        assert process.returncode == 1
    assert killed
    run = installation.runs()[-1]
    assert (run.outcome, "浏览器中途退出了" in run.reason) == ("partial", True), run.reason
    assert {item.text for item in installation.items()} == {f"第{n}条意见" for n in [*range(1, 6), *range(501, 508)]}


def test_a_browser_that_stands_still_is_given_up_and_killed(installation: Installation) -> None:
    stopped: list[int] = []

    def paralysing(asked: Asked) -> Answered:
        if asked.query["page"] == "1" and not stopped:
            stopped.extend(browser_of(os.getpid()))
            for process in stopped:
                os.kill(process, signal.SIGSTOP)
        return batches(5, 12)(asked)

    site = {"/": page(GROWING), "/data": paralysing}
    with TownServer(pages.serving(site)) as server:
        installation.write(source("page", server.url, Case(site, pace="delay = 0, timeout = 1")))
        ended = installation.run("crawl", "page")
    assert (ended.code, len(stopped)) == (1, 1)
    run = installation.runs()[-1]
    assert (run.outcome, run.fetched, "卡住了" in run.reason) == ("partial", 5, True), run.reason
    assert not Path(f"/proc/{stopped[0]}").exists()


def test_without_a_browser_it_is_one_sentence_and_nobody_is_asked(installation: Installation) -> None:
    counting, asked = counted(TWELVE)
    with TownServer(counting) as server:
        installation.write(source("page", server.url, Case(TWELVE)))
        ended = installation.run("crawl", "page", LIANXIN_BROWSER="/nowhere/chromium")
        checked = installation.run("check", LIANXIN_BROWSER="/nowhere/chromium")
    assert (ended.code, asked, "Traceback" in ended.err) == (1, {}, False)
    run = installation.runs()[-1]
    assert (run.outcome, run.requests) == ("failed", 0)
    assert run.reason == "LIANXIN_BROWSER 指的 /nowhere/chromium 不存在，采集不了要浏览器的网页。"
    assert (checked.code, "✗ 浏览器：LIANXIN_BROWSER" in checked.out) == (3, True)


def test_what_is_no_browser_is_said(installation: Installation) -> None:
    counting, _ = counted(TWELVE)
    with TownServer(counting) as server:
        installation.write(source("page", server.url, Case(TWELVE)))
        ended = installation.run("crawl", "page", LIANXIN_BROWSER="/bin/false")
    assert ended.code == 1
    run = installation.runs()[-1]
    assert (run.outcome, "浏览器开不起来" in run.reason) == ("failed", True), run.reason


def test_ctrl_c_ends_a_page_in_order(installation: Installation) -> None:
    crawling: list[int] = []

    def interrupting(asked: Asked) -> Answered:
        if asked.query["page"] == "3":
            os.kill(crawling[0], signal.SIGINT)
        return batches(2, None)(asked)

    site = {"/": page(GROWING), "/data": interrupting}
    with TownServer(pages.serving(site)) as server:
        installation.write(source("page", server.url, Case(site)))
        with installation.started("crawl", "page") as process:
            crawling.append(process.pid)
        assert process.returncode == 1
    run = installation.runs()[-1]
    assert (run.outcome, "没有读到头" in run.reason) == ("partial", True), run.reason
    assert run.fetched == run.stored >= 8


def test_a_comment_that_is_taken_down_is_gone_after_two_looks(installation: Installation) -> None:
    shown = [list(range(1, 13))]
    heading = '<h1>征集</h1><time class="from">2026-10-01</time><article>说明</article>'
    site = {
        "/": page("add(await get(0));", heading + pages.LIST),
        "/data": lambda asked: pages.json(str(shown[-1])),
    }
    post = 'post = { title = "h1", text = "article", posted_at = ".from" }\noptions.pages = ["/"]'
    with TownServer(pages.serving(site)) as server:
        installation.write(source("page", server.url, Case(site, options="scroll = false", more=post)))
        for numbers in (shown[0], shown[0][1:], shown[0][1:]):
            shown.append(numbers)
            ended = installation.run("crawl", "page")
            assert ended.code == 0, ended.out
    documents = {document.id: document for document in installation.comments()}
    assert len(documents) == 12
    assert [name for name, document in documents.items() if document.gone_at] == ["page:page:1"]


def test_a_look_shows_what_each_selector_finds_and_stores_nothing(installation: Installation) -> None:
    heading = '<h1>征集</h1><time class="from">2026-10-01</time><article>说明</article>'
    counting, asked = counted(
        {"/list": '<a href="/1">一</a><a href="/2">二</a>', "/1": page(GROWING, heading + pages.LIST), **TWELVE}
    )
    more = """list = { page = "/list", rows = "a" }
options.post = { title = "h1", text = "article", posted_at = ".from" }"""
    options = 'more = "#more", fields = { id = "::attr(data-id)", author = "b", posted_at = "time", text = "p.gone" }'
    with TownServer(counting) as server:
        installation.write(source("page", server.url, Case({}, options=options, more=more)))
        ended = installation.run("check", "--source", "page")
    rows = [[cell.strip() for cell in line.split("│")[1:-1]] for line in ended.out.splitlines() if "│" in line]
    found = {(row[0], row[1]): row[2:] for row in rows}
    assert found["列表", "rows"] == ["a", "2", ""]
    assert found["发布", "title"] == ["h1", "1/1", "征集"]
    assert found["评论", "rows"] == [".said", "5", ""]
    assert found["评论", "id"] == ["::attr(data-id)", "5/5", "1"]
    assert found["评论", "author"] == ["b", "5/5", ""]
    assert (ended.code, "✗ comments.text（p.gone）：没有找到" in ended.out) == (1, True)
    assert (asked["/1"], asked["/2"], asked["/data"]) == (1, 0, 1)
    assert not (installation.data / "journal").exists()
