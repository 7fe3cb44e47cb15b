"""What somebody else changes between reading and writing is folded again."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from crawler.config import Config
from crawler.errors import ServiceAway
from crawler.registry import Registry
from pipelines.documents import Source
from pipelines.feeder import feed
from pipelines.index import Version, Written
from pipelines.index.embedded.engine import EmbeddedIndex
from pipelines.index.mapping import COMMENTS
from tests.pipelines.collected import AT, LETTER, REPLY, write


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
