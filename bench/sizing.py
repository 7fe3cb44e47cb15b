"""From measured bytes a document to shards, disk, memory and nodes: the arithmetic behind docs/scale.md.

`python -m bench.sizing 10_000_000 1_000_000_000 --document-bytes 650 --million-seconds 0.1` prints a column a number of
documents. Each rule is a constant here, with the page that it comes from; one without a page is ours, and says so.
"""

from dataclasses import dataclass
from math import ceil
from typing import Annotated

import typer

from bench.measuring import table

GB = 10**9

# Elastic, "Size your shards": 10 to 50 GB a shard, at most 200 million documents in it.
SHARD_GB = 30
"""Ours: in the middle, so that a shard may half as much again before anybody must act."""
LARGEST_SHARD_GB = 50
SHARD_DOCUMENTS = 200_000_000

# Elastic, "Cluster-level shard allocation and routing settings": no new shard goes to a disk that is 85 % full.
LOW_WATERMARK = 0.85

# Elastic, "JVM settings": at most half of the memory, and below the bound of compressed pointers.
HEAP_SHARE = 0.5
LARGEST_HEAP_GB = 26

GENERATIONS = 2
"""Ours: a rebuild makes the new generation beside the old one, and the old one is kept until told."""

DISK_PER_MEMORY = 30
"""GB of disk that a GB of memory serves: Elastic, "Benchmarking and sizing your Elasticsearch cluster" (hot nodes)."""

NODE_MEMORY_GB = (4, 8, 16, 32, 64)
"""Ours: the machines that can be had."""


@dataclass(frozen=True, slots=True)
class Need:
    """What so many documents need. Bytes are GB of 10⁹; `body_seconds` is what one body over all of them takes."""

    documents: int
    primary_gb: float
    shards: int
    shard_gb: float
    replicas: int
    disk_gb: float
    nodes: int
    memory_gb: int
    heap_gb: float
    body_seconds: float

    @property
    def node_cores(self) -> int:
        """Cores of each node, so that all its shards answer one body at once."""
        return ceil(self.shards / self.nodes)

    @property
    def node_disk_gb(self) -> float:
        """Disk of each node."""
        return self.disk_gb / self.nodes


def need(documents: int, document_bytes: float, million_seconds: float, replicas: int = 1) -> Need:
    """What `documents` of `document_bytes` in the primary shards need.

    `million_seconds` is what a body takes over a million documents in one shard. A shard answers with one thread
    (Elastic, "Size your shards"), so the time grows with the documents of a shard. Copies of one shard lie on different
    nodes; where there are replicas there are three nodes at least, because two of three must agree on who leads.
    """
    primary = documents * document_bytes / GB
    shards = max(1, ceil(primary / SHARD_GB), ceil(documents / SHARD_DOCUMENTS))
    disk = primary * (1 + replicas) * GENERATIONS / LOW_WATERMARK
    least = 1 if replicas == 0 else max(3, replicas + 1)
    memory = next((each for each in NODE_MEMORY_GB if each * DISK_PER_MEMORY * least >= disk), NODE_MEMORY_GB[-1])
    nodes = max(least, ceil(disk / (memory * DISK_PER_MEMORY)))
    heap = min(memory * HEAP_SHARE, LARGEST_HEAP_GB)
    seconds = documents / shards / 1_000_000 * million_seconds
    return Need(documents, primary, shards, primary / shards, replicas, disk, nodes, memory, heap, seconds)


def needs_table(needs: list[Need]) -> str:
    """One column a number of documents."""
    heads = ["", *(f"{each.documents:,} documents" for each in needs)]
    rows = [
        ["primary shards, GB", *(f"{each.primary_gb:,.1f}" for each in needs)],
        ["number of shards", *(str(each.shards) for each in needs)],
        ["one shard, GB", *(f"{each.shard_gb:.1f}" for each in needs)],
        ["replicas", *(str(each.replicas) for each in needs)],
        ["disk in all, GB", *(f"{each.disk_gb:,.0f}" for each in needs)],
        ["nodes", *(str(each.nodes) for each in needs)],
        ["disk of a node, GB", *(f"{each.node_disk_gb:,.0f}" for each in needs)],
        ["cores of a node", *(str(each.node_cores) for each in needs)],
        ["memory of a node, GB", *(str(each.memory_gb) for each in needs)],
        ["heap of a node, GB", *(f"{each.heap_gb:g}" for each in needs)],
        ["one body over all, seconds", *(f"{each.body_seconds:.2g}" for each in needs)],
    ]
    return table(heads, rows)


def main(
    documents: list[int],
    document_bytes: Annotated[float, typer.Option(help="Bytes a document in the primary shards, measured.")],
    million_seconds: Annotated[float, typer.Option(help="Seconds of a body over a million of them, measured.")],
    replicas: int = 1,
) -> None:
    """Print what so many documents need."""
    typer.echo(needs_table([need(each, document_bytes, million_seconds, replicas) for each in documents]))


if __name__ == "__main__":
    typer.run(main)
