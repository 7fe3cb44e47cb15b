"""Reading: documents by id as last put, refreshed or not, and long walks through one snapshot."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from crawler.errors import ServiceAway
from pipelines.index.checks import TooManyBuckets, refuse
from pipelines.index.contract import Body, Hit
from pipelines.index.elasticsearch.asking import SCORE, Fields, hit_of, keys_of, question
from pipelines.index.elasticsearch.connection import Connection
from pipelines.index.elasticsearch.reasons import GONE, blocked
from pipelines.index.mapping import LONGEST_KEYWORD

AT_ONCE = 500
"""Documents asked for by id in one request."""
PAGE = 1_000
KEEP = "5m"
"""How long Elasticsearch keeps a snapshot for a reader that does not come back."""

_WHOLE = {"allow_partial_search_results": "false"}
Document = Mapping[str, object]


def read_documents(connection: Connection, index: str, ids: Sequence[str]) -> dict[str, Document]:
    """What is stored under these ids, each with `_index`, `_seq_no`, `_primary_term`, `_source`. Raises ServiceAway."""
    found: dict[str, Document] = {}
    wanted = iter(identity for identity in dict.fromkeys(ids) if _possible(identity))
    while chunk := list(islice(wanted, AT_ONCE)):
        for document in _read_chunk(connection, index, chunk):
            if document["found"]:
                found[str(document["_id"])] = document
    return found


def search(connection: Connection, index: str | None, body: Body) -> dict[str, object]:
    """An answer out of every shard, or none. Raises ServiceAway, TooManyBuckets, OutsideDialect."""
    path = f"/{index}/_search" if index else "/_search"
    response = connection.ask("POST", path, body, **_WHOLE)
    if "too_many_buckets_exception" in response.types:
        raise TooManyBuckets("more buckets than Elasticsearch gives in one answer (search.max_buckets)")
    closed = blocked(response.status, response.types, "")
    if response.status == 400 and closed:
        raise ServiceAway(f"Elasticsearch（{connection.shown}）{closed}。")
    if response.status == 400:
        refuse(f"Elasticsearch does not answer this body: {', '.join(sorted(response.types))}")
    if not response.ok or response.body is None:
        why = f"没有答出这次查询（{'、'.join(sorted(response.types))}），请稍后再试"
        why = GONE if "index_not_found_exception" in response.types else why
        raise ServiceAway(f"Elasticsearch（{connection.shown}）{why}。")
    shards = response.body.get("_shards")
    if not isinstance(shards, Mapping) or shards.get("failed") or response.body.get("timed_out"):
        raise ServiceAway(f"Elasticsearch（{connection.shown}）只查到了一部分分片，没有给出结果，请稍后再试。")
    return response.body


def walk(connection: Connection, index: str, alias: str, body: Body, fields: Fields) -> Iterator[Hit]:
    """Every hit of a body with `sort`, in order, out of a snapshot that is closed at the end or when abandoned."""
    keys = keys_of(body)
    if not body.get("sort") or (SCORE, "desc") in keys or body.get("from"):
        refuse("a scan has `sort` by fields and no `from`")
    asked = question({key: value for key, value in body.items() if key not in ("aggs", "aggregations")}, fields)
    asked |= {"size": body.get("size", PAGE), "track_total_hits": False}
    snapshot = str(connection.get("POST", f"/{index}/_pit", keep_alive=KEEP)["id"])
    try:
        while True:
            found = search(connection, None, asked | {"pit": {"id": snapshot, "keep_alive": KEEP}})
            snapshot = str(found.get("pit_id", snapshot))
            hits: list[Mapping[str, object]] = found["hits"]["hits"]
            yield from (hit_of(hit, alias, keys) for hit in hits)
            if not hits:
                return
            asked["search_after"] = hits[-1]["sort"]
    finally:
        _let_go(connection, snapshot)


def _let_go(connection: Connection, snapshot: str) -> None:
    try:
        connection.send("DELETE", "/_pit", {"id": snapshot})
    except ServiceAway:
        return  # Elasticsearch lets go of it by itself after KEEP


def _read_chunk(connection: Connection, index: str, ids: Sequence[str]) -> list[Document]:
    """One answer, in which every id is accounted for."""
    documents = connection.get("POST", f"/{index}/_mget", {"ids": ids}).get("docs")
    listed = documents if isinstance(documents, list) else []
    if [each.get("_id") for each in listed] != list(ids):
        raise ServiceAway(f"Elasticsearch（{connection.shown}）的答复和要读的文档对不上，请稍后再试。")
    for each in listed:
        if "found" not in each:  # an error, which is not the same as not there
            raise ServiceAway(f"Elasticsearch（{connection.shown}）有一部分文档现在读不出来，请稍后再试。")
    return listed


def _possible(identity: str) -> bool:
    """Whether there can be a document with this id; for others Elasticsearch refuses the question."""
    try:
        return 0 < len(identity.encode()) <= LONGEST_KEYWORD
    except UnicodeEncodeError:
        return False
