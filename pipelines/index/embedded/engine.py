"""EmbeddedIndex: tantivy folders on this machine. Touches nothing outside its folder."""

import hashlib
import platform
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Self

import orjson

from crawler.errors import ServiceAway, Unreadable
from pipelines.documents import Source
from pipelines.index import dialect
from pipelines.index.checks import strings_in
from pipelines.index.contract import Answer, Body, Hit, Progress, Stored, Unfinished, Version, Written
from pipelines.index.embedded.aggregations import Aggregator
from pipelines.index.embedded.generation import Generation
from pipelines.index.embedded.hits import HitReader, read_page
from pipelines.index.embedded.pointer import Places, Pointer
from pipelines.index.embedded.schema import DocumentBuilder
from pipelines.index.embedded.shelf import Shelf
from pipelines.index.fitness import fitting
from pipelines.index.mapping import INDICES, VERSION

PATIENCE = 30.0  # seconds a writer waits for another process


class EmbeddedIndex:
    """The index on this machine; implements `pipelines.index.Index`. Follows a swap made by another process."""

    def __init__(self, folder: Path, patience: float = PATIENCE, generation: str | None = None) -> None:
        """The index in `folder`: the generation that serves, or the one named. Nothing is made before it is needed."""
        self._folder = folder
        self._patience = patience
        self._pointer = Pointer(folder)
        self._named = generation
        self._opened: Generation | None = None

    @property
    def generation(self) -> str:
        """The name of the generation that this index reads and writes."""
        return self._named or self._pointer.places().serving

    @property
    def home(self) -> str:
        """The folder."""
        return str(self._folder.resolve())

    @property
    def made(self) -> bool:
        """Whether a generation serves."""
        return self._pointer.made and (self._folder / self._pointer.places().serving).exists()

    def make(self) -> None:
        """Make the generation that serves where there is none. Raises Unreadable where it is damaged."""
        self._generation()

    @property
    def unfinished(self) -> Unfinished | None:
        """The generation that is being built; by this installation, whose folder it is."""
        begun = self._pointer.places().building if self._pointer.made else None
        return Unfinished(begun, platform.node(), ours=True) if begun else None

    def abandon(self) -> None:
        """Drop what is being built."""
        if begun := self.unfinished:
            type(self)(self._folder, self._patience, begun.generation).discard()

    @property
    def current(self) -> bool:
        """Whether the generation was made for this version of the mapping, so that it can be written."""
        return self._generation().current

    def search(self, index: str, body: Body) -> Answer:
        """Answer a body of the dialect. Raises OutsideDialect, TooManyBuckets, Unreadable."""
        dialect.validate(index, body)
        shelf = self._readable(index, body)
        searcher = shelf.searcher()
        query = shelf.queries.build(body.get("query"))
        hits = HitReader(index, searcher, shelf.queries)
        answer: Answer = {"hits": hits.read(query, read_page(body, size=10))}
        request = body.get("aggs", body.get("aggregations"))
        if request:
            aggregator = Aggregator(searcher, shelf.queries, INDICES[index], hits)
            answer["aggregations"] = aggregator.answer(request, query)
        return answer

    def scan(self, index: str, body: Body) -> Iterator[Hit]:
        """Every hit of a body with `sort`, out of one snapshot."""
        dialect.validate(index, body)
        shelf = self._readable(index, body)
        hits = HitReader(index, shelf.searcher(), shelf.queries)
        yield from hits.scan(shelf.queries.build(body.get("query")), read_page(body, size=0))

    def get(self, index: str, ids: Sequence[str]) -> dict[str, Source]:
        """The stored documents among `ids`, by id."""
        found = self._generation().shelf(index).read(ids)
        return {identity: orjson.loads(content) for identity, content in found.items()}

    def read(self, index: str, ids: Sequence[str]) -> dict[str, Stored]:
        """The same, each with its version."""
        found = self._generation().shelf(index).read(ids)
        return {identity: Stored(orjson.loads(content), _version(content)) for identity, content in found.items()}

    def put(self, index: str, sources: Sequence[Source], versions: Mapping[str, Version] | None = None) -> Written:
        """Store documents in one commit: on disk and visible on return.

        Raises ServiceAway when another process writes for longer than half a minute or the disk refuses.
        """
        fits, refused = fitting(sources, INDICES[index])
        newest = {str(source.get("id")): source for source in sources}
        builder = DocumentBuilder(INDICES[index])
        documents = {identity: builder.build(newest[identity], content) for identity, content in fits.items()}
        shelf = self._writable(index)

        def changed() -> list[str]:
            if versions is None:
                return []
            now = {identity: _version(content) for identity, content in shelf.read(list(documents)).items()}
            return [identity for identity in documents if now.get(identity) != versions.get(identity)]

        overtaken = shelf.write(documents, changed) if documents else ()
        return Written(refused, overtaken)

    def refresh(self) -> None:
        """Nothing to do: what was put is seen at once."""

    def acknowledged(self) -> Progress:
        """How far this index has taken in the journal; nowhere where a folder is gone. Raises Unreadable."""
        return self._generation().progress()

    def acknowledge(self, progress: Progress) -> None:
        """Remember how far."""
        self._generation().remember(progress)

    def differences(self) -> list[str]:
        """How the generation differs from the mapping, and what of it cannot be read."""
        generation = self._generation()
        found = []
        if generation.version != VERSION:
            found.append(f"索引是按映射第 {generation.version} 版建的，现在是第 {VERSION} 版。")
        for index in INDICES:
            try:
                generation.shelf(index).searcher()
            except Unreadable as damage:
                found.append(str(damage))
        if not found and not generation.current:
            found.append(f"索引的字段和映射第 {VERSION} 版不同。")
        return list(dict.fromkeys(found))

    def beside(self) -> Self:
        """The generation that is being built; one begun with another mapping is dropped and begun anew."""
        building = type(self)(self._folder, self._patience, self._pointer.begin())
        if building._is_usable():
            return building
        building.discard()
        return type(self)(self._folder, self._patience, self._pointer.begin())

    def _is_usable(self) -> bool:
        try:
            return self.current
        except Unreadable:
            return False

    def discard(self) -> None:
        """Drop the generation that `beside` gave."""
        self.close()
        self._pointer.discard(self.generation)

    def swap(self) -> None:
        """Let the generation that `beside` gave serve from now on. Raises ServiceAway where it is no longer there."""
        name = self.generation
        if self._pointer.change(lambda places: Places(name) if places.building == name else places).serving != name:
            raise ServiceAway("新建的索引已被别的进程换下或删除，没有启用；请再运行一次。")

    def kept(self) -> tuple[str, ...]:
        """Generations that served before, oldest first."""
        return self._pointer.kept()

    def drop(self, generation: str) -> None:
        """Drop one of `kept`. Raises WrongUse for any other."""
        self._pointer.drop(generation)

    def close(self) -> None:
        """Let go of files."""
        if self._opened:
            self._opened.close()
            self._opened = None

    def _generation(self) -> Generation:
        name, opened = self.generation, self._opened
        if opened is None or opened.folder.name != name or not opened.folder.exists():
            # Other threads may still read in the one before; it goes with the last of them.
            self._opened = opened = self._open(self._folder / name)
        return opened

    def _open(self, folder: Path) -> Generation:
        if folder.exists():
            return Generation(folder, self._patience)
        with self._pointer.alone():
            self._check_still_there(folder.name)
            return Generation(folder, self._patience)  # it is made

    def _readable(self, index: str, body: Body) -> Shelf:
        """The shelf to ask. An older generation serves until the next one is ready, as far as it has the fields."""
        generation = self._generation()
        shelf = generation.shelf(index)
        lacking = INDICES[index].keys() - shelf.queries.fields.keys()
        if lacking & strings_in(body):
            raise Unreadable(
                f"索引是按映射第 {generation.version} 版建的，还没有这里要的字段，请运行 lianxin index rebuild。"
            )
        return shelf

    def _writable(self, index: str) -> Shelf:
        generation = self._generation()
        self._check_still_there(generation.folder.name)
        if not generation.current:
            raise Unreadable(f"索引是按映射第 {generation.version} 版建的，请运行 lianxin index rebuild。")
        return generation.shelf(index)

    def _check_still_there(self, name: str) -> None:
        places = self._pointer.places()
        if name not in (places.serving, places.building):
            raise ServiceAway("写的时候索引换成了新的一代，请再运行一次。")


def _version(content: bytes) -> Version:
    return Version(hashlib.blake2b(content, digest_size=16).hexdigest())
