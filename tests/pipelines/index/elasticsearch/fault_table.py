"""Each fault between the index and a real Elasticsearch, and what became of six documents.

`python -m tests.pipelines.index.elasticsearch.fault_table` runs them and prints the table as Markdown; the test beside
it compares each row with what is expected here.
"""

import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from crawler.errors import Trouble
from pipelines.index import Written
from pipelines.index.elasticsearch.connection import Access
from pipelines.index.elasticsearch.engine import ElasticsearchIndex
from pipelines.index.mapping import COMMENTS
from tests.servers import elasticsearch_faults as faults
from tests.servers.elasticsearch.server import ElasticsearchServer
from tests.servers.elasticsearch_faults import Fault, FaultServer, fault_server, on_bulk, on_every_bulk

MODES = ("new", "changed", "replaced")
"""Documents that were not there when read, that were read in another state, that replace whatever there is."""
TIMEOUT = 2.0
PATIENCE = 0.5  # seconds, for faults that never end
FLOOD = "index [i] blocked by: [TOO_MANY_REQUESTS/12/disk usage exceeded flood-stage watermark, index has read-only-allow-delete block];"  # noqa: E501
READ_ONLY = "index [i] blocked by: [FORBIDDEN/5/index read-only (api)];"
NOT_RECOVERED = "blocked by: [SERVICE_UNAVAILABLE/1/state not recovered / initialized];"
BLOCK = "cluster_block_exception"
MISSING_SHARD = "unavailable_shards_exception"
NO_WRITE_INDEX = "no write index is defined for alias [a]. The write index may be explicitly disabled"
CLUSTER = {"stored": 0, "raises": "没有照办", "endless": True}
"""The cluster's fault and not the documents': none of them is refused for it."""


@dataclass(frozen=True, slots=True)
class Case:
    """A fault for documents with these six ids, and what is expected: counts, and a part of the sentence raised."""

    name: str
    fault: Callable[[Sequence[str]], Fault]
    requests: int = 1
    sent: int = 6
    stored: int = 6
    refused: int = 0
    raises: str = ""
    endless: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What happened: bulk requests, documents in them, documents stored, refused, overtaken; the sentence raised."""

    requests: int
    sent: int
    stored: int
    written: Written
    raised: str


def once(fault: Fault) -> Callable[[Sequence[str]], Fault]:
    return lambda _: on_bulk(fault)


def ever(fault: Fault) -> Callable[[Sequence[str]], Fault]:
    return lambda _: on_every_bulk(fault)


def item(status: int, kind: str, reason: str = "because", every: bool = False) -> Callable[[Sequence[str]], Fault]:
    """Two of the six, or all of them for good, are refused one by one."""

    def fault(ids: Sequence[str]) -> Fault:
        return (
            on_every_bulk(faults.on_items(ids, status, kind, reason))
            if every
            else on_bulk(faults.on_items((ids[1], ids[4]), status, kind, reason))
        )

    return fault


def one_by_one(ids: Sequence[str]) -> Fault:
    """A server so busy that it takes one document a request."""
    busy = [faults.on_items(ids[number + 1 :], 429, "es_rejected_execution_exception") for number in range(5)]
    return on_bulk(*busy)


def too_many(asked: faults.Asked, behind: faults.Behind) -> faults.Answered | None:
    """A proxy that takes requests of three documents."""
    return (faults.page(413) if len(asked.ids) > 3 else faults.none)(asked, behind)


def renamed(listed: list[dict[str, object]]) -> list[dict[str, object]]:
    for entry in listed:
        next(iter(entry.values()))["_id"] += "-other"
    return listed


CASES = (
    Case("none", once(faults.none)),
    Case("item 400", item(400, "document_parsing_exception", "failed to parse field [likes]: 'x'"), 1, 6, 4, 2),
    Case("item 429, once", item(429, "es_rejected_execution_exception"), 2, 8),
    Case("item 503, once", item(503, MISSING_SHARD), 2, 8),
    Case("429 on all but one, five times", one_by_one, 6, 21),
    Case("request 429, once", once(faults.error(429, "circuit_breaking_exception")), 2, 12),
    Case("request 503, cluster starting, once", once(faults.error(503, BLOCK, NOT_RECOVERED)), 2, 12),
    Case("502 with HTML, once", once(faults.page(502)), 2, 12),
    Case("200 with HTML, nothing stored", once(faults.page()), 2, 12),
    Case("200 with HTML, all stored", once(faults.page(stored=True)), 2, 12),
    Case("connection cut before storing", once(faults.dropped(stored=False)), 2, 12),
    Case("connection cut after storing", once(faults.dropped(stored=True)), 2, 12),
    Case("time-out, nothing stored", once(faults.slow(TIMEOUT * 1.5, stored=False)), 2, 12),
    Case("time-out after storing", once(faults.slow(TIMEOUT * 1.5, stored=True)), 2, 12),
    Case("cut after storing, cut again", lambda _: on_bulk(*[faults.dropped(stored=True)] * 2), 3, 18),
    Case("answer without `items`", once(faults.items(lambda _: None)), 2, 12),
    Case("`items` that are no items", once(faults.items(lambda listed: ["x", {}, {"index": 3}])), 2, 12),
    Case("fewer items than sent", once(faults.items(lambda listed: listed[:2])), 2, 10),
    Case("items of other documents", once(faults.items(renamed)), 2, 12),
    Case("items in another order", once(faults.items(lambda listed: listed[::-1]))),
    Case("413 above half of it", ever(too_many), 3, 12),
    Case("413 whatever is sent", ever(faults.page(413)), stored=0, raises="调到 2 MB 以上", endless=True),
    Case("disk full (flood stage)", item(429, BLOCK, FLOOD, every=True), stored=0, raises="磁盘快满了", endless=True),
    Case("index read-only", item(403, BLOCK, READ_ONLY, every=True), stored=0, raises="只读", endless=True),
    Case("cluster read-only", ever(faults.error(403, BLOCK, READ_ONLY)), stored=0, raises="只读", endless=True),
    Case("red index", item(503, MISSING_SHARD, every=True), stored=0, raises="有分片不可用", endless=True),
    Case("index closed", item(400, "index_closed_exception", every=True), stored=0, raises="被关闭了", endless=True),
    Case("busy for good", ever(faults.error(429, "circuit_breaking_exception")), stored=0, raises="太忙", endless=True),
    Case("a sign-in page for good", ever(faults.page()), stored=0, raises="答复不像 Elasticsearch", endless=True),
    Case("cut for good, all stored", ever(faults.dropped(stored=True)), raises="断开了连接", endless=True),
    Case("key revoked (401)", ever(faults.error(401, "security_exception")), stored=0, raises="不认这个用户名"),
    Case("not allowed (403)", ever(faults.error(403, "security_exception")), stored=0, raises="不许这个用户"),
    Case("not allowed, item by item", item(403, "security_exception", every=True), **CLUSTER),
    Case("no write index", item(400, "illegal_argument_exception", NO_WRITE_INDEX, every=True), **CLUSTER),
    Case("no shard to write to", item(404, "no_shard_available_action_exception", every=True), **CLUSTER),
    Case("request 400 that is no document's", ever(faults.error(400, "illegal_argument_exception")), **CLUSTER),
    Case("index gone", item(404, "index_not_found_exception", every=True), stored=0, raises="被删除了"),
)


def run(case: Case, mode: str, server: FaultServer) -> Outcome:
    """Put six documents through the fault. The server is open, holds a generation, and nothing of this case."""
    ids = [f"{CASES.index(case)}:{mode}:{number}" for number in range(6)]
    sources = [{"id": identity, "text": "医保" * 10, "likes": 1} for identity in ids]
    server.fault = faults.none
    index = ElasticsearchIndex(Access(server.url), patience=PATIENCE if case.endless else 30, timeout=TIMEOUT)
    if mode == "changed":
        index.put(COMMENTS, [{"id": identity} for identity in ids])
    read = {identity: stored.version for identity, stored in index.read(COMMENTS, ids).items()}
    assert len(read) == (6 if mode == "changed" else 0)
    server.asked.clear()
    server.fault = case.fault(ids)
    written, raised = Written(), ""
    try:
        written = index.put(COMMENTS, sources, None if mode == "replaced" else read)
    except Trouble as trouble:
        raised = str(trouble)
    requests = server.bulks
    server.fault = faults.none
    stored = index.get(COMMENTS, ids)
    index.close()
    right = sum(stored.get(source["id"]) == source for source in sources)
    return Outcome(len(requests), sum(map(len, requests)), right, written, raised)


def table(server: FaultServer, mode: str = "changed") -> Iterator[str]:
    """The table's lines."""
    yield "| fault | requests | documents sent | stored | refused | overtaken | what `put` said |"
    yield "|---|--:|--:|--:|--:|--:|---|"
    for case in CASES:
        outcome = run(case, mode, server)
        requests, sent = ("until patience ends",) * 2 if case.endless else (outcome.requests, outcome.sent)
        said = outcome.raised.replace(server.url, "https://…") or "done"
        counts = (outcome.stored, len(outcome.written.refused), len(outcome.written.overtaken))
        yield f"| {' | '.join(map(str, (case.name, requests, sent, *counts, said)))} |"


def main() -> None:
    """Start a server and print the table."""
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        ElasticsearchServer(Path(folder)) as behind,
        fault_server(behind.url) as server,
    ):
        assert ElasticsearchIndex(Access(behind.url)).generation
        sys.stdout.writelines(f"{line}\n" for line in table(server))


if __name__ == "__main__":
    main()
