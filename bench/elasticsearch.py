"""The baseline: a real Elasticsearch asked and filled by its official client, without any code of ours."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from elasticsearch import Elasticsearch
from elasticsearch.helpers import streaming_bulk

from bench.stock import CHUNK, Stock
from pipelines.index import Answer, Body
from pipelines.index.mapping import INDICES, elasticsearch_mapping
from tests.servers.elasticsearch.server import ElasticsearchServer

HEAP = "1g"


class Baseline:
    """One shard an index, no replica. Index names are not the product's, so that both fit on one server."""

    def __init__(self, url: str) -> None:
        """Make the indices anew."""
        self.client = Elasticsearch(url, request_timeout=300)
        self.clear()
        for index in INDICES:
            self.client.indices.create(
                index=_name(index),
                mappings=elasticsearch_mapping(index),
                settings={"number_of_shards": 1, "number_of_replicas": 0},
            )

    def clear(self) -> None:
        """Delete the indices."""
        for index in INDICES:
            self.client.indices.delete(index=_name(index), ignore_unavailable=True)

    def fill(self, stock: Stock, index: str) -> None:
        """Put the whole stock of one index, every item checked; seen by `search` on return."""
        actions = (
            {"_op_type": "index", "_index": _name(index), "_id": document["id"], "_source": document}
            for page in stock.pages(index)
            for document in page
        )
        for _ in streaming_bulk(self.client, actions, chunk_size=CHUNK):
            pass
        self.client.indices.refresh(index=_name(index))

    def search(self, index: str, body: Body) -> Answer:
        """Answer a body, past every cache of answers."""
        asked = {"track_total_hits": True, **body}
        return self.client.search(index=_name(index), body=asked, request_cache=False).body

    def bytes_of(self, index: str) -> int:
        """Bytes of an index on disk, once all is written and nothing is being merged any more."""
        self.client.indices.flush(index=_name(index))
        while self._stats(index)["merges"]["current"]:
            time.sleep(0.5)
        return self._stats(index)["store"]["size_in_bytes"]

    def _stats(self, index: str) -> dict[str, dict[str, int]]:
        return self.client.indices.stats(index=_name(index), metric="store,merge")["_all"]["primaries"]


@contextmanager
def server(folder: Path) -> Iterator[str]:
    """The URL of a server as it is in production, but for its small heap."""
    with ElasticsearchServer(folder, heap=HEAP, quick=False) as running:
        yield running.url


def _name(index: str) -> str:
    return f"baseline-{index}"
