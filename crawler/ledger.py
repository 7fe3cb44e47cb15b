"""The ledger: which items are stored in which words, how far each list is read, how past runs went. SQLite, safe for
several processes.

The ledger can be lost: what is stored is caught up from the journal (`marks` says how far it has read); how far lists
are read is found out by reading them again, what complete runs were made of by new ones.
"""

import json
import sqlite3
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median
from time import time

from crawler.coverage import LETTERS, WORDS_DIGEST_BYTES, Cursor, Kept, Span
from crawler.database import Database
from crawler.profiles import History, Profile
from crawler.runs import REPLAY, Run, Tally

RUNS_REMEMBERED = 5
"""How many complete runs make a source's usual number of items, and how many profiles of each extent and settings are
kept."""

NEWS_REMEMBERED = 60
"""How many days with something new are looked back upon."""

MISSES = 2
"""How often in a row an item is missing before it counts as gone: lists stutter."""

LAYOUT = 4
"""Of the tables that are caught up from the journal: those of another layout are made anew and caught up again. What
the journal does not know stays, such as how far lists are read."""

_CAUGHT_UP = ("seen", "listed", "runs", "news", "marks")
_ABANDONED = ("profiles", "settings")
"""Tables of earlier layouts, which nobody reads any more: `profiles` may hold somebody's name."""

CLOCK_SET_BACK = 60.0
"""Seconds by which processes may see the clock differently; more means that it was set back."""

_TABLES = """
CREATE TABLE IF NOT EXISTS seen (id TEXT PRIMARY KEY, digest BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS listed (
    source TEXT, list TEXT, id TEXT, at REAL NOT NULL, misses INTEGER NOT NULL, answered INTEGER NOT NULL,
    PRIMARY KEY (source, list, id)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS spans (
    source TEXT, list TEXT, until REAL, since REAL NOT NULL, cursor TEXT, PRIMARY KEY (source, list, until)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS runs (
    id TEXT PRIMARY KEY, source TEXT NOT NULL, started_at TEXT NOT NULL, outcome TEXT NOT NULL, fetched INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS runs_of_source ON runs (source, started_at);
CREATE TABLE IF NOT EXISTS news (source TEXT, day TEXT, PRIMARY KEY (source, day)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS run_profiles (
    source TEXT, extent TEXT, settings TEXT, started_at TEXT, profile BLOB NOT NULL,
    PRIMARY KEY (source, extent, settings, started_at)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS set_as (
    source TEXT, since TEXT, settings TEXT NOT NULL, PRIMARY KEY (source, since)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS marks (segment TEXT PRIMARY KEY, bytes INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS fed (
    place TEXT, segment TEXT, bytes INTEGER NOT NULL, PRIMARY KEY (place, segment)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS turns (
    host TEXT PRIMARY KEY, next REAL NOT NULL, rest REAL NOT NULL, noted REAL NOT NULL
) WITHOUT ROWID;
"""


class Ledger(Database):
    """One open ledger. Use as a context manager. Raises ServiceAway where the file cannot be used."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, _TABLES)

    def digest_of(self, item: str) -> bytes | None:
        """The digest of the stored version of an item, None when it was never stored."""
        rows = self._read("SELECT digest FROM seen WHERE id = ?", item)
        return rows[0][0] if rows else None

    def digests_of(self, items: Sequence[str]) -> dict[str, bytes]:
        """The same of several items at once, without those that were never stored."""
        named = json.dumps(items)
        return dict(self._read("SELECT id, digest FROM seen WHERE id IN (SELECT value FROM json_each(?))", named))

    def note(self, kept: Collection[Kept], runs: Iterable[Run], segment: str, until: int) -> None:
        """Take in what the journal holds in `segment` up to byte `until`, all or nothing."""
        known = list(runs)
        rows = [(run.id, run.source, run.started_at.isoformat(), run.outcome, run.fetched) for run in known]
        digests = [(each.id, each.digest) for each in kept]
        listed = [(each.source, each.list, each.id, each.at) for each in kept if each.list and each.digest]
        gone = [(each.source, each.list, each.id) for each in kept if each.list and not each.digest]
        answered = [(each.source, LETTERS, each.answers) for each in kept if each.answers]
        with self._writing() as database:
            database.executemany("INSERT OR IGNORE INTO news VALUES (?, ?)", self._news(kept))
            database.executemany("INSERT OR REPLACE INTO seen VALUES (?, ?)", digests)
            database.executemany(
                "INSERT INTO listed VALUES (?, ?, ?, ?, 0, 0) ON CONFLICT DO UPDATE SET at = excluded.at, misses = 0",
                listed,
            )
            database.executemany("UPDATE listed SET answered = 1 WHERE source = ? AND list = ? AND id = ?", answered)
            database.executemany("DELETE FROM listed WHERE source = ? AND list = ? AND id = ?", gone)
            database.executemany("INSERT OR REPLACE INTO runs VALUES (?, ?, ?, ?, ?)", rows)
            database.execute("INSERT OR REPLACE INTO marks VALUES (?, ?)", (segment, until))

    def _news(self, kept: Collection[Kept]) -> set[tuple[str, str]]:
        """The sources and days on which something was said that was not known: new, or in other words than before."""
        news: set[tuple[str, str]] = set()
        before: dict[str, bytes] = {}
        for each in kept:
            if each.day and (each.source, each.day) not in news:
                known = before[each.id] if each.id in before else self.digest_of(each.id) or b""
                if known[:WORDS_DIGEST_BYTES] != each.digest[:WORDS_DIGEST_BYTES]:
                    news.add((each.source, each.day))
            before[each.id] = each.digest
        return news

    def forget(self) -> None:
        """Begin anew: nothing is known to be stored, and no list to be read."""
        with self._writing() as database:
            for table in (*_CAUGHT_UP, "spans", "run_profiles", "set_as"):
                database.execute(f"DELETE FROM {table}")  # noqa: S608  names of our own tables

    def bring_up_to_date(self) -> None:
        """Make the tables anew that are caught up from the journal, where another program made them, once."""
        with self._writing() as database:
            if self._read("PRAGMA user_version")[0][0] == LAYOUT:
                return
            for table in (*_CAUGHT_UP, *_ABANDONED):
                database.execute(f"DROP TABLE IF EXISTS {table}")
            for statement in _TABLES.split(";"):
                database.execute(statement)
            database.execute(f"PRAGMA user_version = {LAYOUT}")

    def spans(self, source: str, name: str) -> tuple[Span, ...]:
        """Which parts of a list of a source are read, newest first."""
        found = self._read(
            "SELECT until, since, cursor FROM spans WHERE source = ? AND list = ? ORDER BY until DESC", source, name
        )
        return tuple(
            Span(_moment(until), _moment(since), None if cursor is None else json.loads(cursor))
            for until, since, cursor in found
        )

    def note_spans(self, source: str, name: str, spans: Iterable[Span]) -> None:
        """Remember which parts of a list are read, in place of what was known of it."""
        rows = [(source, name, span.until.timestamp(), span.since.timestamp(), _as_text(span.cursor)) for span in spans]
        with self._writing() as database:
            database.execute("DELETE FROM spans WHERE source = ? AND list = ?", (source, name))
            database.executemany("INSERT INTO spans VALUES (?, ?, ?, ?, ?)", rows)

    def broken_off(self, source: str) -> list[str]:
        """The lists of a source that are not read to their end."""
        found = self._read("SELECT DISTINCT list FROM spans WHERE source = ? AND cursor IS NOT NULL", source)
        return [name for (name,) in found]

    def waiting_since(self, source: str, since: datetime) -> datetime | None:
        """When the oldest letter came that nobody has answered, of those of a source that came after a moment."""
        ((at,),) = self._read(
            "SELECT min(at) FROM listed WHERE source = ? AND list = ? AND at >= ? AND answered = 0",
            *(source, LETTERS, since.timestamp()),
        )
        return None if at is None else _moment(at)

    def is_answered(self, source: str, letter: str) -> bool:
        """Whether a letter is stored, with an answer."""
        rows = self._read(
            "SELECT answered FROM listed WHERE source = ? AND list = ? AND id = ?", source, LETTERS, letter
        )
        return bool(rows and rows[0][0])

    def missed_before(self, source: str, name: str, since: float) -> dict[str, int]:
        """How often in a row each item of a list, from a moment (seconds since 1970) on, did not show."""
        rows = self._read(
            "SELECT id, misses FROM listed WHERE source = ? AND list = ? AND at >= ?", source, name, since
        )
        return dict(rows)

    def note_misses(self, source: str, name: str, misses: Mapping[str, int]) -> None:
        """Remember how often in a row items of a list did not show."""
        rows = [(count, source, name, item) for item, count in misses.items()]
        with self._writing() as database:
            database.executemany("UPDATE listed SET misses = ? WHERE source = ? AND list = ? AND id = ?", rows)

    def marks(self) -> dict[str, int]:
        """How many bytes of each journal segment the ledger has taken in."""
        return dict(self._read("SELECT segment, bytes FROM marks"))

    def note_fed(self, place: str, taken: Mapping[str, int]) -> None:
        """Remember how far the index at `place` has acknowledged these segments, for when it cannot be asked."""
        with self._writing() as database:
            _note_fed(database, place, taken)

    def note_fed_anew(self, place: str, taken: Mapping[str, int]) -> None:
        """The same of an index that took the place of another: what that one had acknowledged no longer counts."""
        with self._writing() as database:
            database.execute("DELETE FROM fed WHERE place = ?", (place,))
            _note_fed(database, place, taken)

    def fed(self, place: str) -> dict[str, int]:
        """How many bytes of each segment the index at `place` had acknowledged when it was last fed from here."""
        return dict(self._read("SELECT segment, bytes FROM fed WHERE place = ?", place))

    def take_turn(self, host: str, delay: float, clock: Callable[[], float] = time) -> tuple[float, float]:
        """When a host may be asked, and until when it rests; the `delay` seconds after that turn are taken.

        Moments are seconds since 1970. What was noted in the future means that the clock was set back: it is forgotten.
        """
        with self._writing() as database:
            now = clock()  # not before: others may have kept us waiting
            following, rest = _turn(database, host, now)
            turn = max(now, following, rest)
            row = host, turn + delay, rest, now
            database.execute("INSERT OR REPLACE INTO turns VALUES (?, ?, ?, ?)", row)
        return turn, rest

    def let_rest(self, host: str, seconds: float, clock: Callable[[], float] = time) -> None:
        """Give no turn at a host for some seconds."""
        with self._writing() as database:
            now = clock()
            following, rest = _turn(database, host, now)
            row = host, following, max(rest, now + seconds), now
            database.execute("INSERT OR REPLACE INTO turns VALUES (?, ?, ?, ?)", row)

    def history(self, tally: Tally) -> History:
        """What earlier runs of the source were like, as far as its platform and its settings were as in this one.

        Runs of which the settings are not known, such as those caught up from the journal, count as set the same.
        """
        source, settings, since = tally.source, tally.settings_digest, _after(tally.changed)
        profiles = self._read(
            "SELECT profile FROM run_profiles WHERE source = ? AND extent = ? AND settings = ? AND started_at >= ?",
            *(source, tally.profile.extent, settings, since),
        )
        news = self._read(
            "SELECT day FROM news WHERE source = ?1 AND day >= ?2 AND ifnull((SELECT settings FROM set_as WHERE"
            " source = ?1 AND substr(since, 1, 10) <= day ORDER BY since DESC LIMIT 1), ?3) = ?3"
            " ORDER BY day DESC LIMIT ?4",
            *(source, since, settings, NEWS_REMEMBERED),
        )
        return History(
            self._usual(source, settings, since),
            [Profile.decode(row[0]) for row in profiles],
            [date.fromisoformat(row[0]) for row in reversed(news)],
        )

    def _usual(self, source: str, settings: str, since: str) -> float | None:
        """The median number of items of the last complete runs, from a moment or day on (ISO 8601)."""
        rows = self._read(
            "SELECT fetched FROM runs WHERE source = ?1 AND outcome = 'complete' AND id NOT LIKE ?2"
            " AND started_at >= ?3 AND ifnull((SELECT settings FROM set_as WHERE source = ?1 AND since <= started_at"
            " ORDER BY since DESC LIMIT 1), ?4) = ?4 ORDER BY started_at DESC LIMIT ?5",
            *(source, f"%{REPLAY}", since, settings, RUNS_REMEMBERED),
        )
        return median(row[0] for row in rows) if rows else None

    def note_profile(self, run: Run, profile: Profile, settings: str) -> None:
        """Keep the profile of a complete run, in place of the oldest of its extent and settings, and since when the
        source has been set so. Unlike the rest, this is lost with the ledger."""
        at, like = run.started_at.isoformat(), (run.source, profile.extent, settings)
        before = "SELECT settings FROM set_as WHERE source = ? ORDER BY since DESC LIMIT 1"
        with self._writing() as database:
            known = database.execute(before, (run.source,)).fetchone()
            if known is None or known[0] != settings:  # the first counts for all that was before, too
                database.execute("INSERT INTO set_as VALUES (?, ?, ?)", (run.source, at if known else "", settings))
            database.execute(
                "INSERT OR REPLACE INTO run_profiles VALUES (?, ?, ?, ?, ?)", (*like, at, profile.encode())
            )
            database.execute(
                "DELETE FROM run_profiles WHERE source = ?1 AND extent = ?2 AND settings = ?3 AND started_at NOT IN"
                " (SELECT started_at FROM run_profiles WHERE source = ?1 AND extent = ?2 AND settings = ?3"
                " ORDER BY started_at DESC LIMIT ?4)",
                (*like, RUNS_REMEMBERED),
            )


def _after(day: date | None) -> str:
    """What all later days are not before: of that day itself nobody knows which runs were before the change."""
    return (day + timedelta(days=1)).isoformat() if day else ""


def _as_text(cursor: Cursor | None) -> str | None:
    return None if cursor is None else json.dumps(dict(cursor))


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _note_fed(database: sqlite3.Connection, place: str, taken: Mapping[str, int]) -> None:
    rows = [(place, segment, bytes) for segment, bytes in taken.items()]
    database.executemany("INSERT OR REPLACE INTO fed VALUES (?, ?, ?)", rows)


def _turn(database: sqlite3.Connection, host: str, now: float) -> tuple[float, float]:
    row = database.execute("SELECT next, rest, noted FROM turns WHERE host = ?", (host,)).fetchone()
    if row is None or row[2] > now + CLOCK_SET_BACK:
        return now, now
    return row[0], row[1]
