"""A run is complete only when everything that was wanted came and the accounts are even."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from crawler.runs import Finding, Lists, Mishap, Tally, verdict

WHOLE = Tally(
    "board",
    "liuyan",
    datetime(2026, 11, 24, tzinfo=UTC),
    asked=3,
    answered=3,
    fetched=40,
    heard=30,
    stored=30,
    unchanged=10,
)
ODD = Finding("点赞没有了。")
NOTE = Finding("多了一项。", suspect=False)


def test_everything_came() -> None:
    assert verdict(WHOLE, "finished", ()) == ("complete", "")


def test_a_quiet_day_of_a_known_source_is_complete() -> None:
    nothing = replace(WHOLE, fetched=0, heard=0, stored=0, unchanged=0)
    assert verdict(nothing, "finished", ())[0] == "suspect"
    assert verdict(replace(nothing, lists=Lists(settled={"liuyan:1"})), "finished", ()) == ("complete", "")
    posts = replace(WHOLE, fetched=2, heard=0, stored=0, unchanged=2)
    assert verdict(posts, "finished", ())[0] == "suspect"
    assert verdict(replace(posts, lists=Lists(joined=True)), "finished", ()) == ("complete", "")


@pytest.mark.parametrize(
    ("changes", "finish_reason", "outcome", "words"),
    [
        ({"answered": 2}, "finished", "partial", "还有 1 页没有读到"),
        ({}, "shutdown", "partial", "被要求停止"),
        ({"mishaps": [Mishap("failed", "平台出错。")]}, "finished", "partial", "平台出错"),
        (
            {"mishaps": [Mishap("failed", "断。")], "fetched": 0, "stored": 0, "unchanged": 0},
            "finished",
            "failed",
            "断",
        ),
        ({"mishaps": [Mishap("failed", "断。"), Mishap("blocked", "登录墙。")]}, "blocked", "blocked", "登录墙"),
        ({"fetched": 0, "stored": 0, "unchanged": 0}, "finished", "suspect", "一条内容也没有"),
        ({"heard": 0}, "finished", "suspect", "没有取到一条评论"),
        ({"fetched": 41}, "finished", "failed", "账目不平"),
    ],
)
def test_anything_less_is_said(changes: dict[str, object], finish_reason: str, outcome: str, words: str) -> None:
    said = verdict(replace(WHOLE, **changes), finish_reason, ())
    assert said[0] == outcome
    assert words in said[1]


def test_what_monitors_find_is_suspect_or_only_said() -> None:
    assert verdict(WHOLE, "finished", (ODD, NOTE)) == ("suspect", "点赞没有了。")
    assert verdict(WHOLE, "finished", (NOTE,)) == ("complete", "")
    assert verdict(replace(WHOLE, answered=2), "finished", (ODD,)) == ("partial", "还有 1 页没有读到。")


def test_everything_that_was_found_is_in_the_record() -> None:
    odd = replace(WHOLE).closing("finished", (ODD, Finding("地区没有了。"), NOTE))
    assert (odd.outcome, odd.reason) == ("suspect", "点赞没有了。 地区没有了。 多了一项。")
    noted = replace(WHOLE).closing("finished", (NOTE,))
    assert (noted.outcome, noted.reason) == ("complete", "多了一项。")
    broken = replace(WHOLE, answered=2).closing("finished", (ODD,))
    assert (broken.outcome, broken.reason) == ("partial", "还有 1 页没有读到。 点赞没有了。")


def test_a_run_is_a_failure_from_its_first_moment() -> None:
    opening = WHOLE.opening()
    assert opening.outcome == "failed"
    assert opening.finished_at is None
    assert "进程被中断" in opening.reason
