"""An installation on a real Elasticsearch: the same commands, the same answers, and the way there and back."""

import re
import signal
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest

from crawler.config import Config
from crawler.town.server import TownServer, answering
from pipelines.index import open_index
from pipelines.index.elasticsearch import templates
from pipelines.index.mapping import INDICES
from tests.installation import Installation
from tests.servers.elasticsearch.server import ElasticsearchServer
from tests.servers.village import LETTERS, REPLIES, VILLAGE


def documents(config: Config) -> dict[str, list[object]]:
    index = open_index(config)
    found = {name: [hit["_source"] for hit in index.scan(name, {"sort": ["id"], "size": 500})] for name in INDICES}
    index.close()
    return found


@pytest.fixture(scope="module")
def crawled(elasticsearch: str, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """A board, crawled into an Elasticsearch."""
    installation = Installation(tmp_path_factory.mktemp("cluster") / "data")
    with TownServer(answering(VILLAGE)) as server:
        installation.write_board(server.url)
        ended = installation.run("crawl", "board", LIANXIN_INDEX=elasticsearch)
    assert ended.code == 0, ended.out + ended.err
    return installation


def test_a_crawl_arrives_in_elasticsearch(crawled: Installation, elasticsearch: str) -> None:
    status = crawled.run("index", "status", LIANXIN_INDEX=elasticsearch)
    assert f"lianxin-comments：{LETTERS} 篇" in status.out, status.err
    assert "索引与日志一致。" in status.out
    assert not (crawled.data / "index").exists()
    check = crawled.run("index", "check", LIANXIN_INDEX=elasticsearch)
    assert (check.code, "与映射一致" in check.out) == (0, True), check.out + check.err


def test_both_engines_give_the_same_export(crawled: Installation, elasticsearch: str, tmp_path: Path) -> None:
    files = {"cluster.csv": elasticsearch, "local.csv": "local"}
    for name, index in files.items():
        ended = crawled.run("export", "lift", "--out", str(tmp_path / name), LIANXIN_INDEX=index)
        assert ended.code == 0, ended.err
    contents = [(tmp_path / name).read_text(encoding="utf-8-sig") for name in files]
    assert re.sub(r"导出时间.*", "", contents[0]) == re.sub(r"导出时间.*", "", contents[1])
    assert contents[0].count("liuyan:") > 0


def test_an_index_goes_to_elasticsearch_and_back(crawled: Installation, elasticsearch: str) -> None:
    there = crawled.run("index", "rebuild", "--to", "local", LIANXIN_INDEX=elasticsearch)
    assert there.code == 0, there.out + there.err
    back = crawled.run("index", "rebuild", "--to", elasticsearch)
    assert back.code == 0, back.out + back.err
    checksums = [re.findall(r"^✓ (.*)：(\w+)$", ended.out, re.MULTILINE) for ended in (there, back)]
    assert checksums[0] == checksums[1]
    assert len(checksums[0]) == 18
    config = crawled.config()
    assert documents(config) == documents(config.model_copy(update={"index": elasticsearch}))
    assert "✗" not in there.out + back.out


def test_a_cluster_is_not_moved_onto_itself_under_another_name(crawled: Installation, elasticsearch: str) -> None:
    again = f"{elasticsearch.replace('127.0.0.1', 'localhost')}/"
    ended = crawled.run("index", "rebuild", "--to", again, LIANXIN_INDEX=elasticsearch)
    assert (ended.code, "就是索引现在所在的地方" in ended.err) == (2, True), ended.out + ended.err


@pytest.fixture
def own_server(elasticsearch_home: Path, tmp_path: Path) -> Iterator[ElasticsearchServer]:
    with ElasticsearchServer(tmp_path / "server") as server:
        yield server


def indices_of(server: ElasticsearchServer) -> list[str]:
    with urlopen(f"{server.url}/_cat/indices/lianxin-*?h=index&expand_wildcards=all") as answer:
        return answer.read().decode().split()


def test_looking_at_an_empty_cluster_makes_nothing_and_an_unfinished_build_is_named(
    installation: Installation, own_server: ElasticsearchServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = {"LIANXIN_INDEX": own_server.url}
    installation.write()
    for arguments, code in ((("index", "status"), 0), (("index", "check"), 0), (("check",), 0), (("index", "drop"), 0)):
        looked = installation.run(*arguments, **here)
        assert (looked.code, "Traceback" in looked.err) == (code, False), looked.out + looked.err
        if "drop" not in arguments:
            assert "还没有索引" in looked.out
    assert indices_of(own_server) == []
    others = installation.config().model_copy(update={"index": own_server.url, "data": installation.data / "others"})
    index = open_index(others)
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr(templates.platform, "node", lambda: "crawler-2")
        name = index.beside().generation
    assert f"有一份没有建完：{name}，crawler-2 在 20" in installation.run("index", "status", **here).out
    refused = installation.run("index", "drop", "--unfinished", **here)
    assert (refused.code, f"没有建完的 {name} 是 crawler-2 在 20" in refused.err) == (3, True)
    assert f"已删除没有建完的 {name}。" in installation.run("index", "drop", "--unfinished", "--others", **here).out
    assert (index.made, index.unfinished) == (False, None)
    assert indices_of(own_server) == []
    moved = installation.run("index", "rebuild", "--to", own_server.url)
    assert (moved.code, index.made, index.kept()) == (0, True, ()), moved.out + moved.err
    assert len(indices_of(own_server)) == 4
    index.close()


def test_a_follower_waits_for_an_elasticsearch_that_was_killed_and_catches_up(
    installation: Installation, own_server: ElasticsearchServer
) -> None:
    away = {"LIANXIN_INDEX": own_server.url}
    with TownServer(answering(VILLAGE)) as town:
        installation.write_board(town.url)
        own_server.kill()
        with installation.started("index", "follow", **away) as follower:
            said = iter(follower.stdout.readline, "")
            lines = [next(said) for _ in range(2)]  # before the crawl feeds, for one at a time does
            crawled = installation.run("crawl", "board", **away)
            assert (crawled.code, "board：完整" in crawled.out) == (3, True), crawled.out + crawled.err
            assert "采集到的都已在日志里" in crawled.err
            status = installation.run("index", "status", **away)
            assert (status.code, f"日志里有 {LETTERS + REPLIES + 2} 条" in status.out) == (3, True), status.out
            own_server.restart()
            lines += [next(said) for _ in range(2)]
            follower.send_signal(signal.SIGINT)
    assert "跟着日志" in lines[0]
    assert "采集照常进行，连上后自动补上" in lines[1]
    assert f"已进索引：发布 0，评论与来信 {LETTERS}，官方答复 {REPLIES}，采集记录 1。" in lines[2]
    assert "又好了" in lines[3]
    assert "Traceback" not in crawled.err + status.err
    found = documents(installation.config().model_copy(update={"index": own_server.url}))
    assert {name: len(sources) for name, sources in found.items()} == {
        "lianxin-comments": LETTERS,
        "lianxin-posts": 0,
        "lianxin-runs": 1,
    }
