import threading

import orjson
import pytest

from crawler.errors import ServiceAway
from pipelines.index import Progress, Written
from pipelines.index.elasticsearch import bulk, reasons
from pipelines.index.elasticsearch.connection import Access
from pipelines.index.elasticsearch.engine import ElasticsearchIndex
from pipelines.index.mapping import COMMENTS, LARGEST_DOCUMENT
from tests.pipelines.index.elasticsearch.conftest import call
from tests.pipelines.index.elasticsearch.fault_table import CASES, MODES, run
from tests.servers import elasticsearch_faults as faults
from tests.servers.elasticsearch_faults import fault_server, in_turn, on_bulk, on_every_bulk


@pytest.fixture(scope="module")
def ready(elasticsearch):
    """The URL of a server with a generation to write into."""
    index = ElasticsearchIndex(Access(elasticsearch))
    assert index.generation
    index.close()
    return elasticsearch


@pytest.fixture
def between(ready):
    with fault_server(ready) as server:
        yield server


@pytest.fixture
def heard():
    """What the index says that it waits for."""
    return []


@pytest.fixture
def index(between, heard):
    opened = ElasticsearchIndex(Access(between.url), patience=5, timeout=5, held_up=heard.append)
    yield opened
    opened.close()


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_each_fault_leaves_every_document_accounted_for(case, mode, between):
    outcome = run(case, mode, between)
    assert (outcome.stored, len(outcome.written.refused)) == (case.stored, case.refused)
    assert outcome.written.overtaken == ()
    assert case.raises in outcome.raised
    assert bool(case.raises) == bool(outcome.raised)
    if case.endless:
        assert outcome.requests > 1
        assert "有 6 篇还没有写进索引" in outcome.raised
    else:
        assert (outcome.requests, outcome.sent) == (case.requests, case.sent)


@pytest.mark.parametrize(("mode", "stored"), [("new", 2), ("changed", 2), ("replaced", 1)])
def test_who_came_between_an_attempt_and_the_next_is_not_overwritten(mode, stored, index, between):
    """The first attempt stores one document as we sent it, and somebody else another one; then the connection ends."""
    ids = [f"between:{mode}:{number}" for number in range(3)]
    if mode == "changed":
        index.put(COMMENTS, [{"id": name, "likes": 0} for name in ids])
    read = {name: found.version for name, found in index.read(COMMENTS, ids).items()}

    def fault(asked, behind):
        lines = dict(asked.documents)
        others = lines[ids[1]].replace(b'"likes":1', b'"likes":2')
        behind(faults.replace(asked, body=lines[ids[0]] + others))

    between.fault = on_bulk(fault)
    written = index.put(COMMENTS, [{"id": name, "likes": 1} for name in ids], None if mode == "replaced" else read)
    assert written == Written(overtaken=() if mode == "replaced" else (ids[1],))
    assert index.get(COMMENTS, [ids[1]])[ids[1]]["likes"] == stored
    assert {source["likes"] for name, source in index.get(COMMENTS, ids).items() if name != ids[1]} == {1}


def test_what_a_block_held_back_is_stored_once_it_is_lifted(index, between, ready, heard):
    name = f"{COMMENTS}-{index.generation}"
    call(f"{ready}/{name}/_settings", "PUT", {"index.blocks.read_only_allow_delete": True})
    between.fault = on_bulk(faults.none, faults.none, lambda asked, behind: lift(ready, name) or behind(asked))
    assert index.put(COMMENTS, [{"id": "held:1"}, {"id": "held:2"}]) == Written()
    assert between.bulks == [["held:1", "held:2"]] * 3
    assert heard == [f"Elasticsearch（{between.url}）{reasons.FULL}。正在等着写，5 秒都写不进就停下。"]
    assert set(index.get(COMMENTS, ["held:1", "held:2"])) == {"held:1", "held:2"}


def lift(url, name):
    call(f"{url}/{name}/_settings", "PUT", {"index.blocks.read_only_allow_delete": None})


def test_a_red_index_is_not_waited_for_without_end(ready):
    index = ElasticsearchIndex(Access(ready), patience=0.1, timeout=2)
    name, opened = f"{COMMENTS}-{index.generation}", f"lianxin-open-comments-{index.generation}"
    nowhere = {"index.routing.allocation.require._name": "nobody"}
    call(f"{ready}/{name}", "DELETE")
    aliases = {COMMENTS: {"is_write_index": True}, opened: {}}
    call(f"{ready}/{name}?wait_for_active_shards=0", "PUT", {"settings": nowhere, "aliases": aliases})
    try:
        with pytest.raises(ServiceAway, match=r"有分片不可用.*有 1 篇还没有写进索引"):
            index.put(COMMENTS, [{"id": "red"}])
        with pytest.raises(ServiceAway):
            index.get(COMMENTS, ["red"])
        with pytest.raises(ServiceAway):
            index.search(COMMENTS, {})
    finally:
        call(f"{ready}/{name}/_settings", "PUT", {"index.routing.allocation.require._name": None})
        call(f"{ready}/_cluster/health/{name}?wait_for_status=yellow&timeout=30s")
    assert index.put(COMMENTS, [{"id": "red"}]) == Written()
    index.close()


def test_requests_are_bounded_by_count_and_by_bytes(index, between, monkeypatch):
    monkeypatch.setattr(bulk, "MOST_DOCUMENTS", 7)
    index.put(COMMENTS, [{"id": f"count:{number}"} for number in range(20)])
    assert [len(ids) for ids in between.bulks] == [7, 7, 6]
    between.asked.clear()
    monkeypatch.setattr(bulk, "MOST_BYTES", 1_000)
    sources = [
        {"id": f"bytes:{number}", "text": "x" * length} for number, length in enumerate((400, 400, 400, 3000, 10))
    ]
    index.put(COMMENTS, sources)
    assert [len(ids) for ids in between.bulks] == [2, 1, 1, 1]
    assert index.get(COMMENTS, [source["id"] for source in sources]) == {source["id"]: source for source in sources}


def test_a_document_too_large_for_a_proxy_waits_for_the_proxy_to_be_set(between):
    between.fault = on_every_bulk(faults.too_large(2_000))
    sources = [{"id": f"large:{number}", "text": "x" * (5_000 if number == 3 else 10)} for number in range(6)]
    index = ElasticsearchIndex(Access(between.url), patience=0.5)
    with pytest.raises(ServiceAway, match=r"不收 5\d\d\d 字节的请求，.*调到 2 MB 以上；有 3 篇还没有写进索引"):
        index.put(COMMENTS, sources)
    assert len(index.get(COMMENTS, [source["id"] for source in sources])) == 3
    between.fault = faults.none
    assert index.put(COMMENTS, sources) == Written()
    assert index.get(COMMENTS, [source["id"] for source in sources]) == {source["id"]: source for source in sources}
    index.close()


def test_a_proxy_that_takes_nothing_is_asked_for_each_half_once_a_round(between):
    between.fault = on_every_bulk(faults.page(413))
    index = ElasticsearchIndex(Access(between.url), patience=0)
    with pytest.raises(ServiceAway, match="调到 2 MB 以上；有 64 篇"):
        index.put(COMMENTS, [{"id": f"half:{number}"} for number in range(64)])
    assert [len(ids) for ids in between.bulks] == [64, 32, 16, 8, 4, 2, 1]
    index.close()


def test_the_largest_document_that_fits_goes_through_a_proxy_as_it_comes(index, between):
    between.fault = on_every_bulk(faults.too_large(2**20))  # nginx, unless it is told otherwise
    room = LARGEST_DOCUMENT - len(orjson.dumps({"id": "large:most", "text": ""}))
    sources = [{"id": "large:most", "text": "x" * room}, {"id": "large:more", "text": "x" * (room + 1)}]
    assert [refused.id for refused in index.put(COMMENTS, sources).refused] == ["large:more"]
    assert set(index.get(COMMENTS, ["large:most", "large:more"])) == {"large:most"}


def test_a_long_value_in_a_reason_is_never_repeated():
    secret = "身份证号" * 3_000
    error = {"type": "document_parsing_exception", "reason": f"failed to parse field [likes] Preview: '{secret}'"}
    assert reasons.refused(error, {"likes"}) == "Elasticsearch 不收（字段 likes，document_parsing_exception）。"
    named_by_value = {"type": "illegal_argument_exception", "reason": f"field [{secret}] field [secret]"}
    assert reasons.refused(named_by_value, {"likes"}) == "Elasticsearch 不收（illegal_argument_exception）。"
    assert len(reasons.refused({"type": "x" * 9_000}, ())) <= reasons.LONGEST


@pytest.mark.parametrize("spoil", [lambda docs: docs[:-1], lambda docs: docs[::-1], lambda docs: [], lambda docs: None])
def test_a_read_that_does_not_account_for_every_id_is_none(spoil, index, between):
    index.put(COMMENTS, [{"id": "read:1"}, {"id": "read:2"}])

    def fault(asked, behind):
        answer = behind(asked)
        if "_mget" not in asked.path:
            return answer
        return faults.replace(answer, body=orjson.dumps({"docs": spoil(orjson.loads(answer.body)["docs"])}))

    between.fault = fault
    with pytest.raises(ServiceAway, match="对不上"):
        index.get(COMMENTS, ["read:1", "read:2"])


def test_reading_is_tried_again_and_then_given_up(index, between):
    index.put(COMMENTS, [{"id": "again"}])
    between.fault = in_turn(faults.dropped(stored=False), faults.page(502), faults.error(429, "circuit_breaking"))
    assert set(index.get(COMMENTS, ["again"])) == {"again"}
    between.fault = faults.page(502)
    with pytest.raises(ServiceAway, match="答复不像 Elasticsearch"):
        index.get(COMMENTS, ["again"])
    between.fault = faults.page(200)
    with pytest.raises(ServiceAway, match="答复不像 Elasticsearch"):
        index.search(COMMENTS, {})


def test_a_scan_that_breaks_off_raises(index, between):
    index.put(COMMENTS, [{"id": f"scan:{number}"} for number in range(10)])
    index.refresh()
    hits = index.scan(COMMENTS, {"sort": ["id"], "size": 3})
    next(hits)
    between.fault = faults.page(502)
    with pytest.raises(ServiceAway):
        list(hits)


def test_progress_survives_an_answer_that_got_lost(index, between):
    index.acknowledged()
    between.fault = on_bulk(faults.dropped(stored=False), faults.dropped(stored=True), faults.page())
    index.acknowledge(Progress({"faults": 7}))
    assert index.acknowledged().taken["faults"] == 7


def test_a_swap_whose_answer_got_lost_is_done_once(index, between):
    before = index.generation
    building = index.beside()
    lost = in_turn(faults.dropped(stored=True))
    between.fault = lambda asked, behind: (lost if "_aliases" in asked.path else faults.none)(asked, behind)
    building.swap()
    assert index.generation == building.generation
    assert before in index.kept()
    assert index.differences() == []
    building.close()


def test_writers_in_threads_share_one_index(index):
    def write(name):
        for number in range(5):
            index.put(COMMENTS, [{"id": f"thread:{name}:{number}:{n}"} for n in range(20)])

    threads = [threading.Thread(target=write, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    ids = [f"thread:{name}:{number}:{n}" for name in "abcd" for number in range(5) for n in range(20)]
    assert len(index.get(COMMENTS, ids)) == len(ids)
