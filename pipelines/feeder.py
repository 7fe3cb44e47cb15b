"""The feeder: journal ► enrich ► index. Takes in what the index has not yet acknowledged, batch by batch.

A fold over the journal: of each item the newest version an index can take counts, whichever order, batches or processes
it came in. Feeding twice changes nothing; a killed feeder goes on from the last acknowledged byte; one feeds at a time.
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress

from crawler.config import Config
from crawler.errors import ServiceAway, Trouble, Unreadable, WrongUse
from crawler.ledger import Ledger
from crawler.registry import Registry
from pipelines.batch import Batch
from pipelines.building import begun_for
from pipelines.documents import words_of
from pipelines.enrich.ahead import meanings_for
from pipelines.enrich.meaning import Meanings
from pipelines.feeding_lock import alone
from pipelines.fold import Fed, Fold
from pipelines.index import Index, Progress, mapping_version
from pipelines.index.mapping import VERSION
from pipelines.journal import Entry, JournalBroken, Place, bytes_of, read, read_one
from pipelines.lag import beyond, lacking, lag
from pipelines.recipe import recipe_of
from pipelines.refusals import write_down
from pipelines.stances import bring_in_line, load_book
from pipelines.watching import Unwatched, Watch

BATCH = 4000
"""Journal entries that are enriched and indexed at once."""

UNWATCHED = Unwatched()
NEWER = "索引是更新的程序建的。请升级这台机器上的连心桥；确实要退回旧版，就运行 lianxin index rebuild。"


class JournalIncomplete(Trouble):
    """The index holds what the journal here could not make again."""


def feed(config: Config, registry: Registry, index: Index, watch: Watch = UNWATCHED, batch: int = BATCH) -> Fed:
    """Bring the index up to the journal's end. `watch` counts entries of the journal.

    Where the registry, the mapping or the model has changed since, a new generation is fed beside the index and takes
    its place: policies, stages and moods are part of each document. Raises ServiceAway where the index cannot be
    reached, or another process is at it for too long; what was acknowledged stays. Raises WrongUse where a newer
    program made the index.
    """
    with alone(config, watch, "更新索引"):
        index.make()
        if not outdated(config, registry, index):
            return _feed(config, registry, index, watch, batch)
        if newer(index):
            raise WrongUse(NEWER)
        _check_journal(config, index.acknowledged().taken)
        before = index.generation
        fed = _feed_beside(config, registry, index, watch, batch)
        # The new one serves already. Another machine may have dropped the old one; where it cannot go yet, it is kept.
        with suppress(ServiceAway, WrongUse):
            index.drop(before)
        return fed


def rebuild(
    config: Config, registry: Registry, index: Index, watch: Watch = UNWATCHED, incomplete: bool = False
) -> Fed:
    """Feed a new generation from the journal's beginning, beside the index, and let it serve.

    Goes on where an interrupted one ended. The generation that served before is kept. Raises JournalIncomplete where
    the index has taken in more than the journal here holds, unless `incomplete` says that it may go; where a damaged
    index cannot say what it took in, the ledger does.
    """
    with alone(config, watch, "重建索引"):
        if not incomplete:
            _check_journal(config, _taken(config, index))
        return _feed_beside(config, registry, index, watch, BATCH)


def outdated(config: Config, registry: Registry, index: Index) -> bool:
    """Whether the index was made for another registry, mapping or model, so that the next feeding begins anew."""
    return not index.current or index.acknowledged().recipe not in {"", recipe_of(registry, config)}


def _feed_beside(config: Config, registry: Registry, index: Index, watch: Watch, batch: int) -> Fed:
    building = begun_for(index, recipe_of(registry, config))
    try:
        fed = _feed(config, registry, building, watch, batch, serving=False)
        reached = building.acknowledged().taken
        building.swap()
    finally:
        building.close()
    with Ledger(config.ledger_path) as ledger:
        ledger.note_fed_anew(config.index_place, reached)
    return fed


def _feed(config: Config, registry: Registry, index: Index, watch: Watch, batch: int, serving: bool = True) -> Fed:
    progress = index.acknowledged()
    recipe, taken = recipe_of(registry, config), dict(progress.taken)
    behind = lag(config.journal_folder, taken).entries
    with meanings_for(behind, config.sentiment) as meanings, Ledger(config.ledger_path) as ledger:
        fold = Fold(registry, config.zone, index, load_book(config, registry.policies, index), meanings)
        elsewhere = _take_waiting(config, index, fold, progress, recipe)
        watch.expect(behind)
        for entries, sorted_in in _batches(read(config.journal_folder, taken), batch, meanings):
            write_down(config, index, fold.take(sorted_in))
            taken.update({entry.segment: entry.end for entry in entries})
            index.acknowledge(Progress(dict(taken), (*elsewhere, *fold.waiting()), recipe))
            if serving:
                ledger.note_fed(config.index_place, {entry.segment: entry.end for entry in entries})
            watch(len(entries))
    index.refresh()
    bring_in_line(config, registry.policies, index)
    return fold.fed


def _take_waiting(config: Config, index: Index, fold: Fold, progress: Progress, recipe: str) -> tuple[Place, ...]:
    """Take in replies that waited for their comments: these may have come by another machine meanwhile.

    Gives the places of those that wait elsewhere: in other machines' journals, or in what was not copied yet.
    """
    sizes = bytes_of(config.journal_folder, progress.taken)
    here = {place for place in progress.waiting if place[1] < sizes.get(place[0], 0)}
    elsewhere = tuple(place for place in progress.waiting if place not in here)
    waiting = Batch.of(read_one(config.journal_folder, *place) for place in sorted(here))
    write_down(config, index, fold.take(waiting))
    if set(fold.waiting()) != here:
        index.acknowledge(Progress(dict(progress.taken), (*elsewhere, *fold.waiting()), recipe))
    return elsewhere


def _batches(entries: Iterator[Entry], size: int, meanings: Meanings) -> Iterator[tuple[list[Entry], Batch]]:
    """Entries, so many at once, and sorted. Each is given when the next is read and its words are expected."""
    ready: tuple[list[Entry], Batch] | None = None
    try:
        for chunk in _chunks(entries, size):
            batch = Batch.of(chunk)
            meanings.expect([words_of(comment) for comment in batch.comments.values()])
            if ready:
                yield ready
            ready = chunk, batch
    except JournalBroken:
        if ready:
            yield ready
        raise
    if ready:
        yield ready


def _chunks(entries: Iterator[Entry], size: int) -> Iterator[list[Entry]]:
    """So many at once; what stands before a damaged entry is given before it is told."""
    chunk: list[Entry] = []
    try:
        for entry in entries:
            chunk.append(entry)
            if len(chunk) == size:
                yield chunk
                chunk = []
    except JournalBroken:
        if chunk:
            yield chunk
        raise
    if chunk:
        yield chunk


def newer(index: Index) -> bool:
    """Whether a newer program made the index; an older one must not replace it unasked."""
    return mapping_version(index.generation) > VERSION


def _taken(config: Config, index: Index) -> Mapping[str, int]:
    try:
        return index.acknowledged().taken if index.made else {}
    except Unreadable:
        with Ledger(config.ledger_path) as ledger:
            return ledger.fed(config.index_place)


def _check_journal(config: Config, taken: Mapping[str, int]) -> None:
    lost = beyond(config.journal_folder, taken)
    if lost:
        raise JournalIncomplete(
            f"{lacking(lost)}，重建会丢掉它们。请先把完整的复制过来（别的机器采集的、备份里的）；"
            "确实不要了，就用 lianxin index rebuild --incomplete。"
        )
