"""`lianxin index …` as its users run it: what it prints, what it leaves with, what is there afterwards."""

import platform
import shutil
import signal
from dataclasses import replace
from datetime import timedelta

import pytest

from pipelines.index import Progress
from pipelines.index.mapping import VERSION
from tests.installation import Installation
from tests.pipelines.collected import ACCOUNTS, AT, COMMENT, EVENTS, LETTER, REPLY, SOURCES, write


@pytest.fixture
def filled(installation: Installation) -> Installation:
    """Something in the journal, nothing in the index yet."""
    installation.write(SOURCES, accounts=ACCOUNTS)
    write(installation.data / "journal", *EVENTS)
    return installation


def test_status_says_how_far_behind_and_rebuild_catches_up(filled: Installation) -> None:
    looked = filled.run("index", "status"), filled.run("index", "check")
    assert [(each.code, "local 里还没有索引，日志里有 5 条" in each.out) for each in looked] == [(0, True)] * 2
    assert not (filled.data / "index").exists()
    filled.run("index", "rebuild")
    write(filled.data / "journal", *EVENTS)
    behind = filled.run("index", "status")
    assert (behind.code, "日志里还有 5 条（0.1 MB）" in behind.out) == (0, True), behind.out
    rebuilt = filled.run("index", "rebuild")
    counts = ["lianxin-comments：2 篇", "lianxin-posts：1 篇", "lianxin-runs：1 篇"]
    assert rebuilt.out.splitlines()[:4] == ["已从日志重建。", *counts], rebuilt.out
    after = filled.run("index", "status")
    assert "lianxin-comments：2 篇" in after.out
    assert "索引与日志一致。" in after.out
    assert f"旧索引还留着：{VERSION}-" in after.out


def test_a_rebuild_counts_documents_and_not_their_versions(filled: Installation) -> None:
    write(filled.data / "journal", replace(LETTER, text="改过的话", collected_at=AT + timedelta(days=1)))
    assert "lianxin-comments：2 篇" in filled.run("index", "rebuild").out


def test_old_generations_are_dropped_when_told(filled: Installation) -> None:
    filled.run("index", "rebuild")
    assert filled.run("index", "drop").out == "没有旧索引。\n"
    filled.run("index", "rebuild")
    dropped = filled.run("index", "drop")
    assert (dropped.code, dropped.out.startswith(f"已删除旧索引 {VERSION}-")) == (0, True)
    assert filled.run("index", "drop").out == "没有旧索引。\n"
    assert len(filled.comments()) == 2


def test_a_build_that_was_left_is_named_and_dropped_when_told(filled: Installation) -> None:
    filled.run("index", "rebuild")
    filled.run("index", "drop")
    index = filled.index()
    begun = index.beside()
    begun.acknowledge(Progress(recipe="half a move"))
    name = begun.generation
    assert f"有一份没有建完：{name}，{platform.node()} 在 20" in filled.run("index", "status").out
    kept = filled.run("index", "drop").out
    assert (name in kept, "--unfinished" in kept, index.unfinished.generation) == (True, True, name)
    assert filled.run("index", "drop", "--unfinished").out == f"已删除没有建完的 {name}。\n"
    assert (index.unfinished, (filled.data / "index" / name).exists()) == (None, False)
    assert len(filled.comments()) == 2


def test_check_compares_the_index_with_the_mapping(filled: Installation) -> None:
    filled.run("index", "rebuild")
    assert filled.run("index", "check").out.startswith(f"✓ 索引（{VERSION}-")
    serving = filled.data / "index" / filled.index().generation
    for store in (serving / "lianxin-posts").glob("*.store"):
        store.unlink()
    broken = filled.run("index", "check")
    assert broken.code == 1
    assert "✗ 读不出本机索引" in broken.out
    assert "请运行 lianxin index rebuild" in broken.out
    assert filled.run("index", "rebuild").code == 0
    assert filled.run("index", "check").code == 0


def test_a_journal_that_is_not_whole_is_not_rebuilt_from(filled: Installation) -> None:
    filled.run("index", "rebuild")
    shutil.rmtree(filled.data / "journal")
    write(filled.data / "journal", replace(LETTER, id="liuyan:2"))
    refused = filled.run("index", "rebuild")
    assert (refused.code, "lianxin index rebuild --incomplete" in refused.err) == (1, True)
    told = filled.run("index", "status").out
    assert "索引里有 1 段日志的内容在这里的日志文件夹里没有或不全" in told
    assert "索引与日志一致" not in told
    assert len(filled.comments()) == 2
    assert filled.run("index", "rebuild", "--incomplete").code == 0
    assert [comment.id for comment in filled.comments()] == ["liuyan:2"]


def test_an_index_is_not_moved_onto_itself(filled: Installation) -> None:
    ended = filled.run("index", "rebuild", "--to", "local")
    assert (ended.code, "就是索引现在所在的地方" in ended.err) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [(["--to", "search:9200"], "--to 不对"), (["--key-file", "key"], "要和 --to 一起用")],
)
def test_a_wrong_target_is_called_so(filled: Installation, arguments: list[str], words: str) -> None:
    ended = filled.run("index", "rebuild", *arguments)
    assert (ended.code, words in ended.err, "环境变量" in ended.err) == (2, True, False)


def test_status_tells_what_was_taken_in_and_is_not_to_be_found(filled: Installation) -> None:
    waits = replace(REPLY, id="liuyan:9-1", comment_id="liuyan:9")
    write(filled.data / "journal", replace(COMMENT, id="isso:thread:9", likes=2**40), waits)
    filled.run("index", "rebuild")
    told = filled.run("index", "status").out
    assert "1 条答复找不到对应的评论" in told
    assert "索引不收 1 篇，原因写在" in told


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_follower_that_is_told_to_stop_ends_in_order(filled: Installation, number: signal.Signals) -> None:
    with filled.started("index", "follow") as following:
        for line in following.stdout:
            if line.startswith("已进索引"):
                break
        following.send_signal(number)
        assert following.stdout.read().endswith("已停止。\n")
    assert following.returncode == 0
