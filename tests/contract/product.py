"""Every body the product sends, with typical arguments: title → index and body."""

from collections.abc import Iterator
from datetime import date
from types import ModuleType
from zoneinfo import ZoneInfo

from dashboards.days import Days
from dashboards.queries import comments, letters, runs, said_within
from pipelines.enrich.meaning import Meanings
from pipelines.fold import Fold
from pipelines.index import Body
from pipelines.index.mapping import COMMENTS, INDICES, RUNS
from pipelines.index.standing import STANDING
from pipelines.stances import Book

SHANGHAI = ZoneInfo("Asia/Shanghai")
JUNE = Days(date(2026, 6, 1), date(2026, 7, 1))
SCOPES = {
    "all": said_within("lift", Days(), None, SHANGHAI),
    "june": said_within("lift", JUNE, None, SHANGHAI),
    "one source": said_within("child", Days(since=date(2026, 3, 8)), "weibo-1", ZoneInfo("America/New_York")),
}
QUERIES: tuple[ModuleType, ...] = (comments, letters, runs)

Titled = dict[str, tuple[str, Body]]


class Recorder:
    """An index that is asked and has nothing; it remembers the bodies."""

    def __init__(self) -> None:
        self.bodies: list[tuple[str, Body]] = []

    def refresh(self) -> None:
        """Nothing to see."""

    def scan(self, index: str, body: Body) -> Iterator[dict[str, object]]:
        """Remember."""
        self.bodies.append((index, body))
        return iter(())


def product() -> Titled:
    """All of them; the part of a title before the comma is the function's name."""
    titled = {f"standing, {title}": pair for title, pair in STANDING.items()}
    for scope, clauses in SCOPES.items():
        titled |= {f"{name}, {scope}": (COMMENTS, body) for name, body in _of_comments(clauses).items()}
    titled |= {
        "comments.attributed": (COMMENTS, comments.attributed()),
        "runs.last_of_each_source": (RUNS, runs.last_of_each_source()),
        "runs.with_gaps": (RUNS, runs.with_gaps(100)),
        "runs.complete_since": (RUNS, runs.complete_since("2026-06-18T00:00:00.000Z", 1000)),
        "fold, stored under a post": _asked_by_fold(),
    }
    return titled | {f"moving, {name}": (name, {"sort": ["id"], "size": 1000}) for name in INDICES}


def _of_comments(clauses: list[dict[str, object]]) -> dict[str, Body]:
    windows = {"recent": {"range": {"posted_at": {"gte": "2026-10-31T16:00:00.000Z"}}}, "earlier": {"match_all": {}}}
    return {
        "comments.newest": comments.newest(clauses),
        "comments.stage_counts": comments.stage_counts(clauses, "lift"),
        "comments.mood_by_day": comments.mood_by_day(clauses, "lift", "Asia/Shanghai"),
        "comments.mood_in": comments.mood_in(clauses, windows),
        "comments.sources": comments.sources(clauses),
        "comments.most_liked": comments.most_liked(clauses, "lift", "during", 20),
        "comments.all_in_order": comments.all_in_order(clauses, 500),
        "letters.tally": letters.tally(clauses),
        "letters.reply_hours": letters.reply_hours(clauses, 500),
        "letters.longest_waiting": letters.longest_waiting(clauses, 8),
    }


def _asked_by_fold() -> tuple[str, Body]:
    """What feeding asks when a post's policies have changed."""
    recorder = Recorder()
    list(Fold(None, SHANGHAI, recorder, Book(), Meanings())._stored_under({"weibo:p1", "weibo:p2"}, {}))
    (asked,) = recorder.bodies
    return asked
