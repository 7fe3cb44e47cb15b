"""The feeder: journal ► enrich ► index. Takes in what the index has not yet acknowledged, batch by batch.

A fold over the journal: of each item the version collected last counts, whichever order, batches or processes it came
in. Feeding twice changes nothing; a killed feeder goes on from the last acknowledged byte; one feeds at a time.
"""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice

import orjson
from filelock import FileLock, Timeout

from crawler.config import Config
from crawler.errors import ServiceAway
from crawler.registry import Registry
from pipelines.fold import Batch, Fed, Fold
from pipelines.index import Index, Progress
from pipelines.journal import bytes_of, read, read_one

BATCH = 500
"""Journal entries that are enriched and indexed at once."""

PATIENCE = 600
"""Seconds to wait for another process that feeds the same index."""

Advance = Callable[[int], None]


def feed(config: Config, registry: Registry, index: Index, advance: Advance | None = None, batch: int = BATCH) -> Fed:
    """Bring the index up to the journal's end. `advance` gets the bytes of each batch taken in.

    Where the registry has changed since the index was fed, everything is fed anew: policies, stages and units are
    part of each document. Raises ServiceAway where another process feeds for too long.
    """
    with _alone(config):
        current = registry_version(registry, config)
        if index.acknowledged().registry not in {"", current}:
            index.empty()
        return _feed(config, registry, index, advance, batch, current)


def rebuild(config: Config, registry: Registry, index: Index, advance: Advance | None = None) -> Fed:
    """Empty the index and feed it from the journal's beginning."""
    with _alone(config):
        index.empty()
        return _feed(config, registry, index, advance, BATCH, registry_version(registry, config))


def behind(config: Config, index: Index) -> int:
    """How many bytes of the journal the index has not taken in."""
    taken = index.acknowledged().taken
    return sum(max(0, size - taken.get(segment, 0)) for segment, size in bytes_of(config.journal_folder).items())


def outdated(config: Config, registry: Registry, index: Index) -> bool:
    """Whether the registry has changed since the index was fed, so that the next feeding begins anew."""
    return index.acknowledged().registry not in {"", registry_version(registry, config)}


def registry_version(registry: Registry, config: Config) -> str:
    """A fingerprint of all that documents take from the registry and the zone."""
    parts = [
        [policy.model_dump(mode="json") for policy in registry.policies.values()],
        [(account.id, account.unit, account.region) for account in registry.accounts.values()],
        [(source.id, source.account, source.policies) for source in registry.sources.values()],
        config.tz,
    ]
    return hashlib.blake2b(orjson.dumps(parts), digest_size=16).hexdigest()


def _feed(config: Config, registry: Registry, index: Index, advance: Advance | None, batch: int, version: str) -> Fed:
    progress = index.acknowledged()
    taken = dict(progress.taken)
    fold = Fold(registry, config.zone, index)
    waiting = (read_one(config.journal_folder, segment, start) for segment, start in progress.waiting)
    fold.wait_for(Batch.of(waiting).replies)
    entries = read(config.journal_folder, taken)
    while chunk := list(islice(entries, batch)):
        fold.take(Batch.of(chunk))
        taken.update({entry.segment: entry.end for entry in chunk})
        index.acknowledge(Progress(taken, fold.waiting(), version))
        if advance:
            advance(sum(entry.end - entry.start for entry in chunk))
    return fold.fed


@contextmanager
def _alone(config: Config) -> Iterator[None]:
    config.data.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(config.data / "feeding.lock", timeout=PATIENCE):
            yield
    except Timeout as error:
        raise ServiceAway("另一个进程正在建索引，等了十分钟还没有结束，请等它结束后再试。") from error
