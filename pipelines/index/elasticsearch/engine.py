"""ElasticsearchIndex: the same documents and questions on an Elasticsearch. Its names are told in `generations`."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Self

from crawler.errors import ServiceAway, Unreadable
from pipelines.documents import Source
from pipelines.index import dialect
from pipelines.index.checks import strings_in
from pipelines.index.contract import Answer, Body, Hit, Progress, Stored, Unfinished, Version, Written
from pipelines.index.elasticsearch import checking
from pipelines.index.elasticsearch.asking import answer, question
from pipelines.index.elasticsearch.bulk import Bulk, Gone
from pipelines.index.elasticsearch.connection import TIMEOUT, Access, Connection
from pipelines.index.elasticsearch.generations import Generations, Places, open_alias, physical
from pipelines.index.elasticsearch.progress import ProgressBook
from pipelines.index.elasticsearch.reading import read_documents, search, walk
from pipelines.index.elasticsearch.templates import PROGRESS
from pipelines.index.elasticsearch.versions import parcels, read_as
from pipelines.index.fitness import fitting
from pipelines.index.mapping import INDICES

PATIENCE = 60.0


class ElasticsearchIndex:
    """The index on an Elasticsearch; implements `pipelines.index.Index`.

    Nothing is asked of the server before it is needed. Searches follow a swap made by another process; what was read
    from a generation is never written into another.
    """

    def __init__(
        self,
        access: Access,
        patience: float = PATIENCE,
        generation: str | None = None,
        timeout: float = TIMEOUT,
        held_up: Callable[[str], None] = lambda _: None,
        installation: Callable[[], str] = str,
    ) -> None:
        """The generation that serves, or the one named.

        patience      seconds without any progress after which `put` gives up
        timeout       seconds for one answer
        held_up       hears, in a sentence, what `put` waits for
        installation  gives the id of this installation, to tell what it begins from what others do

        Raises WrongUse for an address that cannot be used; everything else may, where it shows later.
        """
        self._access = access
        self._patience = patience
        self._timeout = timeout
        self._held_up = held_up
        self._named = generation
        self._connection = Connection(access, timeout)
        self._installation = installation
        self._generations = Generations(self._connection, installation)
        self._serving: str | None = None
        self._whole: str | None = None  # the generation that was last found to have all of its indices
        self._known: dict[str, checking.About] = {}
        self._book: tuple[ProgressBook, Progress] | None = None

    @property
    def generation(self) -> str:
        """The name of the generation that this index reads and writes. Made where there is none."""
        return self._named or self._look_up()

    def make(self) -> None:
        """Make the generation that serves where there is none, and those of its indices that were lost, empty."""
        generation, places = self._found()
        missing = places.missing(generation)
        if generation in (places.serving, places.building) and missing:
            if PROGRESS not in missing:  # documents were lost, so what was taken in has to come again
                ProgressBook(self._connection, generation, self._patience).clear()
            self._generations.complete(generation, building=generation == places.building)
            self._known.pop(generation, None)
        self._whole = generation

    @property
    def home(self) -> str:
        """The cluster's own id: in one cluster there is one index."""
        return self._connection.cluster

    @property
    def made(self) -> bool:
        """Whether a generation serves."""
        return self._generations.places().serving is not None

    @property
    def unfinished(self) -> Unfinished | None:
        """The generation that is being built."""
        begun = self._generations.places().building
        if begun is None:
            return None
        host, installation = checking.look(self._connection, begun).begun_by
        return Unfinished(begun, host, ours=installation == self._installation())

    def abandon(self) -> None:
        """Drop what is being built."""
        if begun := self._generations.places().building:
            self._generations.discard(begun)

    @property
    def current(self) -> bool:
        """Whether the generation was made for this version of the mapping, so that it can be written."""
        return self._about(self.generation).current

    def search(self, index: str, body: Body) -> Answer:
        """Answer a body of the dialect. Raises OutsideDialect, TooManyBuckets, Unreadable."""
        dialect.validate(index, body)
        with self._forgetful():
            found = search(self._connection, self._readable(index, body), question(body, INDICES[index]))
        return answer(body, index, found)

    def scan(self, index: str, body: Body) -> Iterator[Hit]:
        """Every hit of a body with `sort`, out of one snapshot, which ends with the iterator."""
        dialect.validate(index, body)
        with self._forgetful():
            yield from walk(self._connection, self._readable(index, body), index, body, INDICES[index])

    def get(self, index: str, ids: Sequence[str]) -> dict[str, Source]:
        """The stored documents among `ids`, by id."""
        return {identity: stored.source for identity, stored in self.read(index, ids).items()}

    def read(self, index: str, ids: Sequence[str]) -> dict[str, Stored]:
        """The same, each with its version: generation, sequence number and primary term."""
        with self._forgetful():
            found = read_documents(self._connection, self._readable(index, {}), ids)
        stored = {}
        for identity, document in found.items():
            self._serving, version = read_as(document)
            stored[identity] = Stored(document["_source"], version)
        return stored

    def put(self, index: str, sources: Sequence[Source], versions: Mapping[str, Version] | None = None) -> Written:
        """Store documents: on disk of the primary and its copies on return, seen by `search` after `refresh`.

        Raises ServiceAway when Elasticsearch has taken nothing for `patience` seconds, or the generation no longer
        serves; Unreadable where it was made for another mapping.
        """
        fields = INDICES[index]
        fits, refused = fitting(sources, fields)
        if not fits:
            return Written(refused)
        generation = self._writable()
        sent, stale = parcels(fits, versions, generation)
        place = physical(index, generation)

        def stored(ids: Sequence[str]) -> dict[str, Source]:
            found = read_documents(self._connection, place, ids)
            return {identity: document["_source"] for identity, document in found.items()}

        bulk = Bulk(self._connection, open_alias(index, generation), fields, self._patience, stored, self._held_up)
        with self._forgetful():
            delivery = bulk.send(sent)
        return Written((*refused, *delivery.refused), (*stale, *delivery.overtaken))

    def refresh(self) -> None:
        """Let `search` see all that was put."""
        with self._forgetful():
            self._writes_to()
            self._connection.get("POST", f"/{','.join(self._place(index) for index in INDICES)}/_refresh")

    def acknowledged(self) -> Progress:
        """How far the generation has taken in the journal; nowhere where one of its indices was lost."""
        generation, places = self._found()
        book = ProgressBook(self._connection, generation, self._patience)
        progress = Progress() if places.missing(generation) else book.read()
        self._book = (book, progress)
        return progress

    def acknowledge(self, progress: Progress) -> None:
        """Remember how far, in the generation that `acknowledged` told of. Other machines' segments stay."""
        if self._book is None:
            self.acknowledged()
        if self._book is not None:
            book, known = self._book
            with self._forgetful():
                self._writes_to()
                book.write(known, progress)
            self._book = (book, progress)

    def differences(self) -> list[str]:
        """How the generation differs from the mapping, and its aliases from what they should be."""
        generation, places = self._found()
        return checking.differences(self._connection, places, generation)

    def beside(self) -> Self:
        """The generation that is being built; one begun with another mapping is dropped and begun anew."""
        begun = self._beside(self._generations.places().building or self._generations.begin(building=True))
        if begun.current:
            return begun
        begun.discard()
        begun.close()
        return self._beside(self._generations.begin(building=True))

    def _beside(self, generation: str) -> Self:
        beside = type(self)(self._access, self._patience, generation, self._timeout, self._held_up, self._installation)
        beside.make()
        return beside

    def discard(self) -> None:
        """Drop the generation that `beside` gave."""
        self._generations.discard(self.generation)
        self._book = None

    def swap(self) -> None:
        """Let the generation that `beside` gave serve from now on."""
        self._generations.swap(self.generation)

    def kept(self) -> tuple[str, ...]:
        """Generations that served before, oldest first."""
        return self._generations.places().kept

    def drop(self, generation: str) -> None:
        """Drop one of `kept`. Raises WrongUse for any other."""
        self._generations.drop(generation)

    def close(self) -> None:
        """Let go of sockets."""
        self._connection.close()

    def _look_up(self) -> str:
        """The generation to read: the one named, or the one that serves now, begun where there is none."""
        return self._found()[0]

    def _found(self) -> tuple[str, Places]:
        places = self._generations.places()
        generation = self._named or places.serving
        if generation is None:
            generation = self._generations.begin(building=False)
            places = self._generations.places()
        self._serving = generation
        return generation, places

    def _writes_to(self) -> str:
        """The generation to write, with all of its indices."""
        if self._whole is None or self._whole != (self._named or self._serving):
            self.make()
        return self._named or self._serving or self._look_up()

    def _place(self, index: str) -> str:
        """What to ask: the alias, which follows a swap, or the index of the generation named."""
        return physical(index, self._named) if self._named else index

    def _readable(self, index: str, body: Body) -> str:
        """What to ask. An older generation serves until the next one is ready, as far as it has the fields."""
        about = self._about(self._named or self._serving or self._look_up())
        if about.mappings and index not in about.mappings:
            self._known.clear()  # somebody may make it again
            raise Unreadable(f"{physical(index, self.generation)} 不见了，请运行 lianxin index rebuild。")
        if not about.current and about.lacking(index) & strings_in(body):
            about = self._about(self.generation)
            if about.lacking(index) & strings_in(body):
                raise Unreadable(
                    f"索引是按映射第 {about.version} 版建的，还没有这里要的字段，请运行 lianxin index rebuild。"
                )
        return self._place(index)

    def _writable(self) -> str:
        generation = self._writes_to()
        about = self._about(generation)
        if not about.mappings:
            raise Gone
        if not about.current:
            raise Unreadable(f"索引是按映射第 {about.version} 版建的，请运行 lianxin index rebuild。")
        return generation

    def _about(self, generation: str) -> checking.About:
        """Live mappings, asked for once: a generation's never change unless one of its indices is made again."""
        if generation not in self._known:
            self._known[generation] = checking.look(self._connection, generation)
        return self._known[generation]

    @contextmanager
    def _forgetful(self) -> Iterator[None]:
        """After a failure look again which generation serves."""
        try:
            yield
        except ServiceAway:
            self._serving = self._whole = None
            raise
