"""clean: what nobody typed goes, what people typed stays."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.items import Comment, Post, Reply
from pipelines.steps.clean import clean, fitting_id, tidied, tidy

AT = datetime(2026, 11, 24, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("第一行\r\n第二行\r第三行", "第一行\n第二行\n第三行"),
        ("一\n\n \n\n二", "一\n\n二"),
        ("　　您好，\t 领导　 ", "您好， 领导"),
        ("零\0宽\u200b字\ufeff符\u2060软\u00ad连\x08字", "零宽字符软连字"),
        ("\u202e反的\u202c", "反的"),
        ("138\u200d0013\u200d8000", "13800138000"),
        ("一家👨\u200d👩\u200d👧 爱❤\ufe0f 一1\ufe0f\u20e3", "一家👨\u200d👩\u200d👧 爱❤\ufe0f 一1\ufe0f\u20e3"),
        ("字\ufe0f", "字"),
        ("半个\ud83d表情", "半个\ufffd表情"),
        ("整个\ud83d\ude00表情", "整个😀表情"),
        ("非字\ufffe符\U0001ffff", "非字符"),
        ("ＱＱ１２３ 電梯 é e\u0301", "ＱＱ１２３ 電梯 é e\u0301"),
        (" \u200b\n", ""),
        ("...", "..."),
    ],
)
def test_a_typed_text_is_kept_like_this(typed, kept):
    assert tidy(typed) == kept


@given(
    st.text(alphabet=st.characters(codec=None))
    | st.text("a1字 \t\r\n\0\u200d\ufe0f\u20e3\u200b👨🏽❤\ud83d\ude00\u3000")
)
def test_cleaning_twice_is_cleaning_once(text):
    once = tidy(text)
    assert tidy(once) == once
    assert once.encode().decode() == once


@pytest.fixture(scope="module")
def short() -> list[str]:
    """Of all signs there are, half ones too, those that go the short way."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("pipelines.steps.clean.tidied", lambda _: "")
        return [sign for sign in map(chr, range(0x110000)) if tidy(sign)]


@pytest.mark.parametrize("between", ["", "字", "👨", "1"])
def test_what_goes_the_short_way_comes_out_of_the_long_one_as_it_went_in(short, between):
    assert len(short) > 1_000_000
    text = between.join(short)
    long = tidied(text)
    assert sorted(map(ascii, set(text) - set(long))) == []
    same = long == text  # two million signs are none to print
    assert same


def test_a_tidy_text_needs_no_long_way(monkeypatch):
    monkeypatch.setattr("pipelines.steps.clean.tidied", None)
    assert tidy("您好，领导：加装电梯何时动工？👍e\u0301ＱＱ") == "您好，领导：加装电梯何时动工？👍e\u0301ＱＱ"


@pytest.mark.parametrize("sign", ["字", "\u0301", "\u200d", " ", "\n", "\0", "👨\u200d", "\ud800", " \n"])
def test_a_hundred_thousand_of_one_sign_are_cleaned(sign):
    assert tidy(tidy(sign * 100_000)) == tidy(sign * 100_000)


def test_all_texts_and_names_of_an_item_are_cleaned_and_nothing_else():
    comment = Comment(
        "liuyan:1", "liuyan", "s", "letter", "正\0文", "", AT, AT, "r", title="标\u200b题", author="陈 *** "
    )
    assert clean(comment) == Comment(
        "liuyan:1", "liuyan", "s", "letter", "正文", "", AT, AT, "r", title="标题", author="陈 ***"
    )
    reply = Reply("liuyan:2", "liuyan", "s", "liuyan:1", " 示例县住建局", "您好\r\n已办", "", AT, AT, "r")
    assert clean(reply) == Reply("liuyan:2", "liuyan", "s", "liuyan:1", "示例县住建局", "您好\n已办", "", AT, AT, "r")


def test_an_item_in_which_nothing_changes_is_itself():
    for item in (
        Post("weibo:1", "weibo", "s", "标题", "正文", "", AT, AT, "r"),
        Comment("liuyan:1", "liuyan", "s", "letter", "正文 一", "", AT, AT, "r", title="标题", author="陈 ***"),
        Reply("liuyan:2", "liuyan", "s", "liuyan:1", "示例县住建局", "您好\n已办", "", AT, AT, "r"),
    ):
        assert clean(item) is item


def test_an_id_the_index_cannot_take_becomes_its_hash_everywhere():
    long = "isso:" + "/很长的路径" * 40
    comment = Comment("isso:1", "isso", "s", "comment", "正文", "", AT, AT, "r", post_id=long, parent_id="isso:0")
    cleaned = clean(comment)
    assert cleaned.post_id == fitting_id(long) == clean(cleaned).post_id
    assert cleaned.post_id.startswith("isso:")
    assert len(cleaned.post_id) == len("isso:") + 64
    assert cleaned.parent_id == "isso:0"
    assert fitting_id(long + "x") != fitting_id(long)
    assert fitting_id("isso:" + "a" * 507) == "isso:" + "a" * 507
    assert len(fitting_id("isso:" + "a" * 508)) == 69
