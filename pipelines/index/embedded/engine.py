"""EmbeddedIndex: one tantivy folder per index, a file of acknowledged offsets, many processes at once.

It may touch nothing outside its folder. Writers take tantivy's lock for one `put`; readers look at the newest commit.
"""

import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import astuple
from pathlib import Path
from threading import Lock

import orjson
import tantivy
from tantivy import Query

from crawler.errors import ServiceAway, Trouble
from pipelines.documents import Source
from pipelines.index import Answer, Body, dialect
from pipelines.index.embedded.aggregations import Aggregator
from pipelines.index.embedded.hits import HitReader, read_page
from pipelines.index.embedded.query import QueryBuilder
from pipelines.index.embedded.schema import build_document, build_schema, read_source
from pipelines.index.mapping import INDICES, VERSION

PATIENCE = 30.0  # seconds a writer waits for another process
_MEMORY = 32_000_000  # bytes of documents before tantivy flushes a segment
_OLD = "索引是旧版本建的，请运行 lianxin index rebuild。"
_AWAY = "打不开本机索引 {folder}：{reason}。请检查文件夹是否存在、是否可写、磁盘是否已满。"


class EmbeddedIndex:
    """The index on this machine; implements `pipelines.index.Index`."""

    def __init__(self, folder: Path) -> None:
        """Open or make the index in `folder`. Raises ServiceAway when the folder cannot be used.

        A folder of another version opens too, so that it can be emptied; everything else then raises Trouble.
        """
        self._folder = folder
        self._offsets = folder / "acknowledged.json"
        self._open: dict[str, _Shelf] = {}
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ServiceAway(_AWAY.format(folder=folder, reason=error.strerror)) from error

    def search(self, index: str, body: Body) -> Answer:
        """Answer a body of the dialect. Raises OutsideDialect, TooManyBuckets, Trouble."""
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

    def acknowledged(self) -> dict[str, int]:
        """How many bytes of each journal segment this index has taken in."""
        for index in INDICES:
            self._shelf(index)
        return self._read_offsets()

    def acknowledge(self, offsets: Mapping[str, int]) -> None:
        """Remember that these bytes are taken in."""
        _write_safely(self._offsets, orjson.dumps(self._read_offsets() | dict(offsets)))

    def empty(self) -> None:
        """Drop every document and every acknowledged offset; a folder of another version becomes one of this."""
        self._offsets.unlink(missing_ok=True)  # first: without offsets, all is fed again
        for index in INDICES:
            try:
                shelf = self._shelf(index)
            except Trouble:
                shutil.rmtree(self._folder / index)
            else:
                shelf.write({}, drop=True)

    def close(self) -> None:
        """Let go of files."""
        self._open.clear()

    def _read_offsets(self) -> dict[str, int]:
        try:
            return orjson.loads(self._offsets.read_bytes())
        except FileNotFoundError:
            return {}

    def _shelf(self, index: str) -> "_Shelf":
        if index not in self._open:
            self._open[index] = _Shelf(self._folder / index, index)
        return self._open[index]


class _Shelf:
    """The tantivy folder of one index."""

    def __init__(self, folder: Path, name: str) -> None:
        self.folder = folder
        fields = INDICES[name]
        schema = build_schema(fields)
        described = {key: astuple(field) for key, field in fields.items()}
        self._about = orjson.dumps({"mapping": VERSION, "fields": hashlib.sha256(orjson.dumps(described)).hexdigest()})
        self._lock = Lock()
        self._seen: tuple[int, int, int] | None = None
        try:
            if not folder.exists():
                self._make(schema)
            if (folder / "about.json").read_bytes() != self._about:
                raise Trouble(_OLD)
            self.index = tantivy.Index(schema, path=str(folder))
        except FileNotFoundError as error:
            raise Trouble(_OLD) from error
        except (OSError, ValueError) as error:
            raise ServiceAway(_AWAY.format(folder=folder, reason=error)) from error
        self.index.config_reader("manual", 0)
        self.queries = QueryBuilder(schema, fields)

    def _make(self, schema: tantivy.Schema) -> None:
        """Build aside and rename, so that two processes cannot both begin the same folder."""
        aside = Path(tempfile.mkdtemp(prefix=f".{self.folder.name}-", dir=self.folder.parent))
        aside.chmod(0o755)
        tantivy.Index(schema, path=str(aside))
        (aside / "about.json").write_bytes(self._about)
        try:
            aside.rename(self.folder)
        except OSError:
            shutil.rmtree(aside)
            if not self.folder.exists():
                raise

    def searcher(self) -> tantivy.Searcher:
        """A snapshot of the newest commit, whoever made it."""
        with self._lock:
            state = (self.folder / "meta.json").stat()
            seen = (state.st_ino, state.st_mtime_ns, state.st_size)
            if seen != self._seen:
                self.index.reload()
                self._seen = seen
            return self.index.searcher()

    def write(self, documents: Mapping[str, tantivy.Document], drop: bool = False) -> None:
        """Replace these documents in one commit, after dropping everything if so told."""
        writer = self._writer()
        try:
            if drop:
                writer.delete_all_documents()
            for identity, document in documents.items():
                writer.delete_documents_by_term("id", identity)
                writer.add_document(document)
            writer.commit()
            writer.wait_merging_threads()
        except (OSError, ValueError) as error:
            raise ServiceAway(_AWAY.format(folder=self.folder, reason=error)) from error

    def _writer(self) -> tantivy.IndexWriter:
        """tantivy's writer, which holds the lock file until it is let go. Waits for other processes."""
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                return self.index.writer(_MEMORY, 1)
            except ValueError as error:
                if "LockBusy" not in str(error):
                    raise ServiceAway(_AWAY.format(folder=self.folder, reason=error)) from error
                if time.monotonic() > deadline:
                    raise ServiceAway("另一个进程正在写本机索引，等了 30 秒仍未写完；请稍后再试。") from error
                time.sleep(0.02)


def _write_safely(path: Path, content: bytes) -> None:
    """Replace a file so that a crash leaves either the old or the new one."""
    handle, aside = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    Path(aside).replace(path)
