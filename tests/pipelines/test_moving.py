"""An index is moved whole, compared, and serves only where nothing differs."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from crawler.config import Config
from crawler.errors import ServiceAway, WrongUse
from pipelines.documents import Source
from pipelines.feeder import JournalIncomplete, feed, rebuild
from pipelines.index import Index, Progress, Version, Written
from pipelines.index.embedded.engine import EmbeddedIndex
from pipelines.index.mapping import COMMENTS, INDICES, RUNS
from pipelines.index.standing import STANDING
from pipelines.moving import move
from pipelines.refusals import Refusal, left_out, write_down
from pipelines.watching import Unwatched
from tests.installation import Installation
from tests.pipelines.collected import COMMENT, LETTER

MANY = 2500


class Counted(Unwatched):
    total = done = 0

    def expect(self, total: int) -> None:
        self.total = total

    def __call__(self, more: int) -> None:
        self.done += more


class Leaky(EmbeddedIndex):
    """Loses one document, or goes away after some writes."""

    loses: str | None = None
    writes = 1000

    def put(self, index: str, sources: Sequence[Source], versions: dict[str, Version] | None = None) -> Written:
        self.writes -= 1
        if self.writes < 0:
            raise ServiceAway("索引不见了。")
        return super().put(index, [source for source in sources if source["id"] != self.loses], versions)

    def beside(self) -> "Leaky":
        building = super().beside()
        building.loses, building.writes = self.loses, self.writes
        return building


@pytest.fixture
def source(config: Config, installation: Installation) -> Iterator[Index]:
    index = EmbeddedIndex(config.index_folder)
    feed(config, installation.registry(), index)
    index.put(COMMENTS, [{"id": f"x:{number}", "text": "不行", "likes": number} for number in range(MANY)])
    yield index
    index.close()


def contents(index: Index) -> dict[str, list[Source]]:
    return {name: [hit["_source"] for hit in index.scan(name, {"sort": ["id"]})] for name in INDICES}


def test_everything_arrives_and_serves(config: Config, source: Index, tmp_path: Path) -> None:
    target, watch = EmbeddedIndex(tmp_path / "there"), Counted()
    comparison = move(config, source, target, watch)
    assert comparison.equal
    assert len(comparison.rows) == 2 * len(INDICES) + len(STANDING) == 18
    assert contents(target) == contents(source)
    assert target.acknowledged() == source.acknowledged()
    assert watch.total == watch.done == MANY + 4


def test_what_was_refused_is_still_told_after_a_move(config: Config, source: Index, tmp_path: Path) -> None:
    write_down(config, source, [Refusal(COMMENTS, "liuyan:never", "文档太大")])
    target = EmbeddedIndex(tmp_path / "target")
    assert move(config, source, target, Unwatched()).equal
    assert left_out(config, target) == left_out(config, source) == 1
    target.close()


def test_an_interrupted_move_goes_on(config: Config, source: Index, tmp_path: Path) -> None:
    broken = Leaky(tmp_path / "there")
    broken.writes = 1
    with pytest.raises(ServiceAway):
        move(config, source, broken, Unwatched())
    target = Leaky(tmp_path / "there")
    assert contents(target) == {name: [] for name in INDICES}
    target.writes = 4  # two pages of comments are left, and posts and runs
    assert move(config, source, target, Unwatched()).equal
    assert contents(target) == contents(source)


def test_what_is_fed_meanwhile_is_not_taken_for_moved(config: Config, source: Index, tmp_path: Path) -> None:
    before = source.acknowledged()

    class Fed(Counted):
        def __call__(self, more: int) -> None:
            source.acknowledge(Progress({"elsewhere.jsonl": 9}, (), before.recipe))

    target = EmbeddedIndex(tmp_path / "there")
    assert move(config, source, target, Fed()).equal
    assert target.acknowledged() == before


def test_a_source_that_another_machine_feeds_meanwhile_is_said_to_be_so_and_gone_on_with(
    config: Config, source: Index, tmp_path: Path
) -> None:
    before = source.acknowledged()

    class Fed(Counted):
        def __call__(self, more: int) -> None:
            if not self.done:
                source.put(COMMENTS, [{"id": "a:late", "text": "迟到"}])
                source.acknowledge(Progress({**before.taken, "elsewhere.jsonl": 9}, (), before.recipe))
            super().__call__(more)

    target = EmbeddedIndex(tmp_path / "there")
    comparison = move(config, source, target, Fed())
    assert (comparison.equal, comparison.overtaken, target.made) == (False, True, False)
    assert target.unfinished is not None
    assert move(config, source, target, Unwatched()).equal
    assert contents(target) == contents(source)


def test_an_index_is_not_moved_onto_itself(config: Config, source: Index) -> None:
    with pytest.raises(WrongUse, match="就是索引现在所在的地方"):
        move(config, source, EmbeddedIndex(config.data / ".." / config.data.name / "index"), Unwatched())


def test_a_rebuild_takes_nothing_over_from_an_interrupted_move(
    config: Config, source: Index, installation: Installation, tmp_path: Path
) -> None:
    broken = Leaky(tmp_path / "there")
    broken.writes = 1
    with pytest.raises(ServiceAway):
        move(config, source, broken, Unwatched())
    target = EmbeddedIndex(tmp_path / "there")
    rebuild(config, installation.registry(), target)
    assert {comment["id"] for comment in contents(target)[COMMENTS]} == {COMMENT.id, LETTER.id}


def test_what_only_the_target_has_is_not_thrown_away(config: Config, source: Index, tmp_path: Path) -> None:
    target = EmbeddedIndex(tmp_path / "there")
    target.put(COMMENTS, [{"id": "other:1"}])
    target.acknowledge(Progress({"elsewhere.jsonl": 9}))
    with pytest.raises(JournalIncomplete, match=r"1 段日志的内容（如 elsewhere.jsonl）"):
        move(config, source, target, Unwatched())
    assert [comment["id"] for comment in contents(target)[COMMENTS]] == ["other:1"]
    assert move(config, source, target, Unwatched(), incomplete=True).equal
    assert contents(target) == contents(source)


def test_a_target_that_took_more_of_the_same_segment_is_not_moved_over(
    config: Config, source: Index, tmp_path: Path
) -> None:
    target = EmbeddedIndex(tmp_path / "there")
    ((name, end),) = list(source.acknowledged().taken.items())[:1]
    target.acknowledge(Progress({name: end + 1}))
    with pytest.raises(JournalIncomplete, match=f"1 段日志的内容（如 {name}）"):
        move(config, source, target, Unwatched())


@pytest.mark.parametrize("lost", ["x:17", "board:1"])
def test_what_differs_does_not_serve(config: Config, source: Index, tmp_path: Path, lost: str) -> None:
    target = Leaky(tmp_path / "there")
    target.loses = lost
    before = target.generation
    comparison = move(config, source, target, Unwatched())
    index = RUNS if lost == "board:1" else COMMENTS
    assert f"{index} 篇数" in [row.subject for row in comparison.rows if not row.equal]
    assert not comparison.equal
    assert target.generation == before
    assert contents(target) == {name: [] for name in INDICES}
