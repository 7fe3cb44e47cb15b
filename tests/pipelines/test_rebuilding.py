"""Building an index anew: beside the old one, resumable, refused where the journal is not whole; catching up."""

import errno
import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import orjson
import pytest

from crawler.config import Config
from crawler.errors import ServiceAway, Unreadable, WrongUse
from crawler.ledger import Ledger
from crawler.registry import Registry
from pipelines import feeder, recipe
from pipelines.documents import Source
from pipelines.feeder import JournalIncomplete, feed, rebuild
from pipelines.fold import Fed
from pipelines.index import Index, Progress, Version, Written, open_index
from pipelines.index.embedded import generation
from pipelines.index.embedded.engine import EmbeddedIndex
from pipelines.index.mapping import COMMENTS, POSTS, RUNS, VERSION
from pipelines.journal import JournalWriter, read_one
from pipelines.lag import Lag, lag
from tests.installation import Installation
from tests.pipelines.test_feeder import ACCOUNTS, AT, COMMENT, EVENTS, LETTER, POST, REPLY, RUN, SOURCES, write


@pytest.fixture
def config(installation: Installation) -> Config:
    installation.write(SOURCES, accounts=ACCOUNTS)
    write(installation.config().journal_folder, *EVENTS)
    return installation.config()


@pytest.fixture
def registry(config: Config, installation: Installation) -> Registry:
    return installation.registry()


@pytest.fixture
def index(config: Config) -> Iterator[Index]:
    opened = open_index(config)
    yield opened
    opened.close()


class Meddled(EmbeddedIndex):
    """An index in which somebody else changes a comment between reading and writing, some times."""

    meddling = 1

    def put(self, index: str, sources: Sequence[Source], versions: dict[str, Version] | None = None) -> Written:
        if index == COMMENTS and self.meddling and versions is not None:
            self.meddling -= 1
            theirs = self.get(index, [LETTER.id]).get(LETTER.id)
            if theirs:
                super().put(index, [theirs | {"likes": theirs.get("likes", 0) + 1}])
        return super().put(index, sources, versions)


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


def test_what_somebody_else_changed_meanwhile_is_folded_again(config: Config, registry: Registry) -> None:
    index = Meddled(config.index_folder)
    index.meddling = 0
    feed(config, registry, index)
    index.meddling = 3
    later = replace(REPLY, id="liuyan:1-2", replied_at=REPLY.replied_at + timedelta(hours=9))
    write(config.journal_folder, later, replace(LETTER, text="改过的话", collected_at=AT + timedelta(days=1)))
    assert feed(config, registry, index).replies == 1
    letter = index.get(COMMENTS, [LETTER.id])[LETTER.id]
    assert letter["text"] == "改过的话"
    assert [reply["id"] for reply in letter["replies"]] == [REPLY.id, later.id]
    assert index.meddling == 0


def test_an_endless_quarrel_ends_with_a_sentence_and_loses_nothing(config: Config, registry: Registry) -> None:
    index = Meddled(config.index_folder)
    index.meddling = 0
    feed(config, registry, index)
    index.meddling = 10_000
    write(config.journal_folder, replace(LETTER, text="改过的话", collected_at=AT + timedelta(days=1)))
    with pytest.raises(ServiceAway, match="一直在改同样的文档"):
        feed(config, registry, index)
    index.meddling = 0
    feed(config, registry, index)
    assert index.get(COMMENTS, [LETTER.id])[LETTER.id]["text"] == "改过的话"


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


def test_what_the_journal_here_cannot_make_again_is_not_thrown_away(
    config: Config, registry: Registry, index: Index
) -> None:
    feed(config, registry, index)
    (segment,) = config.journal_folder.glob("*.jsonl")
    aside = segment.rename(segment.with_suffix(".elsewhere"))
    write(config.journal_folder, replace(LETTER, id="liuyan:2"))
    with pytest.raises(JournalIncomplete, match=f"1 段日志.*{segment.name}"):
        rebuild(config, registry, index)
    assert feed(config, registry, index).comments == 1
    assert set(index.get(COMMENTS, [LETTER.id, "liuyan:2"])) == {LETTER.id, "liuyan:2"}
    rebuild(config, registry, index, incomplete=True)
    assert set(index.get(COMMENTS, [LETTER.id, "liuyan:2"])) == {"liuyan:2"}
    aside.rename(segment)
    feed(config, registry, index)
    assert set(index.get(COMMENTS, [LETTER.id, "liuyan:2"])) == {LETTER.id, "liuyan:2"}


def test_what_the_index_refuses_is_written_down_and_the_rest_stored(
    config: Config, registry: Registry, index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[int] = []
    write(config.journal_folder, RUN, replace(COMMENT, id="isso:thread:9", likes=2**40))
    last = max(config.journal_folder.glob("*.jsonl"))
    monkeypatch.setattr(feeder.os, "fsync", lambda number: synced.append(os.fstat(number).st_ino))
    feed(config, registry, index)
    assert set(index.get(COMMENTS, [COMMENT.id, "isso:thread:9"])) == {COMMENT.id}
    (path,) = config.rejected_folder.glob(f"index-{index.generation}.jsonl")
    line = path.read_text(encoding="utf-8")
    assert '"id":"isso:thread:9","reason":"字段 likes 超出 32 位整数。"' in line
    place = orjson.loads(line)
    entry = read_one(config.journal_folder, place["segment"], place["start"])
    assert (entry.segment, entry.event.id) == (last.name, "isso:thread:9")
    assert path.stat().st_ino in synced
    assert COMMENT.text not in line


def test_a_reply_waits_for_a_comment_the_index_can_take(config: Config, registry: Registry, index: Index) -> None:
    bad, reply = replace(LETTER, id="liuyan:7", likes=2**40), replace(REPLY, id="liuyan:7-1", comment_id="liuyan:7")
    write(config.journal_folder, bad, reply)
    fed = feed(config, registry, index)
    assert (fed.refused, fed.orphans) == (1, 1)
    write(config.journal_folder, replace(bad, likes=1, collected_at=AT + timedelta(days=1)))
    assert feed(config, registry, index).replies == 1
    assert index.get(COMMENTS, ["liuyan:7"])["liuyan:7"]["reply_hours"] == 30.0


def test_a_reply_finds_its_comment_though_another_machine_fed_it(
    installation: Installation, config: Config, registry: Registry, index: Index, tmp_path: Path
) -> None:
    other = config.model_copy(update={"data": tmp_path / "other"})
    reply = replace(REPLY, id="liuyan:8-1", comment_id="liuyan:8")
    write(config.journal_folder, reply)
    assert feed(config, registry, index).orphans == 1
    write(other.journal_folder, replace(LETTER, id="liuyan:8"))
    assert feed(other, registry, index).comments == 1
    fed = feed(config, registry, index)
    assert (fed.replies, fed.orphans) == (1, 0)
    assert [each["id"] for each in index.get(COMMENTS, ["liuyan:8"])["liuyan:8"]["replies"]] == [reply.id]


def test_a_reply_that_waits_beyond_the_end_of_a_copied_segment_is_left_to_its_own_machine(
    config: Config, registry: Registry, index: Index
) -> None:
    feed(config, registry, index)
    reached = index.acknowledged()
    (segment,) = config.journal_folder.glob("*.jsonl")
    place = (segment.name, segment.stat().st_size)
    index.acknowledge(Progress(reached.taken, (place,), reached.recipe))
    write(config.journal_folder, replace(RUN, id="board:2"))
    assert feed(config, registry, index).runs == 1
    assert index.acknowledged().waiting == (place,)


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


def test_a_progress_that_cannot_be_written_is_a_sentence(
    config: Config, registry: Registry, index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, content: bytes) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    assert index.acknowledged() == Progress()
    monkeypatch.setattr(generation, "write_safely", full)
    with pytest.raises(ServiceAway, match="写不进本机索引"):
        feed(config, registry, index)


def test_the_lag_is_counted_in_entries_and_known_to_the_ledger(
    config: Config, registry: Registry, index: Index
) -> None:
    folder = config.journal_folder
    size = sum(path.stat().st_size for path in folder.glob("*.jsonl"))
    assert lag(folder, {}) == Lag(len(EVENTS), size)
    feed(config, registry, index)
    with JournalWriter(folder) as journal:
        journal.append([RUN, POST])
    with Ledger(config.ledger_path) as ledger:
        assert lag(folder, ledger.fed(config.index)).entries == lag(folder, index.acknowledged().taken).entries == 2


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


def cut_short(config: Config) -> Path:
    """The journal's only segment as an older copy has it: with its first line alone."""
    (segment,) = config.journal_folder.glob("*.jsonl")
    segment.write_bytes(segment.read_bytes().splitlines(keepends=True)[0])
    return segment


def test_a_segment_shorter_than_what_the_index_took_is_not_rebuilt_from(
    config: Config, registry: Registry, index: Index
) -> None:
    feed(config, registry, index)
    segment = cut_short(config)
    with pytest.raises(JournalIncomplete, match=f"如 {segment.name}：索引取到第 "):
        rebuild(config, registry, index)
    index.acknowledge(replace(index.acknowledged(), recipe="edited"))
    with pytest.raises(JournalIncomplete):
        feed(config, registry, index)
    assert set(index.get(COMMENTS, [COMMENT.id, LETTER.id])) == {COMMENT.id, LETTER.id}


def test_where_the_index_is_damaged_the_ledger_says_what_it_had_taken(
    config: Config, registry: Registry, index: Index
) -> None:
    feed(config, registry, index)
    cut_short(config)
    (config.index_folder / index.generation / "progress.json").write_text("{")
    with pytest.raises(JournalIncomplete):
        rebuild(config, registry, index)
    rebuild(config, registry, index, incomplete=True)
    assert index.get(COMMENTS, [LETTER.id]) == {}


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


def test_the_ledger_knows_the_index_that_serves_and_not_the_one_being_built(
    config: Config, registry: Registry, index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    feed(config, registry, index)
    write(config.journal_folder, replace(COMMENT, id="weibo:new"))
    index.acknowledge(replace(index.acknowledged(), recipe="edited"))
    with monkeypatch.context() as patch, pytest.raises(ServiceAway):
        patch.setattr(EmbeddedIndex, "swap", _away)
        feed(config, registry, index)
    with Ledger(config.ledger_path) as ledger:
        assert lag(config.journal_folder, ledger.fed(config.index_place)).entries == 1
        feed(config, registry, index)
        assert lag(config.journal_folder, ledger.fed(config.index_place)).entries == 0


def _away(_: Index) -> None:
    raise ServiceAway("连不上。")


def test_a_folder_for_what_is_refused_that_cannot_be_made_is_a_sentence(
    config: Config, registry: Registry, index: Index
) -> None:
    config.rejected_folder.write_text("a file")
    write(config.journal_folder, replace(COMMENT, id="weibo:half", likes=2**40))
    with pytest.raises(ServiceAway, match="请检查路径"):
        feed(config, registry, index)
