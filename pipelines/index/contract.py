"""Index: what both engines can do, and what goes in and comes out."""

from collections.abc import Mapping, Sequence
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
