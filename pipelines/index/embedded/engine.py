"""EmbeddedIndex: a tantivy folder per index, and a file of progress. Touches nothing outside its folder."""

import os
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import orjson
from tantivy import Query

from crawler.errors import ServiceAway
from pipelines.documents import Source
from pipelines.index import dialect
from pipelines.index.contract import Answer, Body, Progress
from pipelines.index.embedded.aggregations import Aggregator
from pipelines.index.embedded.hits import HitReader, read_page
from pipelines.index.embedded.schema import build_document, read_source
from pipelines.index.embedded.shelf import Shelf, Unreadable
from pipelines.index.mapping import INDICES

PATIENCE = 30.0  # seconds a writer waits for another process


class EmbeddedIndex:
    """The index on this machine; implements `pipelines.index.Index`."""

    def __init__(self, folder: Path, patience: float = PATIENCE) -> None:
        """Open or make the index in `folder`. Raises ServiceAway when the folder cannot be used.

        A folder of another version opens too, so that it can be emptied; everything else then raises Unreadable.
        """
        self._folder = folder
        self._progress = folder / "progress.json"
        self._patience = patience
        self._open: dict[str, Shelf] = {}
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ServiceAway(f"打不开本机索引的文件夹 {folder}：{error.strerror}。请检查路径和权限。") from error

    def search(self, index: str, body: Body) -> Answer:
        """Answer a body of the dialect. Raises OutsideDialect, TooManyBuckets, Unreadable."""
        dialect.validate(index, body)
        shelf = self._shelf(index)
        searcher = shelf.searcher()
        query = shelf.queries.build(body.get("query"))
        hits = HitReader(index, searcher, shelf.queries)
        answer: Answer = {"hits": hits.read(query, read_page(body, size=10))}
        request = body.get("aggs", body.get("aggregations"))
        if request:
            aggregator = Aggregator(searcher, shelf.queries, INDICES[index], hits)
            answer["aggregations"] = aggregator.answer(request, query)
        return answer

    def get(self, index: str, ids: Sequence[str]) -> dict[str, Source]:
        """The stored documents among `ids`, by id."""
        if not ids:
            return {}
        shelf = self._shelf(index)
        searcher = shelf.searcher()
        wanted = Query.term_set_query(shelf.index.schema, "id", list(ids))
        sources = (read_source(searcher.doc(at)) for _, at in searcher.search(wanted, len(ids), count=False).hits)
        return {source["id"]: source for source in sources}

    def put(self, index: str, sources: Sequence[Source]) -> None:
        """Store documents, replacing those of the same id; the last one wins within a batch.

        All or none: on disk and visible on return. Raises UnfitDocument, ServiceAway when another process writes for
        longer than half a minute or the disk refuses.
        """
        documents = {source.get("id"): build_document(source, INDICES[index]) for source in sources}
        if documents:
            self._shelf(index).write(documents)

    def acknowledged(self) -> Progress:
        """How far this index has taken in the journal; nowhere where a folder is gone. Raises Unreadable."""
        lost = [index for index in INDICES if not (self._folder / index).exists()]
        if lost:
            self._progress.unlink(missing_ok=True)
        for index in INDICES:
            self._shelf(index)
        return self._read_progress()

    def acknowledge(self, progress: Progress) -> None:
        """Remember how far."""
        _write_safely(self._progress, orjson.dumps(asdict(progress)))

    def empty(self) -> None:
        """Drop every document, and the progress; what is old or damaged is made anew."""
        self._progress.unlink(missing_ok=True)  # first: without it, all is fed again
        for index in INDICES:
            try:
                self._shelf(index).searcher()
            except Unreadable:
                self._open.pop(index, None)
                shutil.rmtree(self._folder / index)
            self._shelf(index).write({}, drop=True)

    def close(self) -> None:
        """Let go of files."""
        self._open.clear()

    def _read_progress(self) -> Progress:
        try:
            kept = orjson.loads(self._progress.read_bytes())
            waiting = tuple((str(segment), int(start)) for segment, start in kept["waiting"])
            return Progress(dict(kept["taken"]), waiting, str(kept["registry"]))
        except FileNotFoundError:
            return Progress()
        except (ValueError, KeyError, TypeError) as error:
            raise Unreadable(f"{self._progress} 损坏了，请运行 lianxin index rebuild。") from error

    def _shelf(self, index: str) -> Shelf:
        if index not in self._open:
            self._open[index] = Shelf(self._folder / index, index, self._patience)
        return self._open[index]


def _write_safely(path: Path, content: bytes) -> None:
    """Replace a file so that a crash leaves either the old or the new one."""
    handle, aside = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    Path(aside).replace(path)
