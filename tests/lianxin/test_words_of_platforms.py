"""What a platform says goes into reasons: nobody's number or name with it, on the screen or on the disk."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from crawler.town.server import Answered, Answering, Asked, TownServer, answering
from pipelines.index.mapping import RUNS
from tests.crawler.platforms.test_letterbox import source
from tests.installation import Installation
from tests.servers import faults, weibo_faults
from tests.servers.letterboxes import hunan
from tests.servers.village import VILLAGE

NUMBER, NAME = "13912345678", "王建国"
SAID = f"系统繁忙，联系{NUMBER}，联系人：{NAME}，或找{NAME}局长"
CUT = f"{'很忙，' * 23}联系{NUMBER}，联系人：{NAME}"
"""Its 80th character stands in the middle of the number."""


def told(words: str) -> Answered:
    body = {"status": "0", "msg": words, "result": "fail", "resultDesc": words, "ok": 0}
    return Answered(json.dumps(body, ensure_ascii=False).encode(), content_type="application/json")


def box(words: str) -> Answering:
    def answer(asked: Asked) -> Answered:
        return told(words) if asked.path == "/front/msg/list" else hunan()(asked)

    return answer


def platform(name: str, words: str) -> Answering:
    if name == "letterbox":
        return box(words)
    faulty = faults.on_data if name == "liuyan" else lambda spoil: weibo_faults.on(weibo_faults.POSTS, spoil)
    return faulty(lambda _: told(words))(answering(VILLAGE))


@pytest.mark.parametrize("words", [SAID, CUT])
@pytest.mark.parametrize("name", ["letterbox", "liuyan", "weibo"])
def test_a_reason_holds_nobody(installation: Installation, name: str, words: str) -> None:
    with TownServer(platform(name, words)) as server:
        match name:
            case "letterbox":
                installation.write(source("box", "hunan", server.url))
            case "liuyan":
                installation.write_board(server.url)
            case "weibo":
                installation.write_weibo(server.url)
        crawled = installation.run("crawl", "--all")
    (run,) = installation.runs()
    assert (crawled.code, run.outcome, run.reason in crawled.out) == (1, "failed", True), crawled.out + crawled.err
    assert ("[电话]" in run.reason) == (words == SAID)
    shown = [installation.run(*listing) for listing in (["runs"], ["sources"])]
    index = installation.index()
    (hit,) = index.search(RUNS, {"query": {"match_all": {}}, "size": 10})["hits"]["hits"]
    index.close()
    assert hit["_source"]["reason"] == run.reason
    nobody_in(*written(installation.data), *(ended.out + ended.err for ended in (crawled, *shown)))


def test_looking_and_recording_show_nobody(installation: Installation, tmp_path: Path) -> None:
    with TownServer(platform("liuyan", SAID)) as server:
        installation.write_board(server.url)
        recorded = installation.run("record", "board", "--nth", "9", "--out", str(tmp_path / "fixtures" / "page"))
    with TownServer(box(SAID)) as server:
        installation.write(source("box", "hunan", server.url))
        seen = installation.run("check", "--source", "box")
    for ended in (recorded, seen):
        assert (ended.code, "系统繁忙，联系[电话]" in ended.out) == (1, True), ended.out + ended.err
    nobody_in(*written(installation.data), *(ended.out + ended.err for ended in (recorded, seen)))


def written(folder: Path) -> Iterator[str]:
    """All that lies in a data folder."""
    for path in folder.rglob("*"):
        if path.is_file():
            yield path.read_bytes().decode("utf-8", "replace")


def nobody_in(*texts: str) -> None:
    assert [text for text in texts if NUMBER[:7] in text or NAME in text] == []
