"""`lianxin record`: a page becomes a fixture in which nobody is to be read, with the beginning of its test."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from crawler.town.server import Answered, Asked, TownServer, answering
from pipelines.masking.pseudonyms import somebody
from tests.installation import Installation
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


def test_a_name_that_cannot_be_a_test_s_is_refused_before_anything_is_asked(
    installation: Installation, tmp_path: Path
) -> None:
    installation.write_board("http://127.0.0.1:9")
    ended = installation.run("record", "board", "http://127.0.0.1:9/", "--out", str(tmp_path / "a-b"))
    assert (ended.code, "只能用字母、数字和下划线" in ended.err) == (2, True)
