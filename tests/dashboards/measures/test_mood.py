from collections import Counter
from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest

from crawler.registry import STAGES
from dashboards.measures.mood import mood
from dashboards.scope import Scope
from pipelines.documents import to_source
from pipelines.index.mapping import COMMENTS, RUNS
from tests.dashboards.town import LIFT, NOW, REGISTRY, ZONE, comment, runs


@pytest.fixture(scope="module")
def seen(index):
    return mood(index, REGISTRY, Scope("lift"), NOW)


def lift_only(documents):
    return [document for document in documents if "lift" in document.policies]


def local_day(document):
    return document.posted_at.astimezone(ZONE).date()


def test_stages_count_what_a_plain_count_counts(seen, documents):
    for stage in seen.stages:
        labels = Counter(document.label for document in documents if f"lift:{stage.stage}" in document.policy_stages)
        assert (stage.counts.negative, stage.counts.neutral, stage.counts.positive, stage.counts.unknown) == (
            labels["negative"],
            labels["neutral"],
            labels["positive"],
            0,
        )


def test_every_bucket_counts_the_comments_of_its_days(seen, documents):
    for bucket in seen.buckets:
        inside = [one for one in lift_only(documents) if bucket.first <= local_day(one) <= bucket.last]
        assert bucket.counts.total == len(inside)
        assert bucket.counts.negative == sum(one.label == "negative" for one in inside)


def test_buckets_lose_no_comment(seen, documents):
    assert sum(bucket.counts.total for bucket in seen.buckets) == len(lift_only(documents))


def test_buckets_begin_with_their_stage_and_never_cross_its_border(seen):
    for stage in STAGES:
        window = LIFT.window(stage)
        own = [bucket for bucket in seen.buckets if bucket.stage == stage]
        assert own[0].first == window.since
        assert all(window.holds(bucket.first) and window.holds(bucket.last) for bucket in own)


def test_buckets_follow_each_other_without_a_hole(seen):
    assert all(later.first - earlier.last == timedelta(days=1) for earlier, later in pairwise(seen.buckets))


def test_a_rest_shorter_than_half_a_bucket_joins_the_one_before(seen):
    # 60 days of "before" are eight weeks and four days, 92 of "during" thirteen weeks and one day.
    assert [bucket.days for bucket in seen.buckets if bucket.stage == "before"] == [7] * 8 + [4]
    assert [bucket.days for bucket in seen.buckets if bucket.stage == "during"] == [7] * 12 + [8]


def test_missed_days_are_counted_and_never_zero(seen):
    missing = {bucket.first: bucket.missing for bucket in seen.buckets if bucket.missing}
    # 8–17 June lies in the weeks of 5 and 12 June; the last week ends four days after the newest comment.
    assert missing == {date(2026, 6, 5): 4, date(2026, 6, 12): 6, date(2026, 9, 5): 3}
    assert [(gap.first, gap.last) for gap in seen.gaps] == [(date(2026, 6, 8), date(2026, 6, 17))]


def test_few_comments_make_wide_buckets(index):
    parking = mood(index, REGISTRY, Scope("parking"), NOW)
    assert parking.width == 30
    assert parking.finding.verdict == "few"


def test_no_comments_make_no_buckets(index):
    lunch = mood(index, REGISTRY, Scope("lunch"), NOW)
    assert (lunch.buckets, lunch.as_of, lunch.finding.verdict) == ((), None, "none")


def test_chosen_days_are_all_that_is_drawn(index, documents):
    days = Scope("lift", "days", date(2026, 5, 20), date(2026, 6, 30))
    seen = mood(index, REGISTRY, days, NOW)
    assert (seen.buckets[0].first, seen.buckets[-1].last) == (date(2026, 5, 20), date(2026, 6, 30))
    assert sum(bucket.counts.total for bucket in seen.buckets) == sum(
        days.first <= local_day(one) <= days.last for one in lift_only(documents)
    )


def test_one_source_is_all_that_is_counted(index, documents):
    seen = mood(index, REGISTRY, Scope("lift", source="letters"), NOW)
    assert sum(bucket.counts.total for bucket in seen.buckets) == sum(one.source == "letters" for one in documents)
    assert seen.gaps == ()


def test_a_later_complete_run_over_the_same_days_closes_a_gap(empty_index):
    partial, complete = runs()[:2]
    filled = {
        **to_source(complete),
        "covered_from": "2026-06-01T00:00:00.000Z",
        "covered_until": "2026-06-30T00:00:00.000Z",
    }
    empty_index.put(RUNS, [to_source(partial), filled])
    empty_index.put(COMMENTS, [to_source(comment(1, datetime(2026, 7, 1, 12, tzinfo=ZONE)))])
    assert mood(empty_index, REGISTRY, Scope("lift"), NOW).gaps == ()


def test_the_border_of_a_stage_is_midnight_in_the_zone(empty_index):
    last = comment(1, datetime(2026, 4, 30, 23, 59, 59, tzinfo=ZONE))
    first = comment(2, datetime(2026, 5, 1, tzinfo=ZONE))
    empty_index.put(COMMENTS, [to_source(last), to_source(first)])
    seen = mood(empty_index, REGISTRY, Scope("lift"), NOW)
    assert [(one.stage, one.counts.total) for one in seen.stages] == [("before", 1), ("during", 1), ("after", 0)]
    assert [(one.first, one.counts.total) for one in seen.buckets if one.counts.total] == [
        (date(2026, 4, 1), 1),
        (date(2026, 5, 1), 1),
    ]


def test_a_comment_without_a_label_is_counted_but_not_judged(empty_index):
    at = datetime(2026, 5, 1, tzinfo=ZONE)
    empty_index.put(
        COMMENTS,
        [to_source(comment(1, at, label=None)), to_source(comment(2, at, label="unknown")), to_source(comment(3, at))],
    )
    during = mood(empty_index, REGISTRY, Scope("lift"), NOW).stages[1].counts
    assert (during.total, during.judged, during.unknown) == (3, 1, 2)
