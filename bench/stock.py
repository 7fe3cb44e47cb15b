"""The stock: documents of one size, written once, read page by page by whatever is measured."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import orjson

from bench.documents import comments, posts, runs
from pipelines.documents import Source
from pipelines.index.mapping import COMMENTS, POSTS, RUNS

PAGE = 4000
"""Documents put at once, as the feeder and a move do."""

CHUNK = 1000
"""Documents in one request of `streaming_bulk`, as in one of ours."""


@dataclass(frozen=True, slots=True)
class Stock:
    """`size` comments and the posts and runs that belong to them, as JSON lines."""

    folder: Path
    size: int

    def pages(self, index: str) -> Iterator[list[Source]]:
        """The documents of one index, some at a time."""
        with (self.folder / f"{index}.jsonl").open("rb") as file:
            while lines := list(islice(file, PAGE)):
                yield [orjson.loads(line) for line in lines]

    def document_bytes(self) -> float:
        """Bytes of an average comment as JSON."""
        return (self.folder / f"{COMMENTS}.jsonl").stat().st_size / self.size


def lay_in(folder: Path, size: int) -> Stock:
    """Write `size` comments and what belongs to them."""
    folder.mkdir(parents=True)
    for index, documents in ((COMMENTS, comments(size)), (POSTS, posts(size)), (RUNS, runs(size))):
        _write(folder / f"{index}.jsonl", documents)
    return Stock(folder, size)


def _write(path: Path, documents: Iterable[Source]) -> None:
    with path.open("wb") as file:
        file.writelines(orjson.dumps(document, option=orjson.OPT_APPEND_NEWLINE) for document in documents)
