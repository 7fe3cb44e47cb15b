from datetime import date
from zoneinfo import ZoneInfo

import pytest

from dashboards.days import Days
from dashboards.queries import comments, letters, runs, said_within
from pipelines.index.dialect import validate
from pipelines.index.mapping import COMMENTS, RUNS

SHANGHAI = ZoneInfo("Asia/Shanghai")
CLAUSES = said_within("lift", Days(), None, SHANGHAI)


def test_all_of_a_policy_is_one_term():
    assert CLAUSES == [{"term": {"policies": "lift"}}]


def test_days_become_the_moments_of_their_midnights_in_the_zone():
    days = Days(date(2026, 6, 1), date(2026, 7, 1))
    assert said_within("lift", days, "site", SHANGHAI) == [
        {"term": {"policies": "lift"}},
        {"term": {"source": "site"}},
        {"range": {"posted_at": {"gte": "2026-05-31T16:00:00.000Z", "lt": "2026-06-30T16:00:00.000Z"}}},
    ]


def test_midnight_follows_summer_time():
    days = Days(date(2026, 3, 8), date(2026, 3, 9))
    clause = said_within("lift", days, None, ZoneInfo("America/New_York"))[-1]
    assert clause == {"range": {"posted_at": {"gte": "2026-03-08T05:00:00.000Z", "lt": "2026-03-09T04:00:00.000Z"}}}


def test_an_open_side_has_no_limit():
    clause = said_within("lift", Days(since=date(2026, 6, 1)), None, SHANGHAI)[-1]
    assert clause == {"range": {"posted_at": {"gte": "2026-05-31T16:00:00.000Z"}}}


def test_mood_by_day_counts_days_of_the_zone_under_each_stage():
    labels = {"terms": {"field": "label", "size": 4}}
    days = {
        "date_histogram": {
            "field": "posted_at",
            "calendar_interval": "day",
            "time_zone": "Asia/Shanghai",
            "format": "yyyy-MM-dd",
            "min_doc_count": 1,
        },
        "aggs": {"labels": labels},
    }
    stages = {
        "before": {"term": {"policy_stages": "lift:before"}},
        "during": {"term": {"policy_stages": "lift:during"}},
        "after": {"term": {"policy_stages": "lift:after"}},
    }
    assert comments.mood_by_day(CLAUSES, "lift", "Asia/Shanghai") == {
        "query": {"bool": {"filter": CLAUSES}},
        "size": 0,
        "track_total_hits": True,
        "aggs": {"stages": {"filters": {"filters": stages}, "aggs": {"days": days}}},
    }


def test_the_most_liked_leaves_out_what_was_erased_and_never_asks_for_the_author():
    body = comments.most_liked(CLAUSES, "lift", "during", 3)
    assert body["query"] == {
        "bool": {
            "filter": [*CLAUSES, {"term": {"policy_stages": "lift:during"}}],
            "must_not": [{"term": {"erased": True}}],
        }
    }
    assert body["sort"] == [{"likes": "desc"}, {"id": "asc"}]
    assert "author" not in body["_source"]


def test_waiting_letters_have_no_answer_and_come_oldest_first():
    body = letters.longest_waiting(CLAUSES, 8)
    assert body["query"] == {
        "bool": {
            "filter": [*CLAUSES, {"term": {"kind": "letter"}}],
            "must_not": [{"exists": {"field": "answered_at"}}],
        }
    }
    assert body["sort"] == [{"posted_at": "asc"}, {"id": "asc"}]


def test_the_tally_of_letters_counts_the_answered():
    assert letters.tally(CLAUSES) == {
        "query": {"bool": {"filter": [*CLAUSES, {"term": {"kind": "letter"}}]}},
        "size": 0,
        "track_total_hits": True,
        "aggs": {"answered": {"filter": {"exists": {"field": "answered_at"}}}},
    }


@pytest.mark.parametrize(
    ("index", "body"),
    [
        (COMMENTS, comments.newest(CLAUSES)),
        (COMMENTS, comments.stage_counts(CLAUSES, "lift")),
        (COMMENTS, comments.mood_by_day(CLAUSES, "lift", "Asia/Shanghai")),
        (COMMENTS, comments.mood_in(CLAUSES, {"recent": {"term": {"kind": "comment"}}})),
        (COMMENTS, comments.sources(CLAUSES)),
        (COMMENTS, comments.most_liked(CLAUSES, "lift", "before", 3)),
        (COMMENTS, comments.all_in_order(CLAUSES, 1000)),
        (COMMENTS, letters.tally(CLAUSES)),
        (COMMENTS, letters.reply_hours(CLAUSES, 1000)),
        (COMMENTS, letters.longest_waiting(CLAUSES, 8)),
        (RUNS, runs.last_of_each_source()),
        (RUNS, runs.with_gaps(1000)),
        (RUNS, runs.complete_since("2026-06-18T00:00:00.000Z", 1000)),
    ],
)
def test_every_body_is_inside_the_dialect(index, body):
    validate(index, body)
