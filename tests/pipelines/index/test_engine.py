import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from crawler.errors import ServiceAway, Trouble, Unreadable
from pipelines.index import Progress, Refused, Written
from pipelines.index.embedded.engine import EmbeddedIndex
from pipelines.index.mapping import COMMENTS, INDICES, POSTS

ROOT = Path(__file__).parents[3]

# Each puts batches of 20 documents; a batch's number is printed once `put` has returned.
WRITER = """
import sys
from pathlib import Path
from pipelines.index.embedded.engine import EmbeddedIndex

folder, name, first, last = sys.argv[1:]
index = EmbeddedIndex(Path(folder))
for batch in range(int(first), int(last)):
    own = [{"id": f"{name}:{batch}:{n}", "run": f"{name}:{batch}"} for n in range(19)]
    index.put("lianxin-comments", [*own, {"id": "shared", "run": f"{name}:{batch}"}])
    print(batch, flush=True)
"""
HOLDER = """
import sys
from pathlib import Path
from pipelines.index.embedded.shelf import Shelf
from pipelines.index.mapping import INDICES

writer = Shelf(Path(sys.argv[1]), INDICES["lianxin-comments"], 30.0)._writer()
print("holding", flush=True)
sys.stdin.readline()
"""


def start(code, *arguments):
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def finish(process):
    process.communicate()
    return process.returncode


def batches(index):
    """How many documents of each batch the index holds, without the shared one."""
    body = {"size": 0, "query": {"bool": {"must_not": {"term": {"id": "shared"}}}}}
    found = index.search(COMMENTS, body | {"aggs": {"batches": {"terms": {"field": "run", "size": 10_000}}}})
    return {bucket["key"]: bucket["doc_count"] for bucket in found["aggregations"]["batches"]["buckets"]}


def test_what_was_put_is_seen_at_once_and_after_opening_again(tmp_path):
    index = EmbeddedIndex(tmp_path / "index")
    index.put(COMMENTS, [{"id": "a", "text": "医保"}, {"id": "b", "text": "养老"}])
    assert index.get(COMMENTS, ["a", "nobody"]) == {"a": {"id": "a", "text": "医保"}}
    index.close()
    again = EmbeddedIndex(tmp_path / "index")
    assert again.search(COMMENTS, {})["hits"]["total"]["value"] == 2
    again.close()


def test_a_document_of_the_same_id_is_replaced(empty_index):
    empty_index.put(COMMENTS, [{"id": "a", "text": "医保"}])
    empty_index.put(COMMENTS, [{"id": "a", "text": "养老"}, {"id": "a", "text": "电梯"}])
    assert empty_index.get(COMMENTS, ["a", "a"]) == {"a": {"id": "a", "text": "电梯"}}
    assert empty_index.search(COMMENTS, {"query": {"match": {"text": "医保 养老"}}})["hits"]["hits"] == []


def test_an_empty_index_answers_with_nothing(empty_index):
    for index in INDICES:
        body = {"sort": ["id"], "aggs": {"s": {"terms": {"field": "source"}}}}
        answer = empty_index.search(index, body)
        assert answer["hits"] == {"total": {"value": 0, "relation": "eq"}, "max_score": None, "hits": []}
        assert answer["aggregations"]["s"]["buckets"] == []
        assert empty_index.get(index, []) == empty_index.get(index, ["a"]) == {}
        empty_index.put(index, [])


def test_one_process_sees_what_another_has_put(tmp_path):
    reader = EmbeddedIndex(tmp_path / "index")
    assert batches(reader) == {}
    assert finish(start(WRITER, tmp_path / "index", "w", 0, 2)) == 0
    assert batches(reader) == {"w:0": 19, "w:1": 19}
    reader.close()


def test_many_processes_write_and_read_at_once(tmp_path):
    reader = EmbeddedIndex(tmp_path / "index")
    writers = [start(WRITER, tmp_path / "index", name, 0, 6) for name in "abc"]
    while any(writer.poll() is None for writer in writers):
        found = reader.search(COMMENTS, {"query": {"ids": {"values": ["shared"]}}})["hits"]["total"]["value"]
        assert found <= 1
        assert set(batches(reader).values()) <= {19}
    assert [finish(writer) for writer in writers] == [0, 0, 0]
    assert batches(reader) == {f"{name}:{batch}": 19 for name in "abc" for batch in range(6)}
    assert reader.get(COMMENTS, ["shared"])["shared"]["run"] in {"a:5", "b:5", "c:5"}
    reader.close()


def test_processes_may_begin_the_same_folder_at_once(tmp_path):
    writers = [start(WRITER, tmp_path / "index", name, 0, 1) for name in "abcd"]
    assert [finish(writer) for writer in writers] == [0, 0, 0, 0]
    index = EmbeddedIndex(tmp_path / "index")
    assert batches(index) == {f"{name}:0": 19 for name in "abcd"}
    index.close()


def test_kill_loses_nothing_that_had_returned(tmp_path):
    returned, first = set(), 0
    for lives in range(1, 7):
        with start(WRITER, tmp_path / "index", "w", first, 10_000) as writer:
            for _ in range(lives):
                returned.add(int(writer.stdout.readline()))
            writer.send_signal(signal.SIGKILL)
            returned.update(int(line) for line in writer.stdout.read().splitlines())
        first = max(returned) + 2  # the batch that was being put may or may not be there
        index = EmbeddedIndex(tmp_path / "index")
        found = batches(index)
        assert {f"w:{batch}" for batch in returned} <= set(found)
        assert set(found.values()) == {19}
        index.put(COMMENTS, [{"id": "after"}])
        index.close()


def test_a_writer_waits_and_then_says_who_is_in_the_way(tmp_path):
    index = EmbeddedIndex(tmp_path / "index", patience=0.1)
    index.put(COMMENTS, [{"id": "a"}])
    with start(HOLDER, tmp_path / "index" / index.generation / COMMENTS) as holder:
        assert holder.stdout.readline() == "holding\n"
        with pytest.raises(ServiceAway, match="另一个进程正在写本机索引"):
            index.put(COMMENTS, [{"id": "b"}])
        index.put(POSTS, [{"id": "b"}])
        holder.communicate("\n")
    index.put(COMMENTS, [{"id": "b"}])
    assert set(index.get(COMMENTS, ["a", "b"])) == {"a", "b"}
    index.close()


def test_acknowledged_offsets_are_kept(tmp_path):
    index = EmbeddedIndex(tmp_path / "index")
    assert index.acknowledged() == Progress()
    progress = Progress({"one": 10, "two": 7}, (("one", 3),), "version")
    index.acknowledge(Progress({"one": 10}))
    index.acknowledge(progress)
    again = EmbeddedIndex(tmp_path / "index")
    assert again.acknowledged() == progress
    again.close()
    index.close()


def test_a_lost_folder_is_not_taken_for_a_full_one(tmp_path):
    index = EmbeddedIndex(tmp_path / "index")
    index.put(COMMENTS, [{"id": "a"}])
    index.acknowledge(Progress({"one": 10}))
    index.close()
    shutil.rmtree(tmp_path / "index" / index.generation / COMMENTS)
    again = EmbeddedIndex(tmp_path / "index")
    for ask in (again.acknowledged, lambda: again.search(COMMENTS, {}), again.acknowledged):
        with pytest.raises(Unreadable, match="不见了，请运行 lianxin index rebuild"):
            ask()
    assert len(again.differences()) == 1
    again.close()


def test_an_unfit_document_is_refused_and_the_rest_stored(empty_index):
    written = empty_index.put(COMMENTS, [{"id": "good"}, {"id": "bad", "likes": "many"}])
    assert written == Written(refused=(Refused("bad", "字段 likes 不是 integer 类型。"),))
    assert set(empty_index.get(COMMENTS, ["good", "bad"])) == {"good"}


def test_what_was_changed_since_it_was_read_is_not_overwritten(tmp_path):
    first, second = EmbeddedIndex(tmp_path / "index"), EmbeddedIndex(tmp_path / "index")
    first.put(COMMENTS, [{"id": "a", "likes": 1}, {"id": "b", "likes": 1}])
    stale = {name: found.version for name, found in first.read(COMMENTS, ["a", "b"]).items()}
    second.put(COMMENTS, [{"id": "a", "likes": 2}, {"id": "new", "likes": 2}])
    written = first.put(COMMENTS, [{"id": name, "likes": 3} for name in ("a", "b", "new", "other")], stale)
    assert written == Written(overtaken=("a", "new"))
    likes = {name: source["likes"] for name, source in second.get(COMMENTS, ["a", "b", "new", "other"]).items()}
    assert likes == {"a": 2, "b": 3, "new": 2, "other": 3}
    first.close()
    second.close()


def test_a_scan_sees_one_snapshot_and_every_hit(tmp_path):
    index = EmbeddedIndex(tmp_path / "index")
    index.put(COMMENTS, [{"id": f"{number:03}", "likes": number % 7} for number in range(250)])
    hits = index.scan(COMMENTS, {"sort": [{"likes": "desc"}, {"id": "asc"}], "size": 20})
    first = next(hits)
    index.put(COMMENTS, [{"id": "late", "likes": 3}])
    ids = [first["_id"], *(hit["_id"] for hit in hits)]
    assert ids == [f"{number:03}" for number in sorted(range(250), key=lambda number: (-(number % 7), number))]
    index.close()


def test_a_place_that_is_no_folder_is_trouble(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(Trouble, match="读写不了本机索引"):
        EmbeddedIndex(tmp_path / "file")
