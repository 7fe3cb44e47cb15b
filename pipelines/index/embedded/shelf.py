"""Shelf: one tantivy folder on disk. It knows how to be made, opened, read and written by several processes at once."""

import logging
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from threading import Lock

import orjson
import tantivy
from tantivy import Query

from crawler.errors import ServiceAway, Unreadable
from pipelines.index.embedded.query import QueryBuilder
from pipelines.index.embedded.schema import build_schema, read_bytes
from pipelines.index.mapping import Field

_META = "meta.json"
_BLOCK = 65_536  # bytes of documents that are compressed together: a fifth less disk than the library's 16 KB
_MEMORY = 64_000_000  # bytes of documents before tantivy flushes a segment
_log = logging.getLogger(__name__)


def make_shelf(folder: Path, fields: Mapping[str, Field]) -> None:
    """Make an empty one."""
    folder.mkdir()
    tantivy.Index(build_schema(fields), path=str(folder))
    # The library has no parameter for it; the setting belongs to the folder and is kept by every writer.
    meta = orjson.loads((folder / _META).read_bytes())
    meta["index_settings"]["docstore_blocksize"] = _BLOCK
    (folder / _META).write_bytes(orjson.dumps(meta))


class Shelf:
    """The tantivy folder of one index, shared by processes. Writers take turns; readers see the newest commit."""

    def __init__(self, folder: Path, fields: Mapping[str, Field], patience: float) -> None:
        """Open it; `patience` in seconds. Raises Unreadable, ServiceAway."""
        self.folder = folder
        schema = build_schema(fields)
        self._patience = patience
        self._lock = Lock()
        self._seen: tuple[int, int, int] | None = None
        try:
            if not folder.exists():
                raise Unreadable(f"本机索引的文件夹 {folder} 不见了，请运行 lianxin index rebuild。")
            self.index = tantivy.Index(schema, path=str(folder))
            self.index.config_reader("manual", 0)
        except OSError as error:
            raise _away(folder, error) from error
        except ValueError as error:
            raise _broken(folder, error) from error
        self.queries = QueryBuilder(schema, fields)

    def searcher(self) -> tantivy.Searcher:
        """A snapshot of the newest commit, whoever made it. Raises Unreadable, ServiceAway."""
        with self._lock:
            try:
                state = (self.folder / _META).stat()
                seen = (state.st_ino, state.st_mtime_ns, state.st_size)
                if seen != self._seen:
                    self.index.reload()
                    self._seen = seen
            except OSError as error:
                raise _away(self.folder, error) from error
            except ValueError as error:
                raise _broken(self.folder, error) from error
            return self.index.searcher()

    def read(self, ids: Sequence[str]) -> dict[str, bytes]:
        """The stored sources among `ids`, by id, as written."""
        if not ids:
            return {}
        searcher = self.searcher()
        wanted = [(identity, Query.term_query(self.queries.schema, "id", identity)) for identity in dict.fromkeys(ids)]
        found = ((identity, searcher.search(query, 1, count=False).hits) for identity, query in wanted)
        return {identity: read_bytes(searcher.doc(hits[0][1])) for identity, hits in found if hits}

    def write(
        self, documents: Mapping[str, tantivy.Document], spared: Callable[[], Iterable[str]] = tuple
    ) -> tuple[str, ...]:
        """Replace these documents in one commit, all but those that `spared` names.

        `spared` is asked once nobody else can write. Gives what it named.
        """
        writer = self._writer()
        left_alone = dict.fromkeys(spared())  # in order, and quick to look up
        try:
            # A writer killed in the middle of a commit leaves files whose names this commit would use again.
            writer.garbage_collect_files()
            for identity, document in documents.items():
                if identity not in left_alone:
                    writer.delete_documents_by_term("id", identity)
                    writer.add_document(document)
            writer.commit()
            writer.wait_merging_threads()
        except (OSError, ValueError) as error:
            raise _away(self.folder, error) from error
        return tuple(left_alone)

    def _writer(self) -> tantivy.IndexWriter:
        """tantivy's writer, which holds the lock file until it is let go. Waits for other processes."""
        deadline = time.monotonic() + self._patience
        while True:
            try:
                return self.index.writer(_MEMORY, 1)
            except ValueError as error:
                if "LockBusy" not in str(error):
                    raise _away(self.folder, error) from error
                if time.monotonic() > deadline:
                    raise ServiceAway(
                        f"另一个进程正在写本机索引，等了 {self._patience:g} 秒仍未写完；请稍后再试。"
                    ) from error
                time.sleep(0.02)


def _away(folder: Path, error: Exception) -> ServiceAway:
    """What a user is told; the library's own words go to the log."""
    _log.info("%s: %s", folder, error)
    return ServiceAway(f"打不开本机索引 {folder}。请检查文件夹是否存在、是否可写、磁盘是否已满。")


def _broken(folder: Path, error: Exception) -> Unreadable:
    _log.info("%s: %s", folder, error)
    return Unreadable(f"读不出本机索引 {folder}，它的文件少了或损坏了。请运行 lianxin index rebuild。")
