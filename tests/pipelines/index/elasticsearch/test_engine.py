import pytest

from crawler.errors import ServiceAway, Unreadable
from pipelines.index import Progress, Written
from pipelines.index.checks import TooManyBuckets
from pipelines.index.dialect import OutsideDialect
from pipelines.index.elasticsearch import reading
from pipelines.index.embedded.engine import EmbeddedIndex
from pipelines.index.mapping import COMMENTS, INDICES, LARGEST_INTEGER, POSTS
from tests.pipelines.index.elasticsearch.conftest import call

UNFIT = [
    {"id": "nan", "sentiment": float("nan")},
    {"id": "infinite", "sentiment": float("inf")},
    {"id": "half", "text": "a\ud800b"},
    {"id": "many", "likes": "many"},
    {"id": "large", "likes": LARGEST_INTEGER + 1},
    {"id": "day", "posted_at": "2026-11-24"},
    {"id": "long", "author": "字" * 11_000},
    {"id": "unknown", "no_such_field": 1},
    {"id": "x" * 513},
    {"id": ""},
]


def open_snapshots(server):
    nodes = call(f"{server}/_nodes/stats/indices/search")["nodes"].values()
    return sum(node["indices"]["search"]["open_contexts"] for node in nodes)


def test_what_was_put_is_read_at_once_and_found_after_refresh(index, other):
    assert index.put(COMMENTS, [{"id": "a", "likes": 1}, {"id": "b"}, {"id": "a", "likes": 2}]) == Written()
    assert other.get(COMMENTS, ["a", "b", "c"]) == {"a": {"id": "a", "likes": 2}, "b": {"id": "b"}}
    assert other.get(POSTS, ["a"]) == {}
    index.refresh()
    assert [hit["_id"] for hit in other.search(COMMENTS, {"sort": ["id"]})["hits"]["hits"]] == ["a", "b"]


def test_both_engines_refuse_the_same_documents_and_keep_the_rest(index, tmp_path):
    embedded = EmbeddedIndex(tmp_path / "index")
    sources = [{"id": "good", "text": "a\0b"}, *UNFIT, {"id": "better"}]
    written = index.put(COMMENTS, sources)
    assert written == embedded.put(COMMENTS, sources)
    assert [each.id for each in written.refused] == [str(source["id"]) for source in UNFIT]
    ids = [str(source["id"]) for source in sources]
    assert index.get(COMMENTS, ids) == embedded.get(COMMENTS, ids) == {s["id"]: s for s in (sources[0], sources[-1])}
    embedded.close()


def test_what_only_elasticsearch_refuses_is_named_without_its_value(index, monkeypatch):
    monkeypatch.setattr("pipelines.index.fitness.unfit", lambda *_: None)
    sources = [{"id": "good"}, {"id": "bad", "likes": "my secret"}, {"id": "odd", "secret": 1}, {"id": "x" * 600}]
    assert {each.id: each.reason for each in index.put(COMMENTS, sources).refused} == {
        "bad": "Elasticsearch 不收（字段 likes，document_parsing_exception）。",
        "odd": "Elasticsearch 不收（strict_dynamic_mapping_exception）。",
        "x" * 600: "Elasticsearch 不收（action_request_validation_exception）。",
    }
    assert set(index.get(COMMENTS, ["good", "bad", "odd"])) == {"good"}


def test_of_two_writers_the_one_who_read_earlier_is_told(index, other):
    index.put(COMMENTS, [{"id": "a", "likes": 1}, {"id": "b", "likes": 1}])
    stale = {name: found.version for name, found in index.read(COMMENTS, ["a", "b"]).items()}
    other.put(COMMENTS, [{"id": "a", "likes": 2}, {"id": "new", "likes": 2}])
    written = index.put(COMMENTS, [{"id": name, "likes": 3} for name in ("a", "b", "new", "other")], stale)
    assert written == Written(overtaken=("a", "new"))
    likes = {name: source["likes"] for name, source in other.get(COMMENTS, ["a", "b", "new", "other"]).items()}
    assert likes == {"a": 2, "b": 3, "new": 2, "other": 3}


def test_progress_is_a_document_a_segment_and_machines_leave_each_other_s_alone(index, other):
    assert index.acknowledged() == other.acknowledged() == Progress()
    index.acknowledge(Progress({"one": 10}, (("one", 3), ("one", 7)), "registry"))
    other.acknowledge(Progress({"two": 5}, (), "registry"))
    index.acknowledge(Progress({"one": 12}, (), "registry"))
    assert index.acknowledged() == Progress({"one": 12, "two": 5}, (), "registry")


def test_only_segments_that_moved_are_written(index, other, server):
    index.acknowledge(Progress({"one": 10, "two": 5}))
    stale = other.acknowledged()
    index.acknowledge(Progress({"one": 99, "two": 5}))
    other.acknowledge(Progress({**stale.taken, "two": 6}))
    assert index.acknowledged() == Progress({"one": 99, "two": 6})


def test_many_segments_are_all_read(index, other, monkeypatch):
    monkeypatch.setattr("pipelines.index.elasticsearch.progress._PAGE", 7)
    taken = {f"segment-{number:03}": number for number in range(100)}
    index.acknowledge(Progress(taken))
    assert other.acknowledged() == Progress(taken)


def test_a_lost_index_is_not_taken_for_a_full_one(index, other, server):
    index.put(COMMENTS, [{"id": "a"}])
    index.acknowledge(Progress({"one": 10}, (), "registry"))
    call(f"{server}/{COMMENTS}-{index.generation}", "DELETE")
    call(f"{server}/lianxin-runs-{index.generation}/_alias/lianxin-runs", "DELETE")
    before = call(f"{server}/lianxin-*/_alias")
    assert (other.made, other.current, other.acknowledged()) == (True, False, Progress())
    assert [sentence.split("，")[0] for sentence in other.differences()] == [
        f"{COMMENTS}-{index.generation} 不见了",
        f"别名 {COMMENTS} 指向 空处",
        f"别名 lianxin-open-comments-{index.generation} 指向 空处",
        "别名 lianxin-runs 指向 空处",
    ]
    with pytest.raises(Unreadable, match="不见了，请运行 lianxin index rebuild"):
        other.search(COMMENTS, {"size": 0})
    assert call(f"{server}/lianxin-*/_alias") == before
    assert other.put(COMMENTS, [{"id": "a"}]) == Written()
    assert index.acknowledged() == Progress()
    assert [sentence.split("，")[0] for sentence in other.differences()] == ["别名 lianxin-runs 指向 空处"]


def test_a_scan_sees_one_snapshot_and_every_hit_and_lets_go_of_it(index, server):
    index.put(COMMENTS, [{"id": f"{number:03}", "likes": number % 7} for number in range(250)])
    index.refresh()
    body = {"sort": [{"likes": "desc"}, {"id": "asc"}], "size": 20}
    hits = index.scan(COMMENTS, body)
    first = next(hits)
    index.put(COMMENTS, [{"id": "late", "likes": 3}])
    index.refresh()
    assert open_snapshots(server) == 1
    ids = [first["_id"], *(hit["_id"] for hit in hits)]
    assert ids == [f"{number:03}" for number in sorted(range(250), key=lambda number: (-(number % 7), number))]
    abandoned = index.scan(COMMENTS, body)
    next(abandoned)
    abandoned.close()
    assert open_snapshots(server) == 0


def test_a_lost_snapshot_ends_the_scan_with_an_error(index, server):
    index.put(COMMENTS, [{"id": f"{number:03}"} for number in range(50)])
    index.refresh()
    hits = index.scan(COMMENTS, {"sort": ["id"], "size": 20})
    next(hits)
    call(f"{server}/{COMMENTS}-{index.generation}", "DELETE")
    with pytest.raises(ServiceAway, match="索引不全"):
        list(hits)


@pytest.mark.parametrize("body", [{}, {"sort": ["_score"]}, {"sort": ["id"], "from": 5}])
def test_a_scan_needs_an_order_that_can_be_gone_on_with(index, body):
    with pytest.raises(OutsideDialect, match="a scan has `sort`"):
        list(index.scan(COMMENTS, body))


def test_an_answer_of_some_shards_is_none(index, monkeypatch):
    index.put(COMMENTS, [{"id": "a"}])
    real = index._connection.ask

    def spoilt(method, path, body=None, **parameters):
        response = real(method, path, body, **parameters)
        if path.endswith("_search"):
            response.body["_shards"]["failed"] = 1
        return response

    monkeypatch.setattr(index._connection, "ask", spoilt)
    with pytest.raises(ServiceAway, match="只查到了一部分分片"):
        index.search(COMMENTS, {})


def test_too_many_buckets_are_refused(index):
    moments = [f"{year}-06-01T00:00:00.000Z" for year in (1000, 9000)]
    index.put(COMMENTS, [{"id": moment, "posted_at": moment} for moment in moments])
    index.refresh()
    hours = {"date_histogram": {"field": "posted_at", "calendar_interval": "hour"}}
    with pytest.raises(TooManyBuckets):
        index.search(COMMENTS, {"size": 0, "aggs": {"hours": hours}})


def test_what_is_outside_the_dialect_is_never_sent(index, monkeypatch):
    monkeypatch.setattr(index._connection, "send", lambda *asked, **parameters: pytest.fail("sent"))
    with pytest.raises(OutsideDialect):
        index.search(COMMENTS, {"query": {"regexp": {"author": ".*"}}})


def test_reading_asks_in_chunks(index, monkeypatch):
    monkeypatch.setattr(reading, "AT_ONCE", 7)
    index.put(COMMENTS, [{"id": str(number)} for number in range(50)])
    found = index.read(COMMENTS, [str(number) for number in range(60)])
    assert set(found) == {str(number) for number in range(50)}
    assert len({stored.version for stored in found.values()}) == 50


def test_every_index_takes_documents(index):
    for name in INDICES:
        assert index.put(name, [{"id": "a"}]) == Written()
        assert index.get(name, ["a"]) == {"a": {"id": "a"}}
