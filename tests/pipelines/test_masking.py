"""Masking as a whole: it settles, it counts, it stays quick on hostile texts, and it makes sense on real letters."""

import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.masking import mask

PIECES = [
    *(
        "13800138000",
        "0771-5551234",
        "400-123-4567",
        "990101199003071237",
        "6222001234567890122",
        "川A·12345",
        "a@b.com",
    ),
    *(
        "QQ123456",
        "微信：abc_123",
        "@楼上的猫",
        "@john.doe",
        "王建国",
        "局长",
        "李秀英女士",
        "我叫",
        "联系人：",
        "3栋2单元501",
        "88号1203室",
    ),
    *(
        "12345",
        "。",
        "：",
        ":",
        " ",
        "\n",
        "-",
        ".",
        "@",
        "·",
        "+86",
        "1",
        "a",
        "的",
        "陈",
        "[姓名]",
        "[",
        "]",
        "元",
        "室",
        "号",
        "向",
        "于",
    ),
]


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_masking_a_masked_text_changes_and_counts_nothing(text):
    once = mask(text)
    again = mask(once.text)
    assert again.text == once.text
    assert not again.counts


@given(st.text())
def test_any_text_can_be_masked(text):
    once = mask(text)
    assert mask(once.text).text == once.text


@pytest.mark.parametrize(
    "piece",
    [
        "1",
        "13800138000 ",
        "王",
        "王建国局长",
        "我叫",
        "主任",
        "@",
        "@王",
        "@a.b",
        "a",
        "a.",
        "a@",
        "a@b.com",
        "3栋",
        "3栋2单元",
        "1-",
        "王·",
        "0771-",
        "6222 ",
        "一",
        "微信 ",
        " ",
        "(+86",
        "[姓名]",
    ],
)
def test_a_hundred_thousand_signs_of_one_kind_are_masked(piece):
    once = mask(piece * (100_000 // len(piece)))
    assert mask(once.text).text == once.text


def test_every_mark_is_counted():
    masked = mask("王建国局长，13800138000或13900139000，a@b.com，3栋2单元501，川A·12345")
    assert masked.text == "[姓名]局长，[电话]或[电话]，[邮箱]，[门牌]，[车牌]"
    assert masked.counts == {"[姓名]": 1, "[电话]": 2, "[邮箱]": 1, "[门牌]": 1, "[车牌]": 1}


def test_an_official_text_keeps_the_numbers_of_its_service():
    text = "请拨打12345、0771-5551234或400-123-4567，邮箱zjj@county.gov.cn；不要打13800138000，不要写a@b.com"
    assert mask(text, official=True).text == (
        "请拨打12345、0771-5551234或400-123-4567，邮箱zjj@county.gov.cn；不要打[电话]，不要写[邮箱]"
    )
    assert mask(text).text == "请拨打12345、[电话]或[电话]，邮箱[邮箱]；不要打[电话]，不要写[邮箱]"


@pytest.mark.real_data
def test_real_letters_keep_their_words(real_data):
    with (real_data / "letters" / "messages_2019.csv").open(encoding="utf-8-sig", newline="") as file:
        letters = [row["留言详情"] for row in csv.DictReader(file)]
    masked = [mask(letter) for letter in letters]
    changed = sum(bool(one.counts) for one in masked)
    kept = sum(len(one.text) for one in masked) / sum(len(letter) for letter in letters)
    assert 0.01 < changed / len(letters) < 0.10  # the publisher had blanked most numbers already
    assert kept > 0.995
