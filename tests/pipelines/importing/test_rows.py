"""RowReader: cells to a comment and its reply; what cannot be true is refused with a sentence."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from pipelines.importing.mapping import FileMapping
from pipelines.importing.rows import Relative, RowReader, written
from pipelines.steps import Rejected

CHINA = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
COLUMNS = {
    "id": "编号",
    "author": "姓名",
    "text": "内容",
    "posted_at": "时间",
    "likes": "赞",
    "reply_text": "答复",
    "replied_at": "答复时间",
    "reply_unit": "单位",
}
ROW = {"编号": "7", "姓名": "李四", "内容": "电梯又坏了", "时间": "2026-06-01 10:00:00", "赞": "1.2万"}


def reader(as_of=None, **mapping):
    return RowReader("hotline", "run", FileMapping(kind="letter", columns=COLUMNS, **mapping), CHINA, NOW, as_of)


def reply_to(**cells):
    row = {**ROW, **cells}
    return reader().reply(row, reader().comment(row))


def refusal(**cells):
    with pytest.raises(Rejected) as caught:
        row = {**ROW, **cells}
        reader().reply(row, reader().comment(row))
    return caught.value.reason


def test_a_row_is_a_letter_of_its_source():
    letter = reader().comment(ROW)
    assert (letter.id, letter.platform, letter.source, letter.kind) == ("file:hotline:7", "file", "hotline", "letter")
    assert (letter.author, letter.text, letter.likes) == ("李四", "电梯又坏了", 12_000)
    assert (letter.posted_at, letter.posted_precision) == (datetime(2026, 6, 1, 2, 0, tzinfo=UTC), "second")


@pytest.mark.parametrize(
    ("value", "at", "precision"),
    [
        ("2019/2/28 11:25:05", datetime(2019, 2, 28, 3, 25, 5, tzinfo=UTC), "second"),
        (43524.4757, datetime(2019, 2, 28, 3, 25, 0, tzinfo=UTC), "second"),
        ("43524.4757", datetime(2019, 2, 28, 3, 25, 0, tzinfo=UTC), "second"),
        (43524, datetime(2019, 2, 27, 16, 0, tzinfo=UTC), "day"),
        (date(2019, 2, 28), datetime(2019, 2, 27, 16, 0, tzinfo=UTC), "day"),
        (datetime(2019, 2, 28, 11, 25, 5), datetime(2019, 2, 28, 3, 25, 5, tzinfo=UTC), "second"),
        (1551324305, datetime(2019, 2, 28, 3, 25, 5, tzinfo=UTC), "second"),
    ],
)
def test_times_are_read_as_spreadsheets_and_programs_write_them(value, at, precision):
    letter = reader().comment({**ROW, "时间": value})
    assert abs((letter.posted_at - at).total_seconds()) < 1
    assert letter.posted_precision == precision


@pytest.mark.parametrize("value", ["今天 14:23", "8分钟前", "昨天", "11-23 12:30"])
def test_relative_times_need_the_moment_the_file_was_saved(value):
    with pytest.raises(Relative, match="请加 --as-of"):
        reader().comment({**ROW, "时间": value})


def test_relative_times_count_back_from_that_moment():
    saved = datetime(2019, 12, 5, 15, 0, tzinfo=CHINA)
    letter = reader(as_of=saved).comment({**ROW, "时间": "8分钟前"})
    assert (letter.posted_at, letter.posted_precision) == (datetime(2019, 12, 5, 6, 52, tzinfo=UTC), "minute")
    today = reader(as_of=saved).comment({**ROW, "时间": "今天 14:23"})
    assert today.posted_at == datetime(2019, 12, 5, 6, 23, tzinfo=UTC)


def test_a_time_after_the_file_was_saved_is_not_believed():
    with pytest.raises(Rejected, match="不可信"):
        reader(as_of=datetime(2019, 12, 5, tzinfo=CHINA)).comment(ROW)


@pytest.mark.parametrize("empty", ["", " ", "-", "无", None, "\u200b"])
def test_cells_that_say_nothing_are_nothing(empty):
    letter = reader().comment({**ROW, "姓名": empty, "赞": empty, "编号": empty})
    assert (letter.author, letter.likes, letter.id) == (None, None, "file:hotline:")


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        ({"时间": ""}, "没有时间。"),
        ({"时间": "某天"}, "“时间”一列：看不懂时间“某天”"),
        ({"时间": "2026-02-30"}, "“时间”一列：看不懂时间"),
        ({"赞": "很多"}, "“赞”一列：“很多”不是一个数目"),
        ({"赞": "-3"}, "“赞”一列：“-3”不是一个数目"),
        ({"编号": "2.02401E+17"}, "被 Excel 改成了科学计数"),
        ({"答复": "已修好"}, "有答复内容，没有答复时间。"),
        ({"答复时间": "2026-06-02"}, "有答复时间，没有答复内容。"),
        (
            {"答复": "好", "答复时间": "2026-05-31"},
            "答复时间（2026-05-31 00:00+08:00）早于留言时间（2026-06-01 10:00+08:00）。",
        ),
        ({"答复": "好", "答复时间": "2026-06-01 09:59"}, "早于留言时间"),
        ({"答复": "好", "答复时间": "2026-06-01 09:59:59"}, "早于留言时间"),
    ],
)
def test_what_cannot_be_true_is_refused(cells, sentence):
    assert sentence in refusal(**cells)


@pytest.mark.parametrize("replied", ["2026-06-01", "2026-06-01 10:00", "2026-06-01 10:00:00", "2026/6/2"])
def test_a_reply_is_not_early_within_what_is_known_of_its_time(replied):
    reply = reply_to(答复="已修好", 答复时间=replied, 单位="示例县住建局")
    assert (reply.id, reply.comment_id, reply.unit) == ("file:hotline:7-reply", "file:hotline:7", "示例县住建局")


def test_a_row_without_reply_has_none_and_a_reply_without_unit_says_so():
    assert reply_to(答复="", 答复时间="") is None
    assert reply_to(答复="已修好", 答复时间="2026-06-02").unit == "答复单位未注明"


def test_marks_are_brought_to_0_to_1_and_unrated_is_no_mark():
    rated = {"columns": ["态度", "速度"], "scale": [1, 5], "unrated": ["0"]}
    assert reader(satisfaction=rated).comment({**ROW, "态度": 5, "速度": "3"}).satisfaction == 0.75
    assert reader(satisfaction=rated).comment({**ROW, "态度": 1, "速度": 0}).satisfaction == 0.0
    assert reader(satisfaction=rated).comment({**ROW, "态度": 0, "速度": 0}).satisfaction is None
    for wrong in (7, "很好"):
        with pytest.raises(Rejected, match="评价"):
            reader(satisfaction=rated).comment({**ROW, "态度": wrong, "速度": 3})


def test_a_prefix_goes_from_the_text():
    assert reader(drop_prefix="：").comment({**ROW, "内容": "：支持"}).text == "支持"


def test_whole_numbers_are_written_without_a_fraction():
    assert (written(188006.0), written(188006), written(1.5), written(date(2026, 6, 1))) == (
        "188006",
        "188006",
        "1.5",
        "2026-06-01",
    )
