"""Twenty thousand comments and letters, posts and runs: to a real Elasticsearch and back, with nothing changed."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from crawler.config import Config
from pipelines.index import Index, Progress, open_index
from pipelines.index.mapping import COMMENTS, INDICES, POSTS, RUNS
from pipelines.moving import move
from pipelines.watching import Unwatched
from tests.contract import documents

REACHED = Progress({"a.jsonl": 900, "b.jsonl": 70}, (("a.jsonl", 120), ("b.jsonl", 7)), "made by this")
MADE = {COMMENTS: documents.comments, POSTS: documents.posts, RUNS: documents.runs}


@contextmanager
def opened(config: Config) -> Iterator[Index]:
    index = open_index(config)
    try:
        yield index
    finally:
        index.close()


def test_an_index_is_the_same_after_going_there_and_back(elasticsearch: str, tmp_path: Path) -> None:
    here, back = Config(data=tmp_path / "here"), Config(data=tmp_path / "back")
    there = here.model_copy(update={"index": elasticsearch})
    with opened(here) as first, opened(there) as cluster, opened(back) as last:
        for name, make in MADE.items():
            assert first.put(name, make()).refused == ()
        first.acknowledge(REACHED)
        out = move(here, first, cluster, Unwatched())
        home = move(here, cluster, last, Unwatched())
        assert [row for row in (*out.rows, *home.rows) if not row.equal] == []
        assert [row.there for row in out.rows] == [row.there for row in home.rows]
        assert cluster.acknowledged() == last.acknowledged() == REACHED
        kinds = set()
        for name, make in MADE.items():
            ids = [str(source["id"]) for source in make()]
            sources = last.get(name, ids)
            assert sources == first.get(name, ids)
            assert len(sources) == len(set(ids))
            kinds |= {source.get("kind") for source in sources.values()}
    assert set(INDICES) == set(MADE)
    assert {"comment", "letter"} <= kinds
