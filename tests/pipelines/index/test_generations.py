"""A new generation is built beside the old one, takes its place at once, and the old one stays until told."""

import multiprocessing
from pathlib import Path

import pytest

from crawler.errors import ServiceAway, Unreadable, WrongUse
from pipelines.index import Progress, mapping
from pipelines.index.embedded import generation as generations
from pipelines.index.embedded.engine import EmbeddedIndex
from pipelines.index.mapping import COMMENTS, VERSION, Field

NEWER = {COMMENTS: mapping.COMMENT_FIELDS | {"tone": Field("keyword", "new")}, **{
    name: fields for name, fields in mapping.INDICES.items() if name != COMMENTS
}}  # fmt: skip


def ids(index):
    return [hit["_id"] for hit in index.search(COMMENTS, {"sort": ["id"]})["hits"]["hits"]]


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "index"


@pytest.fixture
def index(folder):
    opened = EmbeddedIndex(folder)
    opened.put(COMMENTS, [{"id": "old", "text": "医保"}])
    opened.acknowledge(Progress({"one": 10}))
    yield opened
    opened.close()


def test_readers_see_the_new_generation_at_once_and_the_old_one_is_kept(index, folder):
    before = index.generation
    building = index.beside()
    building.put(COMMENTS, [{"id": "new"}])
    assert ids(index) == ["old"]
    building.swap()
    assert ids(index) == ids(EmbeddedIndex(folder)) == ["new"]
    assert index.generation == building.generation != before
    assert index.acknowledged() == Progress()
    assert index.kept() == (before,)
    index.drop(before)
    assert index.kept() == ()
    assert not (folder / before).exists()
    with pytest.raises(WrongUse, match="没有可以删除的旧索引"):
        index.drop(index.generation)


def test_an_interrupted_build_is_gone_on_with(index, folder):
    building = index.beside()
    building.put(COMMENTS, [{"id": "new"}])
    building.acknowledge(Progress({"one": 5}))
    again = EmbeddedIndex(folder).beside()
    assert again.generation == building.generation
    assert (again.acknowledged(), ids(again)) == (Progress({"one": 5}), ["new"])
    again.discard()
    assert ids(index.beside()) == []
    assert ids(index) == ["old"]


def test_nothing_is_written_into_a_generation_that_no_longer_serves(index, folder):
    first = index.beside()
    second = EmbeddedIndex(folder).beside()
    first.swap()
    third = index.beside()
    third.swap()
    with pytest.raises(ServiceAway, match="换成了新的一代"):
        second.put(COMMENTS, [{"id": "late"}])
    with pytest.raises(ServiceAway, match="没有启用"):
        second.swap()
    assert index.generation == third.generation


def test_an_old_mapping_serves_until_the_new_generation_does(index, folder, monkeypatch):
    for module in (mapping, generations):
        monkeypatch.setattr(module, "INDICES", NEWER)
        monkeypatch.setattr(module, "VERSION", VERSION + 1)
    later = EmbeddedIndex(folder)
    assert not later.current
    assert ids(later) == ["old"]
    assert later.differences() == [f"索引的字段和映射第 {VERSION} 版不同。"]
    monkeypatch.setattr("pipelines.index.embedded.engine.VERSION", VERSION + 1)
    assert later.differences() == [f"索引是按映射第 {VERSION} 版建的，现在是第 {VERSION + 1} 版。"]
    with pytest.raises(Unreadable, match="lianxin index rebuild"):
        later.put(COMMENTS, [{"id": "new"}])
    building = later.beside()
    assert building.current
    building.put(COMMENTS, [{"id": "new"}])
    building.swap()
    assert later.current
    assert ids(later) == ["new"]


def damage(folder, pattern, content):
    for path in folder.glob(pattern):
        path.unlink() if content is None else path.write_bytes(content)


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("about.json", b'{"mapping":0}'),
        ("about.json", None),
        ("progress.json", b'{"taken": '),
        (f"{COMMENTS}/meta.json", b"{"),
        (f"{COMMENTS}/*.store", None),
    ],
)
def test_a_damaged_generation_says_so_and_can_be_replaced(index, folder, file, content):
    index.close()
    damage(folder / index.generation, file, content)
    again = EmbeddedIndex(folder)
    with pytest.raises(Unreadable, match="lianxin index rebuild"):
        again.acknowledged(), again.search(COMMENTS, {})
    building = again.beside()
    building.put(COMMENTS, [{"id": "new"}])
    building.swap()
    assert ids(again) == ["new"]


def test_damage_done_while_open_is_noticed(index, folder):
    EmbeddedIndex(folder).put(COMMENTS, [{"id": "more"}])
    damage(folder / index.generation, f"{COMMENTS}/*.store", None)
    with pytest.raises(Unreadable, match="读不出本机索引"):
        index.search(COMMENTS, {})
    assert any("读不出本机索引" in sentence for sentence in index.differences())


def test_a_damaged_pointer_makes_no_empty_index_serve(index, folder):
    serving = index.generation
    (folder / "generations.json").write_bytes(b"{")
    with pytest.raises(Unreadable, match="不知道哪一份索引在用"):
        EmbeddedIndex(folder)
    assert [path.name for path in folder.iterdir() if path.is_dir()] == [serving]


def refuse(path, _):
    """Another program holds files open, on a system that does not move those."""
    raise PermissionError(13, "Permission denied", str(path))


def kill(*_, **__):
    raise KeyboardInterrupt


def test_an_old_generation_that_cannot_go_yet_is_kept_whole(index, folder, monkeypatch):
    before = index.generation
    building = index.beside()
    building.acknowledge(Progress({"one": 5}))
    building.swap()
    with monkeypatch.context() as held:
        held.setattr(Path, "rename", refuse)
        with pytest.raises(ServiceAway, match="关掉后再试"):
            index.drop(before)
    assert index.kept() == (before,)
    assert ids(EmbeddedIndex(folder, generation=before)) == ["old"]
    index.drop(before)
    assert index.kept() == ()


def test_a_build_that_cannot_go_yet_is_still_being_built(index, monkeypatch):
    building = index.beside()
    building.acknowledge(Progress({"one": 5}))
    with monkeypatch.context() as held:
        held.setattr(Path, "rename", refuse)
        with pytest.raises(ServiceAway, match="关掉后再试"):
            building.discard()
    assert (index.unfinished.generation, index.kept()) == (building.generation, ())
    building.discard()
    assert index.unfinished is None


@pytest.mark.parametrize("killed_at", ["shutil.rmtree", "pipelines.index.embedded.pointer.write_safely"])
def test_a_discarding_that_was_killed_leaves_no_old_index(index, folder, monkeypatch, killed_at):
    building = index.beside()
    building.put(COMMENTS, [{"id": "new"}])
    with monkeypatch.context() as killed:
        killed.setattr(killed_at, kill)
        with pytest.raises(KeyboardInterrupt):
            building.discard()
    assert index.kept() == ()
    again = index.beside()
    assert (ids(again), again.acknowledged()) == ([], Progress())
    again.discard()
    assert {path.name for path in folder.iterdir() if path.is_dir()} == {index.generation}


def test_what_a_killed_beginning_left_aside_goes_with_the_next_build(index, folder, monkeypatch):
    with monkeypatch.context() as killed:
        killed.setattr("pipelines.files.shutil.rmtree", lambda path, ignore_errors: None)
        killed.setattr(generations, "make_shelf", kill)
        with pytest.raises(KeyboardInterrupt):
            index.beside()
    assert len([path for path in folder.iterdir() if path.is_dir()]) == 2
    building = index.beside()
    assert {path.name for path in folder.iterdir() if path.is_dir()} == {index.generation, building.generation}


def test_what_was_discarded_is_not_made_again_by_who_still_has_it(index, folder):
    building = index.beside()
    index.abandon()
    with pytest.raises(ServiceAway, match="换成了新的一代"):
        building.acknowledged()
    assert index.kept() == ()


def open_and_name(folder):
    return EmbeddedIndex(folder).generation


def test_processes_that_begin_at_once_share_one_generation(folder):
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        assert len(set(pool.map(open_and_name, [folder] * 4))) == 1
