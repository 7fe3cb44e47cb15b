"""mask: what each kind of item looks like after the last step before it is written."""

from dataclasses import replace
from datetime import UTC, datetime

from crawler.items import Comment, Post, Reply
from pipelines.masking.pseudonyms import Pseudonyms
from pipelines.steps.mask import mask

AT = datetime(2026, 11, 24, tzinfo=UTC)
NAMES = Pseudonyms(bytes(32))


def test_a_comment_loses_names_numbers_and_place():
    comment = Comment(
        "weibo:1", "weibo", "s", "comment", "@小明 我在3栋2单元501，0771-5551234", "", AT, AT, "r",
        title="找王建国局长", author="楼上的猫", author_region="发布于 广西壮族自治区 钦州市",
    )  # fmt: skip
    masked, counts = mask(comment, NAMES)
    assert masked.text == "[提及] 我在[门牌]，[电话]"
    assert masked.title == "找[姓名]局长"
    assert masked.author == NAMES.of("weibo", "楼上的猫")
    assert masked.author_region == "广西"
    assert counts == {"[提及]": 1, "[门牌]": 1, "[电话]": 1, "[姓名]": 1}
    assert mask(masked, NAMES) == (masked, {})


def test_a_writer_known_by_number_and_name_loses_both():
    comment = Comment(
        "weibo:1", "weibo", "s", "comment", "支持！楼上的猫", "", AT, AT, "r",
        author="9123456789", author_name="楼上的猫",
    )  # fmt: skip
    masked, _ = mask(comment, NAMES)
    assert (masked.text, masked.author_name) == ("支持！[提及]", None)
    assert masked.author == NAMES.of("weibo", "9123456789")
    renamed, _ = mask(replace(comment, author_name="楼下的狗"), NAMES)
    assert renamed.author == masked.author


def test_an_anonymous_comment_has_no_author():
    comment = Comment("liuyan:1", "liuyan", "s", "letter", "路灯坏了", "", AT, AT, "r", author="匿名网友")
    masked, counts = mask(comment, NAMES)
    assert (masked.author, masked.author_region, masked.text, counts) == (None, None, "路灯坏了", {})


def test_a_reply_keeps_its_public_numbers_and_unit():
    reply = Reply(
        "liuyan:2", "liuyan", "s", "liuyan:1", "示例县住建局",
        "请拨打12345或0771-5551234，已转李强科长，您的电话13800138000已登记", "", AT, AT, "r",
    )  # fmt: skip
    masked, counts = mask(reply, NAMES)
    assert masked.text == "请拨打12345或0771-5551234，已转[姓名]科长，您的电话[电话]已登记"
    assert masked.unit == "示例县住建局"
    assert counts == {"[姓名]": 1, "[电话]": 1}


def test_a_post_is_masked_like_a_reply():
    post = Post("weibo:3", "weibo", "s", "咨询电话0771-5551234", "邮箱zjj@county.gov.cn，联系人：李强", "", AT, AT, "r")
    masked, counts = mask(post, NAMES)
    assert masked.title == "咨询电话0771-5551234"
    assert masked.text == "邮箱zjj@county.gov.cn，联系人：[姓名]"
    assert counts == {"[姓名]": 1}


def test_the_person_who_is_answered_is_taken_out_of_the_reply():
    for addressee, text, kept in (
        ("A00045581", "网友“A00045581”：您好！", "网友“[提及]”：您好！"),
        ("楼上的猫", "楼上的猫您好，楼上的电梯已报批", "[提及]您好，楼上的电梯已报批"),
        ("小满", "“小满”您好，小满时节", "“[提及]”您好，小满时节"),
        ("匿名网友", "匿名网友您好", "匿名网友您好"),
        ("a", "网友“A”您好", "网友“[提及]”您好"),
    ):
        reply = Reply("isso:t:2", "isso", "t", "isso:t:1", "示例县住建局", text, "", AT, AT, "r", addressee=addressee)
        masked, _ = mask(reply, NAMES)
        assert (masked.text, masked.addressee) == (kept, None)


def test_a_writer_who_names_himself_is_taken_out():
    comment = Comment("isso:t:1", "isso", "t", "comment", "我是楼上的猫，又来了", "", AT, AT, "r", author="楼上的猫")
    assert mask(comment, NAMES)[0].text == "我是[提及]，又来了"
