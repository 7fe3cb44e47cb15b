"""A reply waits for its comment, whichever machine brings it, and until the index can take it."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from crawler.config import Config
from crawler.registry import Registry
from pipelines.feeder import feed
from pipelines.index import Index, Progress
from pipelines.index.mapping import COMMENTS
from tests.installation import Installation
from tests.pipelines.collected import AT, LETTER, REPLY, RUN, write


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
