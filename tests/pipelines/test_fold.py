"""A batch that could not be folded whole can be folded again: nothing of it counted, nothing of it was forgotten."""

from collections.abc import Sequence

import pytest

from crawler.errors import ServiceAway
from pipelines.batch import Batch
from pipelines.documents import Source
from pipelines.enrich.meaning import Meanings
from pipelines.fold import Fed, Fold
from pipelines.index import Version, Written
from pipelines.index.embedded.engine import EmbeddedIndex
from pipelines.index.mapping import COMMENTS, POSTS, RUNS
from pipelines.journal import read
from pipelines.stances import Book
from tests.installation import Installation
from tests.pipelines.collected import ACCOUNTS, EVENTS, LETTER, REPLY, SOURCES, write


class AwayOnce(EmbeddedIndex):
    """Goes away when documents of one index are put, once."""

    away: str | None = None

    def put(self, index: str, sources: Sequence[Source], versions: dict[str, Version] | None = None) -> Written:
        if index == self.away:
            self.away = None
            raise ServiceAway("连不上。")
        return super().put(index, sources, versions)


@pytest.mark.parametrize("away", [COMMENTS, RUNS, POSTS])
def test_what_was_not_folded_whole_is_folded_again(installation: Installation, away: str) -> None:
    installation.write(SOURCES, accounts=ACCOUNTS)
    config = installation.config()
    registry = installation.registry()
    write(config.journal_folder, *EVENTS)
    batch = Batch.of(read(config.journal_folder))
    index = AwayOnce(config.index_folder)
    index.away = away
    fold = Fold(registry, config.zone, index, Book(), Meanings())
    with pytest.raises(ServiceAway):
        fold.take(batch)
    assert (fold.fed.replies, fold.waiting()) == (0, tuple(batch.replies))
    fold.take(batch)
    assert fold.fed == Fed(posts=1, comments=2, replies=1, runs=1)
    assert fold.waiting() == ()
    assert [reply["id"] for reply in index.get(COMMENTS, [LETTER.id])[LETTER.id]["replies"]] == [REPLY.id]
    index.close()
