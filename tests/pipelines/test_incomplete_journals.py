"""What the journal here could not make again is not thrown away unasked."""

from dataclasses import replace
from pathlib import Path

import pytest

from crawler.config import Config
from crawler.registry import Registry
from pipelines.feeder import JournalIncomplete, feed, rebuild
from pipelines.index import Index
from pipelines.index.mapping import COMMENTS
from tests.pipelines.collected import COMMENT, LETTER, write


def cut_short(config: Config) -> Path:
    """The journal's only segment as an older copy has it: with its first line alone."""
    (segment,) = config.journal_folder.glob("*.jsonl")
    segment.write_bytes(segment.read_bytes().splitlines(keepends=True)[0])
    return segment


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
