import subprocess
import sys
from pathlib import Path

import pytest

from crawler.errors import ServiceAway, Unreadable, WrongUse
from pipelines.index import Progress, Unfinished, Written, dialect, mapping
from pipelines.index.elasticsearch import checking, engine, generations, templates
from pipelines.index.elasticsearch.connection import Access
from pipelines.index.elasticsearch.engine import ElasticsearchIndex
from pipelines.index.mapping import COMMENTS, VERSION, Field
from tests.pipelines.index.elasticsearch.conftest import call

ROOT = Path(__file__).parents[4]
NEWER = mapping.INDICES | {COMMENTS: mapping.COMMENT_FIELDS | {"tone": Field("keyword", "new")}}
BEGIN = """
import sys
from pipelines.index.elasticsearch.connection import Access
from pipelines.index.elasticsearch.engine import ElasticsearchIndex

index = ElasticsearchIndex(Access(sys.argv[1]))
print("ready", flush=True)
sys.stdin.readline()
if sys.argv[2] == "beside":
    index = index.beside()
print(index.generation)
index.put("lianxin-comments", [{"id": sys.argv[3]}])
"""


def ids(index):
    index.refresh()
    return [hit["_id"] for hit in index.search(COMMENTS, {"sort": ["id"]})["hits"]["hits"]]


def begin_at_once(server, what, count=4):
    """Let processes begin at the same moment; gives the generations they name."""
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", BEGIN, server, what, f"{what}-{number}"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        for number in range(count)
    ]
    for process in processes:
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        process.stdin.write("\n")
        process.stdin.flush()
    named = [process.communicate()[0].strip() for process in processes]
    assert [process.returncode for process in processes] == [0] * count
    return named


@pytest.fixture
def filled(index):
    index.put(COMMENTS, [{"id": "old", "text": "医保"}])
    index.acknowledge(Progress({"one": 10}))
    return index


def test_readers_see_the_new_generation_at_once_and_the_old_one_is_kept(filled, other):
    before = filled.generation
    assert ids(other) == ["old"]
    building = filled.beside()
    building.put(COMMENTS, [{"id": "new"}])
    assert ids(building) == ["new"]
    assert ids(filled) == ["old"]
    building.swap()
    assert ids(filled) == ids(other) == ["new"]
    assert filled.generation == building.generation != before
    assert filled.acknowledged() == Progress()
    assert filled.kept() == (before,)
    assert filled.differences() == building.differences() == []
    filled.drop(before)
    assert filled.kept() == ()
    with pytest.raises(WrongUse, match="没有可以删除的旧索引"):
        filled.drop(filled.generation)
    building.close()


def test_an_interrupted_build_is_gone_on_with(filled, other):
    building = filled.beside()
    building.put(COMMENTS, [{"id": "new"}])
    building.acknowledge(Progress({"one": 5}))
    again = other.beside()
    assert again.generation == building.generation
    assert (again.acknowledged(), ids(again)) == (Progress({"one": 5}), ["new"])
    again.discard()
    with pytest.raises(ServiceAway, match="换成了新的一代，或者被删除了"):
        building.put(COMMENTS, [{"id": "late"}])
    with pytest.raises(ServiceAway):
        building.acknowledge(Progress({"one": 9}))
    fresh = filled.beside()
    assert fresh.generation != building.generation
    assert (ids(fresh), fresh.acknowledged()) == ([], Progress())
    assert ids(filled) == ["old"]
    for each in (building, again, fresh):
        each.close()


def test_a_half_made_generation_is_completed(filled, server):
    building = filled.beside()
    building.put(COMMENTS, [{"id": "new"}])
    building.acknowledge(Progress({"one": 5}))
    call(f"{server}/lianxin-posts-{building.generation}", "DELETE")
    again = filled.beside()
    assert again.generation == building.generation
    assert again.differences() == []
    assert again.acknowledged() == Progress()
    again.swap()
    assert filled.differences() == []
    for each in (building, again):
        each.close()


def test_nothing_is_written_into_a_generation_that_no_longer_serves(filled, other):
    old = filled.generation
    stale = {"old": filled.read(COMMENTS, ["old"])["old"].version}
    filled.acknowledged()
    building = other.beside()
    building.put(COMMENTS, [{"id": "old", "text": "新"}])
    building.swap()
    with pytest.raises(ServiceAway, match="换成了新的一代"):
        filled.acknowledge(Progress({"one": 99}))
    with pytest.raises(ServiceAway, match="换成了新的一代"):
        ElasticsearchIndex(Access(filled._access.url), generation=old).put(COMMENTS, [{"id": "late"}])
    assert filled.put(COMMENTS, [{"id": "old"}], stale) == Written(overtaken=("old",))
    assert filled.get(COMMENTS, ["old"]) == {"old": {"id": "old", "text": "新"}}
    fresh = {"old": filled.read(COMMENTS, ["old"])["old"].version}
    assert filled.put(COMMENTS, [{"id": "old"}], fresh) == Written()
    assert filled.acknowledged() == Progress()
    building.close()


def test_a_writer_that_has_not_noticed_a_swap_is_stopped(filled, other):
    building = other.beside()
    building.swap()
    with pytest.raises(ServiceAway, match="换成了新的一代"):
        filled.put(COMMENTS, [{"id": "late"}])
    assert ids(other) == []
    assert filled.put(COMMENTS, [{"id": "again"}]) == Written()
    assert ids(other) == ["again"]
    building.close()


def test_swapping_what_is_not_being_built_changes_nothing(filled, other):
    first = filled.beside()
    first.swap()
    second = other.beside()
    second.swap()
    with pytest.raises(ServiceAway, match="没有启用"):
        first.swap()
    filled.swap()
    filled.discard()
    assert filled.generation == second.generation
    first.close()
    second.close()


def test_deleted_altogether_it_begins_anew(filled, server):
    for name in call(f"{server}/lianxin-*?expand_wildcards=all"):
        call(f"{server}/{name}", "DELETE")
    with pytest.raises(ServiceAway, match="被删除了"):
        filled.put(COMMENTS, [{"id": "a"}])
    assert list(call(f"{server}/lianxin-*?expand_wildcards=all")) == []
    with pytest.raises(ServiceAway):
        filled.acknowledge(Progress({"one": 11}))
    assert filled.acknowledged() == Progress()
    assert filled.put(COMMENTS, [{"id": "a"}]) == Written()


def test_an_old_mapping_serves_until_the_new_generation_does(filled, other, monkeypatch):
    for module in (mapping, checking, dialect, engine, generations, templates):
        monkeypatch.setattr(module, "INDICES", NEWER, raising=False)
        monkeypatch.setattr(module, "VERSION", VERSION + 1, raising=False)
    assert not other.current
    assert ids(other) == ["old"]
    assert other.differences() == [f"索引是按映射第 {VERSION} 版建的，现在是第 {VERSION + 1} 版。"]
    with pytest.raises(Unreadable, match="lianxin index rebuild"):
        other.put(COMMENTS, [{"id": "new"}])
    with pytest.raises(Unreadable, match="还没有这里要的字段"):
        other.search(COMMENTS, {"query": {"term": {"tone": "warm"}}})
    building = other.beside()
    assert building.current
    building.put(COMMENTS, [{"id": "new", "tone": "warm"}])
    building.swap()
    assert other.current
    assert ids(other) == ["new"]
    assert other.search(COMMENTS, {"query": {"term": {"tone": "warm"}}})["hits"]["total"]["value"] == 1
    building.close()


def test_what_was_begun_for_another_mapping_is_begun_anew(filled, monkeypatch):
    begun = filled.beside()
    for module in (mapping, checking, engine, templates, generations):
        monkeypatch.setattr(module, "VERSION", VERSION + 1, raising=False)
    building = filled.beside()
    assert building.generation != begun.generation
    assert building.current
    begun.close()
    building.close()


def test_an_unfinished_build_is_ours_in_whatever_container_we_go_on(server, monkeypatch):
    mine = ElasticsearchIndex(Access(server), installation=lambda: "mine")
    monkeypatch.setattr(templates.platform, "node", lambda: "container-1")
    begun = mine.beside()
    monkeypatch.setattr(templates.platform, "node", lambda: "container-2")
    theirs = ElasticsearchIndex(Access(server), installation=lambda: "theirs")
    assert mine.unfinished == Unfinished(begun.generation, "container-1", ours=True)
    assert theirs.unfinished == Unfinished(begun.generation, "container-1", ours=False)
    for each in (begun, mine, theirs):
        each.close()


@pytest.mark.parametrize("what", ["serving", "beside"])
def test_processes_that_begin_at_once_share_one_generation(server, what):
    assert len(set(begin_at_once(server, what))) == 1
    index = ElasticsearchIndex(Access(server))
    begun = index.beside() if what == "beside" else index
    assert ids(begun) == [f"{what}-{number}" for number in range(4)]
    assert begun.differences() == []
    assert index.kept() == ()
    begun.close()
    index.close()


def test_an_operator_s_settings_are_taken_and_ours_stay(index, server):
    settings = {"number_of_shards": 2, "refresh_interval": "30s", "translog": {"durability": "async"}}
    call(f"{server}/_component_template/lianxin@custom", "PUT", {"template": {"settings": settings}})
    try:
        name = f"{COMMENTS}-{index.generation}"
        live = call(f"{server}/{name}/_settings")[name]["settings"]["index"]
        assert (live["number_of_shards"], live["refresh_interval"]) == ("2", "30s")
        assert live["auto_expand_replicas"] == "0-1"
        assert live["translog"]["durability"] == "request"
        assert call(f"{server}/_cluster/health/{name}?wait_for_status=green")["status"] == "green"
    finally:
        call(f"{server}/_component_template/lianxin@custom", "PUT", {"template": {}})


def test_differences_are_named(index, server):
    name = f"{COMMENTS}-{index.generation}"
    call(f"{server}/{name}/_mapping", "PUT", {"dynamic": "true", "properties": {"extra": {"type": "keyword"}}})
    call(f"{server}/lianxin-foreign", "PUT", {"aliases": {"lianxin-posts": {}}})
    call(f"{server}/lianxin-runs-{index.generation}/_alias/lianxin-runs", "DELETE")
    assert index.differences() == [
        "lianxin-comments 会收映射之外的字段（dynamic 是 true），应是 strict。",
        "lianxin-comments 多了字段 extra。",
        f"别名 lianxin-posts 指向 lianxin-foreign、lianxin-posts-{index.generation}，"
        f"应只指向 lianxin-posts-{index.generation}。",
        f"别名 lianxin-runs 指向 空处，应只指向 lianxin-runs-{index.generation}。",
    ]


def test_an_index_made_by_accident_is_closed_too(index, server):
    assert index.generation
    call(f"{server}/{COMMENTS}-by-hand", "PUT", {})
    live = call(f"{server}/{COMMENTS}-by-hand/_mapping")[f"{COMMENTS}-by-hand"]["mappings"]
    assert live["dynamic"] == "strict"
    assert index.kept() == ()
