"""A page is read as a publication, or the sentence says what it lacks."""

from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crawler.reading.pages import Page, read_page

WHOLE = """<!doctype html><html lang="zh-CN"><head><title>加装电梯公告 - 示例县</title>
<meta property="article:published_time" content="2026-06-01T09:00:00+08:00"></head>
<body><h1> 加装电梯公告 </h1><article><p>第一段。</p><p>第二段。</p></article></body></html>"""


def test_heading_time_and_body_are_read() -> None:
    assert read_page(WHOLE) == Page("加装电梯公告", datetime(2026, 6, 1, 1, tzinfo=UTC), "第一段。\n第二段。")
    assert read_page(WHOLE.replace("<h1>", "<h1><b></b>")).title == "加装电梯公告"
    assert read_page(WHOLE.replace("h1>", "h6>")).title == "加装电梯公告 - 示例县"


@pytest.mark.parametrize(
    ("cut", "words"),
    [
        ("+08:00", "没有时区"),
        ("article>", "缺少正文"),
        ("article:published_time", "缺少发布时间"),
        ("2026-06-01T", "读不懂"),
    ],
)
def test_what_is_missing_is_said(cut: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        read_page(WHOLE.replace(cut, ""))


@example("[]")
@given(st.text())
def test_any_text_is_a_page_or_a_sentence(text: str) -> None:
    try:
        assert read_page(text).published_at.tzinfo is UTC
    except ValueError as error:
        assert str(error).startswith("页面")
