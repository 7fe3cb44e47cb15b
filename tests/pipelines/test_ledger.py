"""What the ledger remembers of earlier runs: days with something new, settings, and all of it after a new program."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from crawler.config import Config
from crawler.coverage import POSTS, Span
from crawler.items import Comment, Gone, Post, Reply
from crawler.ledger import LAYOUT, Ledger
from crawler.profiles import History
from crawler.runs import Run, Tally
from pipelines.digests import kept
from pipelines.recorder import catch_up
from tests.pipelines.collected import AT, COMMENT, LETTER, POST, REPLY
from tests.pipelines.recording import opened

LIKED = replace(COMMENT, likes=(COMMENT.likes or 0) + 1, reply_count=7)
POST_TALKED_OF = replace(POST, comment_count=99)


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(data=tmp_path)


def crawl(config: Config, day: int, *items: Post | Comment | Reply, settings: str = "", end: str = "") -> Run:
    """A run on a day of June that brings these items; `end` ends its id."""
    at = datetime(2026, 6, day, 12, tzinfo=UTC)
    tally = Tally("thread", "isso", at, asked=1, answered=1, settings_digest=settings, replayed=at if end else None)
    recorder = opened(config, tally)
    for item in items:
        tally.fetched += 1
        recorder.record([replace(item, source="thread", collected_at=at, run=tally.run)])
    return recorder.close("finished").result()


def news(config: Config, settings: str = "") -> list[int]:
    """The days of June with something new."""
    with Ledger(config.ledger_path) as ledger:
        return [day.day for day in ledger.history(Tally("thread", "isso", settings_digest=settings)).news]


def without(config: Config) -> None:
    for path in config.data.glob("ledger.sqlite*"):
        path.unlink()
    with Ledger(config.ledger_path) as ledger:
        catch_up(ledger, config.journal_folder)


def test_a_like_on_what_is_known_is_nothing_new(config: Config) -> None:
    crawl(config, 1, POST, COMMENT, LETTER)
    assert crawl(config, 2, POST_TALKED_OF, LIKED, LETTER).stored == 2
    crawl(config, 3, POST, replace(LIKED, likes=80), LETTER)
    assert news(config) == [1]
    crawl(config, 4, replace(LIKED, text="改过的话"))
    crawl(config, 5, replace(LETTER, status="已回复"))
    crawl(config, 6, REPLY)
    crawl(config, 7, replace(COMMENT, id="isso:thread:new"))
    assert news(config) == [1, 4, 5, 6, 7]
    without(config)
    assert news(config) == [1, 4, 5, 6, 7]


def test_what_is_read_once_more_is_nothing_new(config: Config) -> None:
    crawl(config, 1, POST, COMMENT)
    crawl(config, 2, replace(COMMENT, text="解析改好后的话"), end=":replay")
    assert news(config) == [1]


@pytest.mark.parametrize("cuts", [(), (1,), (2,), (1, 2), (1, 2, 3)])
def test_what_comes_again_is_new_wherever_the_journal_is_cut(config: Config, cuts: tuple[int, ...]) -> None:
    first, again = (replace(COMMENT, collected_at=AT + timedelta(days=days)) for days in (1, 9))
    gone = Gone(COMMENT.id, "comment", COMMENT.source, "comments", AT, "thread:2")
    events = [kept(first), kept(gone), kept(again), kept(replace(again, collected_at=AT + timedelta(days=20)))]
    with Ledger(config.ledger_path) as ledger:
        for begin, end in pairwise((0, *cuts, len(events))):
            ledger.note(events[begin:end], [], "segment", end)
        found = ledger.history(Tally(COMMENT.source, "isso")).news
    assert found == [first.collected_at.date(), again.collected_at.date()]


def profiles(config: Config, settings: str) -> tuple[int, float | None]:
    """How many profiles, and which usual number of items, a run with these settings is held against."""
    with Ledger(config.ledger_path) as ledger:
        history = ledger.history(Tally("thread", "isso", AT + timedelta(days=60), settings_digest=settings))
    return len(history.profiles), history.usual


def test_runs_that_were_set_otherwise_are_no_measure(config: Config) -> None:
    for day in (1, 2, 3):
        crawl(config, day, POST, COMMENT, settings="all pages")
    assert profiles(config, "all pages") == (3, 2.0)
    fewer = crawl(config, 4, COMMENT, settings="one page")
    assert (fewer.outcome, fewer.reason) == ("complete", "")
    assert (profiles(config, "all pages"), profiles(config, "one page")) == ((3, 2.0), (1, 1.0))
    assert profiles(config, "all posts") == (0, None)


def test_one_run_that_was_set_wrongly_takes_nobody_s_history(config: Config) -> None:
    for day in range(1, 6):
        crawl(config, day, POST, replace(COMMENT, text=f"第 {day} 天"), settings="a")
    for day in (6, 7, 8):
        wrong = crawl(config, day, replace(COMMENT, text=f"第 {day} 天"), settings="mistyped")
        assert (wrong.outcome, wrong.reason) == ("complete", "")
    assert profiles(config, "a") == (5, 2.0)
    assert profiles(config, "mistyped") == (3, 1.0)
    few = crawl(config, 9, settings="a")
    assert (few.outcome, "只取到 0 条，平时约 2 条。" in few.reason) == ("suspect", True)
    crawl(config, 10, POST, replace(COMMENT, text="第 10 天"), settings="a")
    assert (profiles(config, "a"), profiles(config, "mistyped")) == ((5, 2.0), (3, 1.0))
    assert (news(config, "a"), news(config, "mistyped")) == ([1, 2, 3, 4, 5, 10], [6, 7, 8])


def test_asking_for_the_history_writes_nothing(config: Config) -> None:
    crawl(config, 1, POST, COMMENT, settings="a")
    with Ledger(config.ledger_path) as ledger, Ledger(config.ledger_path) as other:
        with other._writing():
            history = ledger.history(Tally("thread", "isso", settings_digest="mistyped"))
        assert history == History(profiles=[], news=[])
        assert len(ledger.history(Tally("thread", "isso", settings_digest="a")).profiles) == 1


def test_a_ledger_that_is_lost_does_not_take_settings_for_changed(config: Config) -> None:
    for day in (1, 2, 3):
        crawl(config, day, POST, COMMENT, settings="all pages")
    without(config)
    assert profiles(config, "all pages") == (0, 2.0)


def test_a_new_program_knows_how_far_the_old_one_had_read(config: Config) -> None:
    """Its tables are made anew from the journal; what the journal does not know stays."""
    spans = (Span(AT, AT - timedelta(days=30)),)
    crawl(config, 1, POST, COMMENT)
    with Ledger(config.ledger_path) as ledger:
        ledger.note_spans("thread", POSTS, spans)
        with ledger._writing() as database:
            database.execute("UPDATE seen SET digest = x'00'")
            database.execute(f"PRAGMA user_version = {LAYOUT - 1}")
    assert crawl(config, 2, POST, COMMENT).unchanged == 2
    with Ledger(config.ledger_path) as ledger:
        assert ledger.spans("thread", POSTS) == spans
        assert len(ledger.history(Tally("thread", "isso")).profiles) == 2


def test_what_an_older_program_kept_of_answers_is_deleted(config: Config) -> None:
    """It may name somebody, see `crawler/profiles.py`."""
    crawl(config, 1, POST, COMMENT)
    with Ledger(config.ledger_path) as ledger, ledger._writing() as database:
        database.execute("CREATE TABLE profiles (source TEXT, profile BLOB)")
        database.execute(f"PRAGMA user_version = {LAYOUT - 1}")
    crawl(config, 2, POST, COMMENT)
    with Ledger(config.ledger_path) as ledger:
        assert ledger._read("SELECT name FROM sqlite_schema WHERE name IN ('profiles', 'settings')") == []


def test_an_older_journal_is_noticed_by_a_new_program_too(config: Config) -> None:
    crawl(config, 1, POST, COMMENT)
    with Ledger(config.ledger_path) as ledger:
        ledger.note_spans("thread", POSTS, (Span(AT, AT),))
        with ledger._writing() as database:
            database.execute(f"PRAGMA user_version = {LAYOUT - 1}")
    for path in config.journal_folder.iterdir():
        path.unlink()
    assert crawl(config, 2, POST, COMMENT).stored == 2
    with Ledger(config.ledger_path) as ledger:
        assert ledger.spans("thread", POSTS) == ()
