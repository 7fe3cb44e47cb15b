"""kill −9 of Elasticsearch while documents are written: what `put` and `acknowledge` had returned for is stored."""

import threading

import pytest

from crawler.errors import ServiceAway
from pipelines.index import Progress
from pipelines.index.elasticsearch.connection import Access
from pipelines.index.elasticsearch.engine import ElasticsearchIndex
from pipelines.index.mapping import COMMENTS
from tests.pipelines.index.elasticsearch.conftest import call
from tests.servers.elasticsearch.server import ElasticsearchServer

BATCH = 50


class Writer(threading.Thread):
    """Puts batches until told to stop; remembers those for which `put` and `acknowledge` had returned."""

    def __init__(self, url):
        super().__init__()
        self.index = ElasticsearchIndex(Access(url), patience=60, timeout=10)
        self.put, self.acknowledged, self.given_up = [], 0, 0
        self.stopping = threading.Event()
        self.moved = threading.Condition()

    def run(self):
        number = 0
        while not self.stopping.is_set():
            try:
                self._write(number)
            except ServiceAway:
                self.given_up += 1
            number += 1
        self.index.close()

    def _write(self, number):
        sources = [{"id": f"{number}:{n}", "likes": number} for n in range(BATCH)]
        written = self.index.put(COMMENTS, sources, {})
        assert not written.refused
        assert not written.overtaken
        self.put.append(number)
        self.index.acknowledge(Progress({"segment": number + 1}))
        self.acknowledged = number + 1
        with self.moved:
            self.moved.notify_all()

    def wait_for(self, more):
        """Until so many more batches were put."""
        wanted = len(self.put) + more
        with self.moved:
            assert self.moved.wait_for(lambda: len(self.put) >= wanted, timeout=60)

    def stop(self):
        self.stopping.set()
        self.join(60)
        assert not self.is_alive()


def check(url, writer):
    """All that was put is there, whole; how far it reaches was not forgotten. Gives how many were put."""
    index = ElasticsearchIndex(Access(url), timeout=30)
    ids = [f"{number}:{n}" for number in writer.put for n in range(BATCH)]
    found = index.get(COMMENTS, ids)
    assert [identity for identity in ids if identity not in found] == []
    assert all(source["likes"] == int(identity.split(":")[0]) for identity, source in found.items())
    assert index.acknowledged().taken["segment"] >= writer.acknowledged > 0
    assert index.differences() == []
    index.refresh()
    everything = index.search(COMMENTS, {"size": 0})["hits"]["total"]["value"]
    index.close()
    return everything


def holder_of_primary(server):
    """The node that holds the primary shard of the comments, through which every write must go."""
    index = ElasticsearchIndex(Access(server.url), timeout=30)
    name = f"{COMMENTS}-{index.generation}"
    index.close()
    server.wait("green")
    shards = call(f"{server.url}/_cat/shards/{name}?format=json")
    assert {shard["state"] for shard in shards} == {"STARTED"}
    assert len(shards) == 2
    holder = next(shard["node"] for shard in shards if shard["prirep"] == "p")
    return next(number for number, node in enumerate(server.nodes) if node.name == holder)


@pytest.mark.usefixtures("elasticsearch_home")
def test_kill_of_the_only_node_in_the_middle_of_a_bulk_loses_nothing(tmp_path):
    with ElasticsearchServer(tmp_path) as server:
        writer = Writer(server.url)
        writer.start()
        try:
            writer.wait_for(10)
            server.kill()
            server.restart()
            writer.wait_for(3)
        finally:
            writer.stop()
        # It waited for the server: no batch was given up, none is there twice.
        assert writer.given_up == 0
        assert check(server.url, writer) == len(writer.put) * BATCH


@pytest.mark.usefixtures("elasticsearch_home")
def test_kill_of_the_node_of_three_that_writes_stops_nobody_and_loses_nothing(tmp_path):
    with ElasticsearchServer(tmp_path, nodes=3, heap="256m") as server:
        holder = holder_of_primary(server)
        writer = Writer(server.urls[(holder + 1) % 3])
        writer.start()
        try:
            writer.wait_for(5)
            server.kill(holder)
            writer.wait_for(5)
        finally:
            writer.stop()
        assert writer.given_up == 0
        assert check(server.urls[(holder + 2) % 3], writer) == len(writer.put) * BATCH
