"""What does not show where it stood is gone after the second time, and comes back when it shows again."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crawler.config import Config
from crawler.coverage import LETTERS, POSTS, Looked, Reached, Span, thread
from crawler.errors import ServiceAway
from crawler.items import Comment, Gone, Post, Reply
from crawler.ledger import Ledger
from crawler.runs import Run, Tally
from pipelines.documents import CommentDocument, PostDocument, from_source
from pipelines.feeder import feed
from pipelines.index import Index, open_index
from pipelines.index.mapping import COMMENTS
from pipelines.index.mapping import POSTS as POSTS_INDEX
from pipelines.journal import Event, JournalWriter, read
from tests.installation import Installation
from tests.pipelines.collected import ACCOUNTS, AT, COMMENT, LETTER, POST, REPLY, RUN, SOURCES, write
from tests.pipelines.recording import opened

SAID = [replace(COMMENT, id=f"isso:thread:{number}", text=f"第 {number} 句") for number in range(1, 16)]
UNDER_POST = thread(POST.id)
DAYS = [AT - timedelta(days=number) for number in range(30)]


def crawl(config: Config, items: Sequence[Post | Comment | Reply], *looked: Looked, source: str = "thread") -> Run:
    """A run that brings items and has looked through lists."""
    tally = Tally(source, "isso")
    recorder = opened(config, tally)
    for item in items:
        tally.asked += 1
        tally.answered += 1
        tally.fetched += 1
        recorder.record([replace(item, collected_at=datetime.now(UTC))])
    tally.lists.notes += looked
    return recorder.close("finished").result()


def gone(config: Config) -> list[str]:
    return [entry.event.id for entry in read(config.journal_folder) if isinstance(entry.event, Gone)]


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(data=tmp_path)


def test_the_second_time_counts(config: Config) -> None:
    all_of_it = Looked(UNDER_POST, None)
    crawl(config, [POST, *SAID], all_of_it)
    assert crawl(config, [POST, *SAID[1:]], all_of_it).outcome == "complete"
    assert gone(config) == []
    crawl(config, [POST, *SAID[1:]], all_of_it)
    assert gone(config) == ["isso:thread:1"]
    crawl(config, [POST, *SAID[1:]], all_of_it)
    assert gone(config) == ["isso:thread:1"]


def test_what_shows_in_between_is_not_gone(config: Config) -> None:
    all_of_it = Looked(UNDER_POST, None)
    crawl(config, [POST, *SAID], all_of_it)
    for shown in (SAID[1:], SAID, SAID[1:], SAID):
        crawl(config, [POST, *shown], all_of_it)
    assert gone(config) == []


def test_what_comes_again_is_stored_again(config: Config) -> None:
    all_of_it = Looked(UNDER_POST, None)
    for shown in (SAID, SAID[1:], SAID[1:]):
        crawl(config, [POST, *shown], all_of_it)
    assert crawl(config, [POST, *SAID], all_of_it).stored == 1
    assert crawl(config, [POST, *SAID], all_of_it).stored == 0


def test_the_journal_alone_knows_who_is_gone(config: Config) -> None:
    all_of_it = Looked(UNDER_POST, None)
    for shown in (SAID, SAID[1:], SAID[1:]):
        crawl(config, [POST, *shown], all_of_it)
    for path in config.data.glob("ledger.sqlite*"):
        path.unlink()
    for _ in range(3):
        crawl(config, [POST, *SAID[1:]], all_of_it)
    assert gone(config) == ["isso:thread:1"]
    assert crawl(config, [POST, *SAID], all_of_it).stored == 1


def test_nobody_looked_there(config: Config) -> None:
    letters = [replace(LETTER, id=f"liuyan:{number}", posted_at=at) for number, at in enumerate(DAYS)]
    crawl(config, letters, Looked(LETTERS, None), source="board")
    for _ in range(3):
        crawl(config, letters[:8], Looked(LETTERS, DAYS[10]), source="board")
    assert gone(config) == ["liuyan:8", "liuyan:9"]


def test_what_shows_and_is_refused_is_not_gone(config: Config) -> None:
    all_of_it = Looked(UNDER_POST, None)
    crawl(config, [POST, *SAID], all_of_it)
    for _ in range(3):
        recorder = opened(config, tally := Tally("thread", "isso"))
        for item in (POST, *SAID[1:]):
            recorder.record([item])
        recorder.reject(SAID[0], "点赞是负数。")
        tally.lists.notes.append(all_of_it)
        recorder.close("finished").result()
    assert gone(config) == []


def test_another_sources_items_are_not_looked_for(config: Config) -> None:
    crawl(config, [replace(LETTER, source="second")], source="second")
    for _ in range(3):
        crawl(config, [replace(LETTER, id="liuyan:2")], Looked(LETTERS, None), source="board")
    assert gone(config) == []


def test_a_board_that_loses_more_than_half_is_not_well(config: Config) -> None:
    letters = [replace(LETTER, id=f"liuyan:{number}") for number in range(30)]
    crawl(config, letters, Looked(LETTERS, None), source="board")
    for _ in range(3):
        run = crawl(config, letters[:14], Looked(LETTERS, None), source="board")
        assert run.outcome == "suspect"
        assert run.reason.startswith("以前取到过的 30 条，这次有 16 条没有出现，请核对来源是否改版。 只取到 14 条，")
    assert gone(config) == []


def test_comments_that_were_closed_are_gone(config: Config) -> None:
    crawl(config, [POST, *SAID], Looked(UNDER_POST, None))
    runs = [crawl(config, [POST], Looked(UNDER_POST, None)) for _ in range(2)]
    assert [run.outcome for run in runs] == ["suspect", "suspect"]
    assert len(gone(config)) == len(SAID)


def test_the_disk_refuses_while_something_is_gone(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    all_of_it = Looked(UNDER_POST, None)
    for shown in (SAID, SAID[1:]):
        crawl(config, [POST, *shown], all_of_it)
    tally = Tally("thread", "isso")
    recorder = opened(config, tally)
    for item in (POST, *SAID[1:]):
        recorder.record([item])
    tally.lists.notes.append(all_of_it)
    append = JournalWriter.append

    def refused(journal: JournalWriter, events: Sequence[object]) -> None:
        if any(isinstance(event, Gone) for event in events):
            raise OSError(28, "No space left on device")
        append(journal, events)

    monkeypatch.setattr(JournalWriter, "append", refused)
    with pytest.raises(ServiceAway, match="磁盘"):
        recorder.flush().result()
    assert gone(config) == []
    monkeypatch.undo()
    recorder.close("finished").result()
    assert gone(config) == ["isso:thread:1"]
    assert tally.lists.known == len(SAID)


def test_what_is_read_is_noted_after_what_was_read(config: Config) -> None:
    spans = (Span(AT, DAYS[9], {"last": "7"}), Span(DAYS[20], DAYS[29]))
    tally = Tally("board", "liuyan")
    recorder = opened(config, tally)
    recorder.record([LETTER])
    tally.lists.notes.append(Reached(LETTERS, spans, joined=True))
    run = recorder.close("finished").result()
    assert (tally.lists.joined, tally.lists.notes) == (True, [])
    assert run.gaps == ("2026-06-10/2026-06-21",)
    with Ledger(config.ledger_path) as ledger:
        assert ledger.spans("board", LETTERS) == spans
        assert ledger.spans("board", POSTS) == ()
        assert ledger.broken_off("board") == [LETTERS]


def test_gone_is_told_by_the_index_until_it_comes_again(installation: Installation) -> None:
    installation.write(SOURCES, accounts=ACCOUNTS)
    config, registry = installation.config(), installation.registry()
    found_missing = AT + timedelta(days=2)
    events = [
        *(RUN, POST, COMMENT, LETTER, REPLY),
        Gone(LETTER.id, "comment", "board", LETTERS, found_missing, "board:2"),
        Gone(POST.id, "post", "thread", POSTS, found_missing, "thread:2"),
    ]
    with closing(open_index(config)) as index:

        def fed(*events: Event) -> tuple[CommentDocument, CommentDocument, PostDocument]:
            write(config.journal_folder, *events)
            feed(config, registry, index)
            return documents(index)

        letter, comment, post = fed(*events)
        assert (letter.gone_at, comment.gone_at, post.gone_at) == (found_missing, None, found_missing)
        assert [reply.id for reply in letter.replies] == [REPLY.id]
        letter, _, _ = fed(replace(LETTER, text="老版本", collected_at=AT + timedelta(days=1)))
        assert (letter.text, letter.gone_at) == ("老版本", found_missing)
        letter, _, _ = fed(replace(LETTER, collected_at=AT + timedelta(days=3)))
        assert (letter.text, letter.gone_at) == (LETTER.text, None)


def documents(index: Index) -> tuple[CommentDocument, CommentDocument, PostDocument]:
    comments = index.get(COMMENTS, [LETTER.id, COMMENT.id])
    post = index.get(POSTS_INDEX, [POST.id])[POST.id]
    letter, comment = (from_source(CommentDocument, comments[name]) for name in (LETTER.id, COMMENT.id))
    return letter, comment, from_source(PostDocument, post)
