"""Index: what both engines can do, and what goes in and comes out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from pipelines.documents import Source

Body = Mapping[str, object]
Answer = dict[str, object]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an index has taken in the journal.

    taken     bytes of each segment
    waiting   replies in the journal whose comment is not known yet: segment and first byte
    registry  the version of the registry that the documents were made with, empty before the first
    """

    taken: Mapping[str, int] = field(default_factory=dict)
    waiting: tuple[tuple[str, int], ...] = ()
    registry: str = ""


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

    def acknowledged(self) -> Progress:
        """How far this index has taken in the journal."""
        ...

    def acknowledge(self, progress: Progress) -> None:
        """Remember how far; call after `put`."""
        ...

    def empty(self) -> None:
        """Drop every document, and the progress."""
        ...

    def close(self) -> None:
        """Let go of files and locks."""
        ...
