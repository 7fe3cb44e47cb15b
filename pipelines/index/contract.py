"""Index: what both engines can do, and what goes in and comes out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NewType, Protocol, Self

from pipelines.documents import Source

Body = Mapping[str, object]
Answer = dict[str, object]
Hit = dict[str, object]

Version = NewType("Version", str)
"""Which state of a stored document was read. Only the engine that gave it can read it."""


def mapping_version(generation: str) -> int:
    """The version of the mapping that a generation was made for: its name begins with it."""
    return int(generation.partition("-")[0])


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A generation that was begun and does not serve yet.

    generation  its name, which tells when: `1-20261124t170155123456`, in UTC
    host        what the machine that began it calls itself; empty where that is not known
    ours        whether it was begun by this installation
    """

    generation: str
    host: str
    ours: bool

    @property
    def at(self) -> datetime:
        """When it was begun."""
        return datetime.strptime(self.generation.partition("-")[2], "%Y%m%dt%H%M%S%f").replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Stored:
    """A document as it is stored, and which state of it this is."""

    source: Source
    version: Version


@dataclass(frozen=True, slots=True)
class Refused:
    """A document that the index will never take: its id, and why, without the value that was at fault."""

    id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Written:
    """What became of the documents of a `put`. All that is named neither here nor there is stored.

    refused    will never be taken
    overtaken  ids of documents that somebody changed since they were read; what was put for them is not stored
    """

    refused: tuple[Refused, ...] = ()
    overtaken: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an index has taken in the journal.

    taken     bytes of each segment
    waiting   replies in the journal whose comment is not known yet: segment and first byte
    recipe    what the documents were made by (`pipelines.recipe`), empty before the first
    """

    taken: Mapping[str, int] = field(default_factory=dict)
    waiting: tuple[tuple[str, int], ...] = ()
    recipe: str = ""


class Index(Protocol):
    """What both engines can do. `index` is one of mapping.COMMENTS, POSTS, RUNS.

    A body is an Elasticsearch request body inside the dialect of `dialect.py`; an answer is shaped as Elasticsearch's.

    The documents lie in a *generation*: everything that was made with one version of the mapping. A new one is built
    beside the one that serves and takes its place at once; the old one is kept until told.

    Everything raises ServiceAway when the engine cannot be reached or does not accept the work for now.
    """

    @property
    def generation(self) -> str:
        """The name of the generation that this index reads and writes."""
        ...

    @property
    def home(self) -> str:
        """Where the index lies, the same by whatever address or path it was reached."""
        ...

    @property
    def made(self) -> bool:
        """Whether a generation serves. Asking makes none, as everything else does where there is none.

        Whatever only reads changes nothing where one serves, even one that was damaged.
        """
        ...

    def make(self) -> None:
        """Make the generation that serves where there is none, and what of it was lost and can be made again, empty.

        What was lost has to come again: `acknowledged` tells of nothing then.
        """
        ...

    @property
    def unfinished(self) -> Unfinished | None:
        """The generation that was begun beside this one and does not serve yet. Asking begins none."""
        ...

    def abandon(self) -> None:
        """Drop `unfinished`, whatever it was begun for. Nothing where there is none."""
        ...

    @property
    def current(self) -> bool:
        """Whether the generation was made for this version of the mapping, so that it can be written."""
        ...

    def search(self, index: str, body: Body) -> Answer:
        """Answer a body. Raises OutsideDialect for one that the dialect does not have."""
        ...

    def scan(self, index: str, body: Body) -> Iterator[Hit]:
        """Every hit of a body with `sort`, out of one snapshot; `size` says how many are read at once."""
        ...

    def get(self, index: str, ids: Sequence[str]) -> dict[str, Source]:
        """The stored documents among `ids`, by id, as last put."""
        ...

    def read(self, index: str, ids: Sequence[str]) -> dict[str, Stored]:
        """The same, each with its version, for those who mean to change them."""
        ...

    def put(self, index: str, sources: Sequence[Source], versions: Mapping[str, Version] | None = None) -> Written:
        """Store documents, replacing those of the same id; within one call the last of an id counts.

        With `versions`, what `read` gave: a document is stored only where its state is still that one, or where it
        still does not exist when its id is not among them. Stored means on disk and seen by `get`; `search` sees it
        after `refresh`.
        """
        ...

    def refresh(self) -> None:
        """Let `search` see all that was put."""
        ...

    def acknowledged(self) -> Progress:
        """How far this index has taken in the journal."""
        ...

    def acknowledge(self, progress: Progress) -> None:
        """Remember how far; call after `put`."""
        ...

    def differences(self) -> list[str]:
        """How the generation differs from the mapping: one sentence (Chinese) a difference, none where it is right."""
        ...

    def beside(self) -> Self:
        """The generation that is being built beside this one: the one begun earlier, or a new and empty one."""
        ...

    def discard(self) -> None:
        """Drop the generation that `beside` gave."""
        ...

    def swap(self) -> None:
        """Let the generation that `beside` gave serve from now on. The one before is kept.

        Raises ServiceAway where it is no longer being built.
        """
        ...

    def kept(self) -> tuple[str, ...]:
        """Generations that served before, oldest first."""
        ...

    def drop(self, generation: str) -> None:
        """Drop one of `kept`. Raises WrongUse for any other, ServiceAway where it cannot go yet; then it is kept."""
        ...

    def close(self) -> None:
        """Let go of files, connections and locks."""
        ...
