from dataclasses import replace
from datetime import UTC, date, timedelta

from dashboards.measures.coverage import coverage, policy_coverage
from pipelines.documents import to_source
from pipelines.index.mapping import COMMENTS, RUNS
from tests.dashboards.town import NOW, REGISTRY, runs


def test_the_last_run_of_a_source_speaks_for_it(index):
    site, letters = coverage(index, REGISTRY, NOW).sources
    assert (site.source, site.health, site.outcome) == ("site", "complete", "complete")
    assert (letters.source, letters.health, letters.outcome) == ("letters", "partial", "blocked")
    assert letters.reason == "对方要求验证码，已停止。"


def test_missed_days_make_the_whole_partial(empty_index):
    empty_index.put(RUNS, [to_source(run) for run in runs()[:2]])
    seen = coverage(empty_index, REGISTRY, NOW, {"site"})
    assert (seen.complete, seen.health) == (1, "partial")
    assert [(gap.first, gap.last) for gap in seen.gaps] == [(date(2026, 6, 8), date(2026, 6, 17))]


def test_a_daily_source_is_stale_after_two_days(empty_index):
    good = runs()[1]
    for hours, health, days in ((47, "complete", 0), (49, "stale", 2)):
        started = NOW.astimezone(UTC) - timedelta(hours=hours)
        empty_index.put(RUNS, [to_source(replace(good, started_at=started, finished_at=started))])
        (site,) = coverage(empty_index, REGISTRY, NOW, {"site"}).sources
        assert (site.health, site.stale_days) == (health, days)


def test_failures_since_do_not_hide_that_a_source_is_stale(empty_index):
    old = NOW.astimezone(UTC) - timedelta(days=9)
    good, failed = replace(runs()[2], started_at=old, finished_at=old), runs()[3]
    empty_index.put(RUNS, [to_source(good), to_source(failed)])
    (letters,) = coverage(empty_index, REGISTRY, NOW, {"letters"}).sources
    assert (letters.health, letters.stale_days, letters.outcome) == ("stale", 9, "blocked")


def test_without_runs_nothing_was_collected(empty_index):
    seen = coverage(empty_index, REGISTRY, NOW)
    assert (seen.health, seen.complete, len(seen.sources)) == ("never", 0, 2)


def test_days_missed_before_a_policy_began_do_not_concern_it(index):
    assert len(policy_coverage(index, REGISTRY, "lift", NOW).gaps) == 1
    assert policy_coverage(index, REGISTRY, "parking", NOW).health == "complete"


def test_a_policy_without_comments_looks_at_every_source_that_could_bring_some(index):
    assert [one.source for one in policy_coverage(index, REGISTRY, "lunch", NOW).sources] == ["site", "letters"]


def test_comments_of_no_policy_are_counted_apart(empty_index, documents):
    strays = [replace(document, policies=(), policy_stages=()) for document in documents[:3]]
    empty_index.put(COMMENTS, [to_source(document) for document in [*strays, *documents[3:10]]])
    seen = coverage(empty_index, REGISTRY, NOW)
    assert (seen.comments, seen.unattributed) == (10, 3)
