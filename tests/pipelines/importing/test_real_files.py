"""The presets on the real files they were made for, to the last letter."""

from datetime import UTC, datetime
from threading import Event

import pytest

from crawler.items import Reply
from pipelines.importing.mapping import matching, presets
from pipelines.importing.run import bring_in, check_source, rehearse, task_for
from pipelines.importing.tables import open_table

SAVED = datetime(2019, 12, 5, 7, 0, tzinfo=UTC)

pytestmark = pytest.mark.real_data


def test_2816_letters_come_in_with_their_replies(installation, real_data):
    installation.write('[[source]]\nid = "letters-2019"\nplatform = "file"\n')
    config = installation.config()
    check_source(installation.registry(), "letters-2019", installation.data)
    with open_table(real_data / "letters" / "replies_2019.csv") as table:
        assert (matching(table.path, table.columns), table.rows_expected) == ("letters-replies", 2816)
        task = task_for("letters-2019", presets()["letters-replies"], config, None)
        report = bring_in(table, task, config, lambda more: None, Event())
        assert report.kinds == {"letter": 2816, "reply": 2816}
        assert (report.run.outcome, report.run.fetched, report.run.rejected) == ("complete", 5632, 0)
        again = bring_in(table, task, config, lambda more: None, Event())
        assert (again.run.outcome, again.run.stored, again.run.unchanged) == ("complete", 0, 5632)
    by_day = [item for item in installation.items() if isinstance(item, Reply) and item.replied_precision == "day"]
    assert len(by_day) == 1


@pytest.mark.parametrize(
    ("file", "name", "kinds", "repeated", "refused"),
    [
        ("letters/messages_2019.csv", "letters-votes", {"letter": 4326}, 0, 0),
        ("letters/topics_495.csv", "letters-topics", {"letter": 494}, 0, 1),
        ("letters/liuyan_hangzhou.jsonl", "board-export", {"letter": 1234}, 0, 0),
        ("comments/three_child_policy.csv", "answers-votes", {"comment": 1379}, 9, 59),
    ],
)
def test_every_row_of_a_real_file_is_accounted_for(installation, real_data, file, name, kinds, repeated, refused):
    with open_table(real_data / file) as table:
        assert matching(table.path, table.columns) == name
        found = rehearse(table, task_for("x", presets()[name], installation.config(), None), lambda more: None)
    assert (found.kinds, found.repeated, found.refused) == (kinds, repeated, refused)
    assert found.rows == sum(kinds.values()) + repeated + refused


def test_relative_comments_come_in_once_their_moment_is_known(installation, real_data):
    with open_table(real_data / "comments" / "weibo_comments_relative_time.jsonl") as table:
        assert matching(table.path, table.columns) == "comments-relative"
        task = task_for("x", presets()["comments-relative"], installation.config(), SAVED)
        found = rehearse(table, task, lambda more: None)
    assert found.rows == found.kinds["comment"] + found.repeated + found.refused == 10_716
    assert not found.items[0].text.startswith("：")


def test_155197_daily_posts_are_one_table(real_data):
    with open_table(real_data / "comments" / "covid19_weibo_daily_quarter.csv.gz") as table:
        assert matching(table.path, table.columns) == "posts-daily"
        assert table.rows_expected == 155_197
        assert not any(row.fault for row in table.rows())
