"""The journal keeps what it acknowledged, forgets what was half-written, and can be read while it is written."""

import errno
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.items import Comment, Post, Reply
from crawler.runs import Run
from pipelines.journal import Event, JournalBroken, JournalWriter, bytes_of, decode, encode, read

AT = datetime(2026, 6, 3, 12, 15, 44, tzinfo=UTC)
LETTER = Comment(
    id="liuyan:26050001", platform="liuyan", source="board", kind="letter", title="电梯", text="第一行\n第二行",
    url="http://127.0.0.1/threads/content?tid=26050001", posted_at=AT, collected_at=AT, run="board:1", likes=3,
)  # fmt: skip
REPLY = Reply(
    id="liuyan:26050001-1", platform="liuyan", source="board", comment_id="liuyan:26050001", unit="示例县住建局",
    text="已收到", url="", replied_at=AT, collected_at=AT, run="board:1",
)  # fmt: skip
POST = Post(
    id="isso:thread:/gov/a.html", platform="isso", source="thread", title="公告", text="全文", url="http://127.0.0.1/gov/a.html",
    posted_at=AT, collected_at=AT, run="thread:1",
)  # fmt: skip
RUN = Run(
    id="board:1", source="board", platform="liuyan", started_at=AT, masks={"[电话]": 2}, gaps=("2026-06-01/2026-06-02",)
)

texts = st.text(st.characters(exclude_categories=["Cs"]))
moments = st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(UTC))


@pytest.mark.parametrize("event", [LETTER, REPLY, POST, RUN])
def test_an_event_comes_back_as_it_was(event: Event) -> None:
    assert decode(encode(event)) == event


@given(text=texts, title=texts, at=moments, likes=st.none() | st.integers(0, 10**9))
def test_any_comment_comes_back_as_it_was(text: str, title: str, at: datetime, likes: int | None) -> None:
    comment = Comment(
        id="isso:thread:1", platform="isso", source="thread", kind="comment", title=title, text=text, url="",
        posted_at=at, collected_at=at, run="thread:1", likes=likes,
    )  # fmt: skip
    line = encode(comment)
    assert line.count(b"\n") == 1
    assert decode(line) == comment


def test_events_are_read_in_the_order_they_were_written(tmp_path: Path) -> None:
    with JournalWriter(tmp_path) as journal:
        journal.append([RUN, LETTER])
        journal.append([REPLY])
    entries = list(read(tmp_path))
    assert [entry.event for entry in entries] == [RUN, LETTER, REPLY]
    assert entries[-1].end == bytes_of(tmp_path)[journal.segment] == journal.size


def test_reading_goes_on_after_what_was_taken_in(tmp_path: Path) -> None:
    with JournalWriter(tmp_path) as journal:
        journal.append([LETTER, REPLY])
        first = next(iter(read(tmp_path)))
        assert [entry.event for entry in read(tmp_path, {journal.segment: first.end})] == [REPLY]
        journal.append([POST])
        assert [entry.event for entry in read(tmp_path, {journal.segment: first.end})] == [REPLY, POST]


def test_every_writer_has_a_segment_of_its_own(tmp_path: Path) -> None:
    with JournalWriter(tmp_path) as one, JournalWriter(tmp_path) as other:
        one.append([LETTER])
        other.append([REPLY])
    assert sorted(entry.event.id for entry in read(tmp_path)) == [LETTER.id, REPLY.id]
    assert len(bytes_of(tmp_path)) == 2


@given(cut=st.integers(1, len(encode(REPLY)) - 1))
def test_a_torn_last_line_is_passed_over(tmp_path_factory: pytest.TempPathFactory, cut: int) -> None:
    folder = tmp_path_factory.mktemp("journal")
    with JournalWriter(folder) as journal:
        journal.append([LETTER, REPLY])
    path = folder / journal.segment
    path.write_bytes(path.read_bytes()[:-cut])
    assert [entry.event for entry in read(folder)] == [LETTER]


def test_a_broken_line_in_the_middle_is_not_passed_over(tmp_path: Path) -> None:
    with JournalWriter(tmp_path) as journal:
        journal.append([LETTER, REPLY])
    path = tmp_path / journal.segment
    path.write_bytes(b"{}\n" + path.read_bytes())
    with pytest.raises(JournalBroken, match="从第 0 字节起的一行读不懂"):
        list(read(tmp_path))


WRITE_UNTIL_FULL = """
import resource, sys
from pathlib import Path
from pipelines.journal import JournalWriter, decode
line = sys.stdin.buffer.read()
resource.setrlimit(resource.RLIMIT_FSIZE, (len(line) * 5 // 2, resource.RLIM_INFINITY))
journal = JournalWriter(Path(sys.argv[1]))
for _ in range(3):
    try:
        journal.append([decode(line)])
        print("kept")
    except OSError as error:
        print("refused", error.errno)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
journal.append([decode(line)])
print("kept")
"""


@pytest.mark.skipif(sys.platform == "win32", reason="limits of file size are a POSIX thing")
def test_a_disk_that_is_full_in_the_middle_of_a_line_leaves_a_readable_journal(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", WRITE_UNTIL_FULL, str(tmp_path)], input=encode(LETTER), capture_output=True, check=True
    )
    assert ended.stdout.decode().split("\n") == ["kept", "kept", f"refused {errno.EFBIG}", "kept", ""]
    assert [entry.event for entry in read(tmp_path)] == [LETTER] * 3


def test_what_was_read_of_a_write_that_fails_stays_where_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk refuses after the lines are written and before they are safe; a reader has seen them already."""

    def refuse(_: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    with JournalWriter(tmp_path) as journal:
        journal.append([LETTER])
        first = journal.segment
        with monkeypatch.context() as patched, pytest.raises(OSError, match="Input/output"):
            patched.setattr(os, "fsync", refuse)
            journal.append([REPLY, POST])
        seen = bytes_of(tmp_path)
        journal.append([REPLY, POST])
        assert journal.segment != first
        assert journal.size == bytes_of(tmp_path)[journal.segment]
    assert bytes_of(tmp_path)[first] == seen[first]
    assert [entry.event for entry in read(tmp_path, seen)] == [REPLY, POST]
    assert [entry.event for entry in read(tmp_path)] == [LETTER, REPLY, POST, REPLY, POST]


def test_a_segment_that_was_taken_whole_is_not_opened(tmp_path: Path) -> None:
    with JournalWriter(tmp_path) as journal:
        journal.append([RUN, LETTER])
    whole = bytes_of(tmp_path)
    (tmp_path / journal.segment).write_bytes(b" " * whole[journal.segment])  # as if it could not be read
    assert bytes_of(tmp_path) == {journal.segment: 0}
    assert bytes_of(tmp_path, whole) == whole
    assert list(read(tmp_path, whole)) == []
