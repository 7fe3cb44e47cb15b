from datetime import date, timedelta

from dashboards.measures.overview import overview
from tests.dashboards.town import NOW, REGISTRY, ZONE


def test_a_row_counts_the_thirty_days_up_to_its_newest_comment(index, documents):
    lift = overview(index, REGISTRY, NOW).rows[0]
    days = [one.posted_at.astimezone(ZONE).date() for one in documents if "lift" in one.policies]
    as_of = date(2026, 9, 8)
    assert lift.as_of == as_of
    assert lift.recent.total == sum(as_of - timedelta(days=29) <= day for day in days)
    assert lift.earlier == sum(as_of - timedelta(days=59) <= day < as_of - timedelta(days=29) for day in days)


def test_rows_keep_the_order_of_the_registry(index):
    assert [row.policy.id for row in overview(index, REGISTRY, NOW).rows] == ["lift", "parking", "lunch"]


def test_a_row_knows_its_stage(index):
    assert [(row.stage, row.ended) for row in overview(index, REGISTRY, NOW).rows] == [
        ("after", False),
        ("before", False),
        ("before", False),
    ]


def test_sums_are_sums_of_rows(index):
    seen = overview(index, REGISTRY, NOW)
    assert seen.recent == sum(row.recent.total for row in seen.rows)
    assert (seen.letters, seen.answered) == (seen.rows[0].letters, seen.rows[0].answered)
    assert seen.as_of == date(2026, 9, 8)


def test_an_empty_index_has_rows_without_numbers(empty_index):
    seen = overview(empty_index, REGISTRY, NOW)
    assert [(row.as_of, row.recent.total, row.letters) for row in seen.rows] == [(None, 0, 0)] * 3
    assert seen.answer_rate == 0
