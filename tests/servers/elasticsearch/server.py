"""A server of one node or several, as one object."""

import json
import os
import signal
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

from tests.servers.elasticsearch.errors import Unavailable
from tests.servers.elasticsearch.node import Node

STARTING_SECONDS = 120
SETTINGS = {
    "cluster.name": "lianxin-tests",
    "cluster.routing.allocation.disk.threshold_enabled": "false",  # the tests' disk may be nearly full
}


class ElasticsearchServer:
    """`with ElasticsearchServer(folder) as server:` starts it, waits until it serves, and stops it at the end.

    folder    where the nodes keep data and logs; a folder with data is opened again
    nodes     1, or more that make one cluster
    heap      of each node, as `-Xmx` takes it
    quick     spares processor time at the start; False for benches
    port      of the first node, the others follow; free ones are found when it is 0
    owner     process with which the server ends at the latest; this one when it is None
    settings  further settings of Elasticsearch

    Raises Unavailable where it cannot start.
    """

    def __init__(
        self,
        folder: Path,
        *,
        nodes: int = 1,
        heap: str = "512m",
        quick: bool = True,
        port: int = 0,
        owner: int | None = None,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        free = _free_ports(2 * nodes)
        ports = [port + number for number in range(nodes)] if port else free[:nodes]
        shared = {**SETTINGS, **_discovery(free[nodes:]), **(settings or {})}
        self.nodes = [
            Node(_name(number), folder / _name(number), *pair, heap, quick, owner or os.getpid(), shared)
            for number, pair in enumerate(zip(ports, free[nodes:], strict=True))
        ]

    @property
    def url(self) -> str:
        """Where the first node that runs answers."""
        return next((node.url for node in self.nodes if node.pid is not None), self.nodes[0].url)

    @property
    def urls(self) -> list[str]:
        """Where each node answers, running or not."""
        return [node.url for node in self.nodes]

    def start(self) -> None:
        """Start every node and wait until they serve together."""
        with ExitStack() as half_started:
            half_started.callback(self.close)  # also on Ctrl+C nothing stays behind
            for node in self.nodes:
                node.start()
            self.wait()
            half_started.pop_all()

    def kill(self, number: int = 0) -> None:
        """kill −9: what the node had not written is lost."""
        self.nodes[number].end(signal.SIGKILL)
        self.nodes[number].wait()

    def restart(self, number: int = 0) -> None:
        """Start a node again, on the same ports and data, and wait until all that run serve together."""
        self.nodes[number].start()
        self.wait()

    def wait(self, status: str = "yellow") -> None:
        """Wait until the nodes that run are one cluster of at least this health: every document can be read.

        `green`: each copy is in place too. Raises Unavailable with the end of the log.
        """
        running = [node for node in self.nodes if node.pid is not None]
        end = time.monotonic() + STARTING_SECONDS
        while not all(_serves(node, len(running), status) for node in running):
            ended = next((node for node in running if node.pid is None), None)
            if ended or time.monotonic() > end:
                named = ended or running[0]
                said = named.log.read_text(encoding="utf-8", errors="replace")[-3000:]
                raise Unavailable(f"Elasticsearch {'ended' if ended else 'is not ready'}, its log:\n{said}")
            time.sleep(0.1)

    def close(self) -> None:
        """Stop every node."""
        for node in self.nodes:
            node.end()
        for node in self.nodes:
            node.wait()

    def __enter__(self) -> "ElasticsearchServer":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _name(number: int) -> str:
    return f"node-{number}"


def _discovery(transport_ports: list[int]) -> dict[str, str]:
    if len(transport_ports) == 1:
        return {"discovery.type": "single-node"}
    return {
        "discovery.seed_hosts": ",".join(f"127.0.0.1:{port}" for port in transport_ports),
        "cluster.initial_master_nodes": ",".join(_name(number) for number in range(len(transport_ports))),
    }


def _free_ports(count: int) -> list[int]:
    """Different ports that nobody uses: all are held before the first is let go."""
    with ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


def _serves(node: Node, nodes: int, status: str) -> bool:
    wanted = f"wait_for_nodes={nodes}&wait_for_status={status}&timeout=1s"
    try:
        with urllib.request.urlopen(f"{node.url}/_cluster/health?{wanted}", timeout=5) as answer:
            return json.load(answer)["timed_out"] is False
    except (OSError, ValueError):  # not up yet, or not in time (408)
        return False
