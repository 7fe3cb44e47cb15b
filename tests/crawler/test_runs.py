"""A run is complete only when everything that was wanted came and the accounts are even."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from crawler.runs import Mishap, Tally, verdict

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


def test_everything_came() -> None:
    assert verdict(WHOLE, "finished", usual=None) == ("complete", "")


@pytest.mark.parametrize(
    ("changes", "finish_reason", "usual", "outcome", "words"),
    [
        ({"answered": 2}, "finished", None, "partial", "还有 1 页没有读到"),
        ({}, "shutdown", None, "partial", "被要求停止"),
        ({"mishaps": [Mishap("failed", "平台出错。")]}, "finished", None, "partial", "平台出错"),
        (
            {"mishaps": [Mishap("failed", "断。")], "fetched": 0, "stored": 0, "unchanged": 0},
            "finished",
            None,
            "failed",
            "断",
        ),
        ({"mishaps": [Mishap("failed", "断。"), Mishap("blocked", "登录墙。")]}, "blocked", None, "blocked", "登录墙"),
        ({"fetched": 0, "stored": 0, "unchanged": 0}, "finished", None, "suspect", "一条内容也没有"),
        ({"heard": 0}, "finished", None, "suspect", "没有取到一条评论"),
        ({}, "finished", 100.0, "suspect", "平时约 100 条"),
        ({"fetched": 41}, "finished", None, "failed", "账目不平"),
    ],
)
def test_anything_less_is_said(
    changes: dict[str, object], finish_reason: str, usual: float | None, outcome: str, words: str
) -> None:
    said = verdict(replace(WHOLE, **changes), finish_reason, usual)
    assert said[0] == outcome
    assert words in said[1]


def test_fewer_than_usual_is_fine_down_to_half() -> None:
    assert verdict(WHOLE, "finished", usual=80.0)[0] == "complete"
    assert verdict(WHOLE, "finished", usual=81.0)[0] == "suspect"


def test_a_run_is_a_failure_from_its_first_moment() -> None:
    opening = WHOLE.opening()
    assert opening.outcome == "failed"
    assert opening.finished_at is None
    assert "进程被中断" in opening.reason
