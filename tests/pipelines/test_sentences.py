"""Sentences that are kept and shown: what they quote is masked, what they say themselves stays."""

import pytest

from crawler.platforms.walls import SENTENCES
from crawler.runs import UNFINISHED
from pipelines.sentences import masked


@pytest.mark.parametrize(
    ("quotes", "shown"),
    [
        ("平台没有给出数据（系统繁忙，联系13912345678）。", "平台没有给出数据（系统繁忙，联系[电话]）。"),
        ("平台没有给出数据（请致电139\u200b1234\u200b5678）。", "平台没有给出数据（请致电[电话]）。"),
        ("平台没有给出数据（联系人：王建国）。", "平台没有给出数据（联系人：[姓名]）。"),
        ("看不懂时间“王建国局长”。", "看不懂时间“[姓名]局长”。"),
    ],
)
def test_what_is_quoted_is_masked(quotes: str, shown: str) -> None:
    assert masked(quotes) == shown


@pytest.mark.parametrize(
    "said",
    [
        UNFINISHED,
        *(sentence.format(name="微博") for sentence in SENTENCES.values()),
        "平台要求 12 月 01 日 08:30 以后再来，没有再访问，已停止。",
        "被转到了别的网站（passport.weibo.com，通常是登录或验证页），没有跟过去，已停止。",
        "10.0.0.12 是内网地址，没有访问，已停止。",
        "回答的数据（JSON）在第 1048576 个字符处断了或写错了，共 4194304 字节。",
        "微博说登录已失效（error_code 21301 或 100098），请更新 cookie_file。",
    ],
)
def test_what_we_say_ourselves_stays(said: str) -> None:
    assert masked(said) == said
