"""Building an index anew: beside the old one, resumable, by whom it may be."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from crawler.config import Config
from crawler.errors import ServiceAway, Unreadable, WrongUse
from crawler.registry import Registry
from pipelines import feeder, recipe
from pipelines.documents import Source
from pipelines.feeder import feed, rebuild
from pipelines.fold import Fed
from pipelines.index import Index, Progress, Version, Written, open_index
from pipelines.index.embedded import generation
from pipelines.index.embedded.engine import EmbeddedIndex
from pipelines.index.mapping import COMMENTS, POSTS, RUNS, VERSION
from tests.installation import Installation
from tests.pipelines.collected import ACCOUNTS, COMMENT, LETTER, POST, RUN, SOURCES, write


class Broken(EmbeddedIndex):
    """An index that goes away after some writes."""

    writes = 1

    def put(self, index: str, sources: Sequence[Source], versions: dict[str, Version] | None = None) -> Written:
        if not self.writes:
            raise ServiceAway("索引不见了。")
        self.writes -= 1
        return super().put(index, sources, versions)

    def beside(self) -> "Broken":
        building = super().beside()
        building.writes = self.writes
        return building


def test_the_old_generation_serves_while_the_new_one_is_built_and_is_kept(
    config: Config, registry: Registry, index: Index
) -> None:
    feed(config, registry, index)
    before = index.generation
    with pytest.raises(ServiceAway):
        rebuild(config, registry, Broken(config.index_folder))
    assert index.generation == before
    assert set(index.get(COMMENTS, [COMMENT.id, LETTER.id])) == {COMMENT.id, LETTER.id}
    rebuild(config, registry, index)
    assert index.kept() == (before,)
    assert set(index.get(COMMENTS, [COMMENT.id, LETTER.id])) == {COMMENT.id, LETTER.id}


def test_an_interrupted_rebuild_goes_on(config: Config, registry: Registry, index: Index) -> None:
    feed(config, registry, index)
    building = index.beside()
    (segment,) = config.journal_folder.glob("*.jsonl")
    first_line = len(segment.read_bytes().splitlines(keepends=True)[0])
    feed(config, registry, index)
    made_by = index.acknowledged().recipe
    building.acknowledge(Progress({segment.name: first_line}, (), made_by))
    fed = rebuild(config, registry, index)
    assert fed == Fed(posts=1, comments=2, replies=1, runs=0, orphans=0)  # the first line is the run
    assert index.generation == building.generation


def test_other_rules_of_enrichment_make_an_index_outdated(
    config: Config, registry: Registry, index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    feed(config, registry, index)
    assert not feeder.outdated(config, registry, index)
    monkeypatch.setattr(recipe, "RULES", recipe.RULES + 1)
    assert feeder.outdated(config, registry, index)


def test_a_build_begun_for_another_registry_begins_anew(config: Config, registry: Registry, index: Index) -> None:
    feed(config, registry, index)
    index.beside().acknowledge(Progress({"x.jsonl": 1}, (), "another"))
    assert rebuild(config, registry, index) == Fed(posts=1, comments=2, replies=1, runs=1, orphans=0)


def test_an_edited_registry_leaves_no_old_generation(
    installation: Installation, config: Config, registry: Registry, index: Index
) -> None:
    feed(config, registry, index)
    installation.write(SOURCES + 'policies = ["lift"]\n', accounts=ACCOUNTS)
    feed(config, installation.registry(), index)
    assert index.kept() == ()


def test_an_old_generation_that_cannot_go_yet_stops_no_feeding(
    installation: Installation, config: Config, registry: Registry, index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    def held_open(_index: EmbeddedIndex, _generation: str) -> None:
        raise ServiceAway("删不掉。")

    feed(config, registry, index)
    before = index.generation
    installation.write(SOURCES + 'policies = ["lift"]\n', accounts=ACCOUNTS)
    with monkeypatch.context() as held:
        held.setattr(EmbeddedIndex, "drop", held_open)
        assert feed(config, installation.registry(), index).comments == 2
    assert (index.generation == before, index.kept()) == (False, (before,))
    assert feed(config, installation.registry(), index).comments == 0


def test_an_older_program_replaces_no_newer_index_unasked(
    config: Config, registry: Registry, index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeder, "VERSION", VERSION - 1)
    write(config.journal_folder, replace(RUN, id="board:2"))
    monkeypatch.setattr(feeder, "outdated", lambda *_: True)
    before = index.generation
    with pytest.raises(WrongUse, match="更新的程序建的"):
        feed(config, registry, index)
    assert (index.generation, index.kept()) == (before, ())
    rebuild(config, registry, index)
    assert index.kept() == (before,)


def test_a_build_that_is_gone_is_not_taken_for_serving(config: Config, index: Index) -> None:
    building = index.beside()
    index.beside().discard()
    with pytest.raises(ServiceAway, match="没有启用"):
        building.swap()


def test_only_kept_generations_can_be_dropped(config: Config, registry: Registry, index: Index, tmp_path: Path) -> None:
    feed(config, registry, index)
    with pytest.raises(WrongUse):
        index.drop(index.generation)
    with pytest.raises(WrongUse):
        index.drop("../journal")
    assert index.get(POSTS, [POST.id])
    assert index.get(RUNS, [RUN.id])


def test_an_index_laid_out_by_another_program_says_so_and_is_made_anew(
    config: Config, registry: Registry, index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    feed(config, registry, index)
    index.close()
    monkeypatch.setattr(generation, "LAYOUT", generation.LAYOUT + 1)
    later = open_index(config)
    with pytest.raises(Unreadable, match="别的版本的程序"):
        later.search(COMMENTS, {"size": 0})
    assert later.differences() == [
        "索引在磁盘上的样子是别的版本的程序排的，下一次采集或 lianxin index rebuild 会重建。"
    ]
    feed(config, registry, later)
    assert set(later.get(COMMENTS, [COMMENT.id, LETTER.id])) == {COMMENT.id, LETTER.id}
    assert later.kept() == ()
    later.close()
