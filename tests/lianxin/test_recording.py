"""`lianxin record`: a page becomes a fixture in which nobody is to be read, with the beginning of its test."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from crawler.town.server import Answered, Asked, TownServer, answering
from pipelines.masking.pseudonyms import somebody
from tests.crawler.platforms.test_walls import CAPTCHA, SIGN_IN
from tests.installation import ASSESSED, Installation
from tests.servers.raw_server import RawServer, status
from tests.servers.village import VILLAGE

THREAD = "/isso/?uri=/gov/{slug}.html"


def test_a_thread_is_recorded_without_its_writers(installation: Installation, tmp_path: Path) -> None:
    out = tmp_path / "isso" / "fixtures" / "thread"
    post = VILLAGE.posts[0]
    with TownServer(answering(VILLAGE)) as server:
        installation.write_thread(server.url, f"{server.url}/isso")
        url = server.url + THREAD.format(slug=post.slug)
        ended = installation.run("record", "thread", url, "--out", str(out))
        assert ended.code == 0, ended.err
        again = installation.run("record", "thread", url, "--out", str(out))
    text = out.with_suffix(".json").read_text("utf-8")
    writers = {name for comment in post.comments if (name := somebody(comment.author))}
    assert len(writers) > 3
    assert not [name for name in writers if name in text]
    rows = json.loads(text)["replies"]
    assert len(rows) > 3
    assert len({row["author"] for row in rows}) > 3
    assert (again.code, "已经有了，没有改动" in again.err) == (2, True)
    skeleton = tmp_path / "isso" / "test_thread.py"
    tested = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider", "-c", "/dev/null", skeleton],
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=120,
    )
    assert (tested.returncode, "crawler.platforms.isso, and say what is in them" in tested.stdout) == (1, True)


@pytest.mark.parametrize(
    ("way", "number", "how", "held"),
    [
        ("unsigned", 2, "POST /pro-dfbbs-front/threads/queryThreadsList", "dateline"),
        ("signed", 2, "POST /v1/threads/list/df", "tid"),
        ("signed", 3, "POST /v1/threads/content", "organization"),
    ],
)
def test_an_answer_is_recorded_as_the_crawl_asks_for_it(
    installation: Installation, tmp_path: Path, way: str, number: int, how: str, held: str
) -> None:
    """By the platform's own method, headers and signature: the town refuses any other."""
    out = tmp_path / "liuyan" / "fixtures" / "answer"
    with TownServer(answering(VILLAGE)) as server:
        installation.write_board(server.url)
        sources = installation.data / "sources.toml"
        sources.write_text(sources.read_text("utf-8").replace("fid = 5001", f'fid = 5001, way = "{way}"'), "utf-8")
        ended = installation.run("record", "board", "--nth", str(number), "--out", str(out))
    assert ended.code == 0, ended.out + ended.err
    assert f"（{how} 的回答）" in ended.out
    text = out.with_suffix(".json").read_text("utf-8")
    assert held in text
    assert not [name for letter in VILLAGE.letters if (name := somebody(letter.author)) and name in text]
    assert list(installation.data.glob("journal/*")) == []


@pytest.mark.parametrize(
    ("more", "code", "said"),
    [
        (("--nth", "999"), 1, "采集到头了也没有第 999 个回答"),
        (("http://127.0.0.1:9/", "--nth", "2"), 2, "写了网址就只访问那一页"),
    ],
)
def test_an_answer_that_never_comes_is_said(
    installation: Installation, tmp_path: Path, more: tuple[str, ...], code: int, said: str
) -> None:
    with TownServer(answering(VILLAGE)) as server:
        installation.write_board(server.url)
        ended = installation.run("record", "board", *more, "--out", str(tmp_path / "fixtures" / "page"))
    assert (ended.code, said in ended.out + ended.err) == (code, True), ended.out + ended.err
    assert not (tmp_path / "fixtures").exists()


def test_two_recordings_of_a_writer_have_nothing_in_common(installation: Installation, tmp_path: Path) -> None:
    with TownServer(answering(VILLAGE)) as server:
        installation.write_thread(server.url, f"{server.url}/isso")
        url = server.url + THREAD.format(slug=VILLAGE.posts[0].slug)
        for name in ("one", "two"):
            assert installation.run("record", "thread", url, "--out", str(tmp_path / "fixtures" / name)).code == 0
    first, second = (
        {row["author"] for row in json.loads((tmp_path / "fixtures" / f"{name}.json").read_bytes())["replies"]}
        for name in ("one", "two")
    )
    assert len(first) == len(second)
    assert not {name for name in first & second if name.startswith("~")}


@pytest.mark.parametrize("address", ["http://127.0.0.1:{}/", "http://localhost:{}/x"])
def test_only_the_source_s_hosts_are_asked(installation: Installation, tmp_path: Path, address: str) -> None:
    with RawServer({}) as canary:
        installation.write_board("http://127.0.0.2:9")
        url = address.format(canary.port)
        ended = installation.run("record", "board", url, "--out", str(tmp_path / "fixtures" / "page"))
        assert (ended.code, canary.asked) == (1, []), ended.err
    assert "✗ " in ended.out
    assert not (tmp_path / "fixtures").exists()


def test_a_refusal_is_no_page(installation: Installation, tmp_path: Path) -> None:
    with RawServer({"/x": status(403)}) as server:
        installation.write_board(server.url)
        ended = installation.run("record", "board", f"{server.url}/x", "--out", str(tmp_path / "fixtures" / "page"))
    assert (ended.code, "HTTP 403" in ended.out) == (1, True)


def test_a_page_of_which_nothing_may_be_kept_is_none(installation: Installation, tmp_path: Path) -> None:
    def sign_in(_: Asked) -> Answered:
        return Answered(b"<!doctype html><title>sign in</title>")

    with TownServer(sign_in) as server:
        installation.write_weibo(server.url)
        ended = installation.run("record", "weibo", server.url, "--out", str(tmp_path / "fixtures" / "page"))
    assert (ended.code, "没有录成样本" in ended.err) == (1, True), ended.out
    assert not (tmp_path / "fixtures").exists()


@pytest.mark.parametrize(
    ("page", "wall"), [(CAPTCHA, "平台要求登录或验证（验证码）"), (SIGN_IN, "平台要求登录（登录页）")]
)
@pytest.mark.parametrize("platform", ["board", "thread", "weibo"])
def test_a_wall_is_no_page_and_said(
    installation: Installation, tmp_path: Path, platform: str, page: str, wall: str
) -> None:
    with TownServer(lambda _: Answered(page.encode())) as server:
        match platform:
            case "board":
                installation.write_board(server.url)
            case "thread":
                installation.write_thread(server.url, f"{server.url}/isso")
            case "weibo":
                installation.write_weibo(server.url)
        url = f"{server.url}/threads/content?tid=1"
        ended = installation.run("record", platform, url, "--out", str(tmp_path / "fixtures" / "page"))
    assert (ended.code, wall in ended.err, "✓" in ended.out) == (1, True, False), ended.out + ended.err
    assert not (tmp_path / "fixtures").exists()


def test_a_source_of_which_nothing_may_be_kept_is_not_asked(installation: Installation, tmp_path: Path) -> None:
    with RawServer({}) as canary:
        site = f"http://127.0.0.1:{canary.port}"
        options = f'options = {{ preset = "beijing", site = "{site}" }}\n'
        installation.write(f'[[source]]\nid = "box"\nplatform = "letterbox"\n{ASSESSED}{options}')
        ended = installation.run("record", "box", f"{site}/", "--out", str(tmp_path / "fixtures" / "page"))
        assert (ended.code, canary.asked) == (2, []), ended.out
    assert "没有访问对方网站" in ended.err


def test_a_half_of_an_emoji_is_recorded_as_it_came(installation: Installation, tmp_path: Path) -> None:
    out = tmp_path / "fixtures" / "thread"
    thread = b'{"replies": [{"id": 1, "author": null, "text": "<p>\\ud83d\xe5\xa5\xbd</p>"}]}'
    with TownServer(lambda _: Answered(thread, content_type="application/json")) as server:
        installation.write_thread(server.url, f"{server.url}/isso")
        ended = installation.run("record", "thread", f"{server.url}/isso/?uri=/gov/x.html", "--out", str(out))
    assert ended.code == 0, ended.out + ended.err
    assert json.loads(out.with_suffix(".json").read_bytes())["replies"][0]["text"] == "<p>\ud83d好</p>"


def test_a_name_that_cannot_be_a_test_s_is_refused_before_anything_is_asked(
    installation: Installation, tmp_path: Path
) -> None:
    installation.write_board("http://127.0.0.1:9")
    ended = installation.run("record", "board", "http://127.0.0.1:9/", "--out", str(tmp_path / "a-b"))
    assert (ended.code, "只能用字母、数字和下划线" in ended.err) == (2, True)
