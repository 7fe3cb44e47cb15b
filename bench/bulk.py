"""How fast documents are put: into either engine, and by our client beside the official one."""

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from elasticsearch import Elasticsearch
from elasticsearch.helpers import streaming_bulk

from bench.elasticsearch import Baseline
from bench.measuring import Spent, bytes_in, spent, table
from bench.noop_server import noop_server
from bench.stock import CHUNK, Stock
from crawler.config import Config
from pipelines.documents import Source
from pipelines.index import Index, open_index
from pipelines.index.embedded.engine import EmbeddedIndex
from pipelines.index.mapping import COMMENTS, INDICES

ROUNDS = 4
"""How often the client puts the same pages into nothing."""


@dataclass(frozen=True, slots=True)
class Filled:
    """One way to put all comments: what it took, and their bytes on disk where they stay."""

    way: str
    comments: int
    took: Spent
    stored_bytes: int | None = None

    @property
    def rate(self) -> float:
        """Comments a second by the clock."""
        return self.comments / self.took.seconds


def put_all(index: Index, stock: Stock, name: str) -> None:
    """Put the whole stock of one index, as the feeder and a move do."""
    for page in stock.pages(name):
        written = index.put(name, page)
        if written.refused or written.overtaken:
            raise RuntimeError(f"not all was stored: {written}")
    index.refresh()


def fill_both(folder: Path, baseline: Baseline, stock: Stock) -> list[Filled]:
    """Fill both engines; the embedded one stays in `folder`."""
    embedded = EmbeddedIndex(folder)
    with spent() as ours:
        put_all(embedded, stock, COMMENTS)
    size = bytes_in(folder)
    with spent() as theirs:
        baseline.fill(stock, COMMENTS)
    stored = baseline.bytes_of(COMMENTS)
    for name in INDICES:
        if name != COMMENTS:
            put_all(embedded, stock, name)
            baseline.fill(stock, name)
    embedded.close()
    return [
        Filled("embedded, `put`", stock.size, ours, size),
        Filled("Elasticsearch, `streaming_bulk` (baseline)", stock.size, theirs, stored),
    ]


def fill_nothing(url: str, stock: Stock) -> list[Filled]:
    """The client's own work: `put` and `streaming_bulk` against a server that stores nothing, in turns."""
    pages = list(stock.pages(COMMENTS))[:50]
    count = sum(map(len, pages)) * ROUNDS
    ours, theirs = Spent(), Spent()
    with noop_server(url) as address, _outside_collections():
        index = open_index(Config(index=address))
        client = Elasticsearch(address)
        index.put(COMMENTS, pages[0])  # the first makes the indices
        _bulk(client, pages[0])
        for number, page in enumerate(pages * ROUNDS):
            turns = [
                (ours, lambda page=page: index.put(COMMENTS, page)),
                (theirs, lambda page=page: _bulk(client, page)),
            ]
            # Whoever is first fetches the page into the processor's cache for both.
            for total, work in turns if number % 2 else reversed(turns):
                _add(total, work)
        index.close()
    return [
        Filled("no-op server, `put`", count, ours),
        Filled("no-op server, `streaming_bulk` (baseline)", count, theirs),
    ]


def _bulk(client: Elasticsearch, page: list[Source]) -> None:
    actions = ({"_op_type": "index", "_index": COMMENTS, "_id": each["id"], "_source": each} for each in page)
    for _ in streaming_bulk(client, actions, chunk_size=CHUNK):
        pass


@contextmanager
def _outside_collections() -> Iterator[None]:
    """What is there already, the pages above all, is not walked by the garbage collector in anybody's turn."""
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def _add(total: Spent, work: Callable[[], object]) -> None:
    with spent() as one:
        work()
    total.add(one)


def fills_table(fills: Sequence[Filled]) -> str:
    """Rates; each way in turn against the one after it, which is its baseline."""
    heads = ["", "comments", "a second", "a second a core of this process", "times the baseline", "bytes a comment"]
    rows = []
    for ours, theirs in zip(fills[::2], fills[1::2], strict=True):
        rows += [
            [*_rates(ours), f"{ours.rate / theirs.rate:.2f}", _bytes_each(ours)],
            [*_rates(theirs), "1", _bytes_each(theirs)],
        ]
    return table(heads, rows)


def _rates(fill: Filled) -> list[str]:
    return [fill.way, f"{fill.comments:,}", f"{fill.rate:,.0f}", f"{fill.comments / fill.took.processor:,.0f}"]


def _bytes_each(fill: Filled) -> str:
    return f"{fill.stored_bytes / fill.comments:,.0f}" if fill.stored_bytes else ""
