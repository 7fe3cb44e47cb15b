from datetime import date

import pytest
from django.utils import translation

from dashboards import words
from dashboards.measures.answers import Counts
from dashboards.measures.mood import StageMood, finding

BEFORE = StageMood("before", Counts(negative=30, neutral=50, positive=20))


@pytest.mark.parametrize(
    ("stages", "chinese", "english"),
    [
        ((), "还没有可判断情绪的评论", "No comments whose mood could be judged yet"),
        ((BEFORE,), "制定前负面占比 30%", "Before: 30% negative"),
        (
            (BEFORE, StageMood("during", Counts(negative=45, neutral=40, positive=15))),
            "执行中负面占比 45%，比制定前高 15 个百分点",
            "During: 45% negative, 15 points higher than Before",
        ),
        (
            (BEFORE, StageMood("during", Counts(negative=10, neutral=70, positive=20))),
            "执行中负面占比 10%，比制定前低 20 个百分点",
            "During: 10% negative, 20 points lower than Before",
        ),
        (
            (BEFORE, StageMood("during", Counts(negative=33, neutral=47, positive=20))),
            "执行中负面占比 33%，比制定前无明显变化",
            "During: 33% negative, no clear change from Before",
        ),
        (
            (BEFORE, StageMood("during", Counts(negative=12))),
            "执行中仅 12 条评论，暂不判断情绪",
            "During: only 12 comments; mood not judged",
        ),
        (
            (StageMood("before", Counts(negative=3)), StageMood("during", Counts(negative=30, neutral=30))),
            "执行中负面占比 50%；制定前仅 3 条，暂不比较",
            "During: 50% negative; Before has only 3 comments, not compared",
        ),
    ],
)
def test_the_headline_says_what_the_numbers_allow(stages, chinese, english):
    assert words.mood_headline(finding(stages)) == chinese
    with translation.override("en"):
        assert words.mood_headline(finding(stages)) == english


@pytest.mark.parametrize(
    ("recent", "earlier", "said"),
    [
        (41, 6, "前 30 天 6 条"),
        (6, 41, "前 30 天 41 条"),
        (60, 40, "较前 30 天增加 50%"),
        (1204, 1942, "较前 30 天减少 38%"),
        (40, 40, "与前 30 天持平"),
    ],
)
def test_small_volumes_are_shown_and_not_compared(recent, earlier, said):
    assert words.volume_change(recent, earlier) == said


def test_days_repeat_nothing():
    assert words.day_span(date(2020, 2, 10), date(2020, 3, 8)) == "2020年2月10日—3月8日"
    assert words.day_span(date(2019, 12, 30), date(2020, 1, 5)) == "2019年12月30日—2020年1月5日"
    assert words.day_span(date(2020, 2, 10), date(2020, 2, 10)) == "2020年2月10日"


def test_durations_are_hours_then_days():
    assert (words.duration(5), words.duration(47.4), words.duration(60)) == ("5 小时", "47 小时", "2.5 天")


def test_letters_have_a_headline():
    assert [words.replies_headline(*pair) for pair in ((0, 0), (7, 0), (7, 3))] == [
        "还没有来信",
        "7 件来信都已答复",
        "3 件来信还在等答复",
    ]
