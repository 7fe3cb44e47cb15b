"""What an index will never take is written down with the reason; a disk that takes nothing is one sentence."""

import errno
import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import orjson
import pytest

from crawler.config import Config
from crawler.errors import ServiceAway
from crawler.registry import Registry
from pipelines import files
from pipelines.feeder import feed
from pipelines.index import Index, Progress
from pipelines.index.embedded import generation
from pipelines.index.mapping import COMMENTS
from pipelines.journal import read_one
from pipelines.refusals import left_out, refused_path
from tests.pipelines.collected import AT, COMMENT, REPLY, RUN, write


def test_what_the_index_refuses_is_written_down_and_the_rest_stored(
    config: Config, registry: Registry, index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[int] = []
    write(config.journal_folder, RUN, replace(COMMENT, id="isso:thread:9", likes=2**40))
    last = max(config.journal_folder.glob("*.jsonl"))
    monkeypatch.setattr(files.os, "fsync", lambda number: synced.append(os.fstat(number).st_ino))
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


def test_what_is_left_out_counts_once_and_only_while_the_index_lacks_it(
    config: Config, registry: Registry, index: Index
) -> None:
    never, later = replace(COMMENT, id="weibo:never", likes=2**40), replace(COMMENT, id="weibo:later", likes=2**40)
    reply = replace(REPLY, id="liuyan:1-9", unit="局" * 11_000)
    write(
        config.journal_folder, never, later, reply, replace(COMMENT, likes=2**40, collected_at=AT + timedelta(days=1))
    )
    fed = feed(config, registry, index)
    assert (fed.refused, left_out(config, index)) == (4, 3)  # an older version of the last is there
    write(config.journal_folder, never, replace(later, likes=1), replace(reply, unit="局"))
    fed = feed(config, registry, index)
    assert (fed.refused, fed.replies, left_out(config, index)) == (1, 1, 1)


def test_a_line_that_a_killed_feeding_left_half_written_is_passed_over(
    config: Config, registry: Registry, index: Index
) -> None:
    assert left_out(config, index) == 0
    write(config.journal_folder, replace(COMMENT, id="weibo:never", likes=2**40))
    feed(config, registry, index)
    with refused_path(config, index).open("ab") as file:
        file.write(b'{"at": ')
    assert left_out(config, index) == 1
    write(config.journal_folder, replace(COMMENT, id="weibo:either", likes=2**40))
    feed(config, registry, index)
    assert left_out(config, index) == 2


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
