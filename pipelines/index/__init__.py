"""The index: a view of the journal that can be asked. `open_index` is the only way in."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

from pipelines.documents import Source

Body = Mapping[str, object]
Answer = dict[str, object]


class Index(Protocol):
    """What both engines can do. `index` is one of mapping.COMMENTS, POSTS, RUNS.

    A body is an Elasticsearch request body inside the dialect of `dialect.py`; an answer is shaped as Elasticsearch's.
    """

    def search(self, index: str, body: Body) -> Answer:
        """Answer a body. Raises OutsideDialect for one that the dialect does not have."""
        ...

    def get(self, index: str, ids: Sequence[str]) -> dict[str, Source]:
        """The stored documents among `ids`, by id."""
        ...

    def put(self, index: str, sources: Sequence[Source]) -> None:
        """Store documents, replacing those of the same id. On disk and visible to `search` and `get` on return."""
        ...

    def acknowledged(self) -> dict[str, int]:
        """How many bytes of each journal segment this index has taken in."""
        ...

    def acknowledge(self, offsets: Mapping[str, int]) -> None:
        """Remember that these bytes are taken in; call after `put`."""
        ...

    def empty(self) -> None:
        """Drop every document and every acknowledged offset."""
        ...

    def close(self) -> None:
        """Let go of files and locks."""
        ...


def open_index(url: str, folder: Path) -> Index:
    """The index at `url`: `local` is the embedded engine in `folder`.

    Raises ServiceAway when it cannot be opened, WrongUse when this version has no engine for `url`.
    """
    from crawler.errors import WrongUse
    from pipelines.index.embedded.engine import EmbeddedIndex

    if url == "local":
        return EmbeddedIndex(folder)
    raise WrongUse("这个版本只带本机索引：请把 LIANXIN_INDEX 设为 local（Elasticsearch 引擎还没有随版本提供）。")
