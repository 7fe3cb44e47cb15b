"""What an index will never take is written down with the reason; a disk that takes nothing is one sentence."""

import errno
import os
from dataclasses import replace
from pathlib import Path

import orjson
import pytest

from crawler.config import Config
from crawler.errors import ServiceAway
from crawler.registry import Registry
from pipelines import feeder
from pipelines.feeder import feed
from pipelines.index import Index, Progress
from pipelines.index.embedded import generation
from pipelines.index.mapping import COMMENTS
from pipelines.journal import read_one
from tests.pipelines.collected import COMMENT, RUN, write


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


def test_a_folder_for_what_is_refused_that_cannot_be_made_is_a_sentence(
    config: Config, registry: Registry, index: Index
) -> None:
    config.rejected_folder.write_text("a file")
    write(config.journal_folder, replace(COMMENT, id="weibo:half", likes=2**40))
    with pytest.raises(ServiceAway, match="请检查路径"):
        feed(config, registry, index)


def test_a_progress_that_cannot_be_written_is_a_sentence(
    config: Config, registry: Registry, index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, content: bytes) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    assert index.acknowledged() == Progress()
    monkeypatch.setattr(generation, "write_safely", full)
    with pytest.raises(ServiceAway, match="写不进本机索引"):
        feed(config, registry, index)
