"""Both engines with the same documents, and whether they say the same to a body, and what plain Python says."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from pipelines.documents import Source
from pipelines.index import Answer, Body, Index
from pipelines.index.checks import TooManyBuckets
from pipelines.index.elasticsearch.connection import Access
from pipelines.index.elasticsearch.engine import ElasticsearchIndex
from pipelines.index.embedded.engine import EmbeddedIndex
from pipelines.index.mapping import COMMENTS, POSTS, RUNS
from tests.contract import documents, plain_python
from tests.contract.comparing import differences, with_neighbours

AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Engines:
    """`stored` is what both hold, by index."""

    embedded: Index
    elasticsearch: Index
    stored: dict[str, list[Source]] = field(default_factory=dict)

    def fill(self, index: str, sources: list[Source]) -> None:
        """Put documents into both, in several portions; one in seven first in another state, to be replaced."""
        self.stored[index] = sources
        stale = [{**source, "source": "stale"} for source in sources[::7]]
        batches = [stale, *(sources[start : start + AT_ONCE] for start in range(0, len(sources), AT_ONCE))]
        for engine in (self.embedded, self.elasticsearch):
            for batch in batches:
                assert not engine.put(index, batch).refused
            engine.refresh()

    def disagreements(self, index: str, body: Body) -> list[str]:
        """Where the two differ from one another, and from plain Python: one line each, none where all are alike.

        An answer that one refuses for its size the other must refuse too.
        """
        embedded = answered(self.embedded, index, with_neighbours(body))
        elasticsearch = answered(self.elasticsearch, index, body)
        if embedded is None or elasticsearch is None:
            return [] if embedded is elasticsearch else ["only one of the two refuses it for its size"]
        exact = plain_python.answer(with_neighbours(body), self.stored[index])
        return [
            *(f"embedded ≠ Elasticsearch, {line}" for line in differences(body, embedded, elasticsearch)),
            *(f"embedded ≠ plain Python, {line}" for line in plain_python.differences(embedded, exact)),
        ]


def answered(engine: Index, index: str, body: Body) -> Answer | None:
    """An answer; None where it would hold too many buckets."""
    try:
        return engine.search(index, body)
    except TooManyBuckets:
        return None


@contextmanager
def opened(folder: Path, url: str) -> Iterator[Engines]:
    """Both engines, empty: one in a folder, one at a URL."""
    with closing(EmbeddedIndex(folder)) as embedded, closing(ElasticsearchIndex(Access(url))) as elasticsearch:
        yield Engines(embedded, elasticsearch)


def fill_with_made_up_documents(engines: Engines) -> None:
    """All of `documents`."""
    for index, sources in ((COMMENTS, documents.comments()), (POSTS, documents.posts()), (RUNS, documents.runs())):
        engines.fill(index, sources)
