"""validate: what must never be stored, each with the sentence that names it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from crawler.items import Comment, Post, Reply
from crawler.portions import Portion
from pipelines.steps import Rejected
from pipelines.steps.validate import Validate, check

AT = datetime(2026, 11, 24, 4, tzinfo=UTC)
COMMENT = Comment("weibo:1", "weibo", "s", "comment", "支持", "https://weibo.example/1", AT, AT, "r")
POST = Post("weibo:2", "weibo", "s", "", "", "", AT, AT, "r")
REPLY = Reply("weibo:3", "weibo", "s", "weibo:1", "示例县住建局", "已办理", "file:///letters.csv", AT, AT, "r")


@pytest.mark.parametrize(
    "item",
    [
        COMMENT,
        POST,
        REPLY,
        replace(COMMENT, text="👍"),
        replace(COMMENT, text="..."),
        replace(COMMENT, likes=0, satisfaction=1, post_id="weibo:2", parent_id="weibo:9", author="", title=""),
        replace(COMMENT, posted_at=AT + timedelta(days=1)),
        replace(COMMENT, run="👍" * 128),
    ],
)
def test_a_true_item_passes(item):
    check(item)


@pytest.mark.parametrize(
    ("item", "sentence"),
    [
        (replace(COMMENT, text=" \u3000\u200b\n\0"), "正文是空的"),
        (replace(REPLY, text=""), "正文是空的"),
        (replace(COMMENT, id="1"), "字段 id 应写成“平台:原编号”"),
        (replace(COMMENT, id="weibo:"), "字段 id 应写成“平台:原编号”"),
        (replace(COMMENT, id="liuyan:1"), "平台是 weibo"),
        (replace(COMMENT, id="weibo:1\n2"), "字段 id 应写成“平台:原编号”"),
        (replace(COMMENT, id="weibo:\ud800"), "字段 id 应写成“平台:原编号”"),
        (replace(COMMENT, run="字" * 171), "字段 run 超过 512 字节"),
        (replace(COMMENT, run="👍" * 129), "字段 run 超过 512 字节"),
        (replace(REPLY, comment_id="liuyan:1"), "字段 comment_id 应写成"),
        (replace(COMMENT, posted_at=AT.replace(tzinfo=None)), "字段 posted_at 的时间没有时区"),
        (replace(COMMENT, posted_at=datetime(1989, 12, 31, tzinfo=UTC)), "早于 1990 年"),
        (replace(REPLY, replied_at=AT + timedelta(days=1, seconds=1)), "晚于采集时间一天以上"),
        (replace(COMMENT, likes=-1), "字段 likes 是负数"),
        (replace(POST, comment_count=-3), "字段 comment_count 是负数"),
        (replace(COMMENT, likes="3"), "字段 likes 的类型或取值不对"),
        (replace(COMMENT, likes=True), "字段 likes 的类型或取值不对"),
        (replace(COMMENT, text=None), "字段 text 的类型或取值不对"),
        (replace(COMMENT, kind="tweet"), "字段 kind 的类型或取值不对"),
        (replace(COMMENT, posted_precision="hour"), "字段 posted_precision 的类型或取值不对"),
        (replace(COMMENT, satisfaction=1.01), "满意度应在 0 到 1 之间"),
        (replace(COMMENT, satisfaction=float("nan")), "满意度应在 0 到 1 之间"),
        (replace(COMMENT, url="javascript:alert(1)"), "网址应以 http、https 或 file 开头"),
        (replace(COMMENT, url="https://a\n"), "网址应以 http、https 或 file 开头"),
        (replace(COMMENT, platform="", id=":1"), "字段 id 应写成“平台:原编号”"),
    ],
)
def test_an_untrue_item_is_rejected_with_its_reason(item, sentence):
    with pytest.raises(Rejected) as caught:
        check(item)
    assert sentence in caught.value.reason
    assert caught.value.reason.endswith("。")


def test_of_a_portion_only_what_is_untrue_is_put_aside():
    untrue = replace(COMMENT, id="weibo:4", text="")
    sifted = Validate().process_item(Portion([COMMENT, untrue, REPLY], taken=lambda: None))
    assert sifted.items == [COMMENT, REPLY]
    assert sifted.refused == [(untrue, "正文是空的，只有空白或看不见的字符。")]
