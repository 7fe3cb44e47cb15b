"""decode: Chinese files in the encodings they come in; the wrong ones are refused, never turned into rubbish."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.reading.charset import decode

LETTER = "尊敬的领导：您好！\n我是幸福里小区的业主，电梯经常坏，请问什么时候能换新的？谢谢！\n"
TRADITIONAL = "尊敬的領導：您好！\n我是幸福里小區的業主，電梯經常壞，請問什麼時候能換新的？謝謝！\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "gb2312", "utf-16"])
def test_a_letter_is_read_whatever_chinese_program_saved_it(encoding):
    assert decode(LETTER.encode(encoding)) == LETTER


def test_traditional_characters_in_gbk_are_read():
    assert decode(TRADITIONAL.encode("gbk")) == TRADITIONAL


def test_big_endian_utf_16_is_read_by_its_mark():
    assert decode(b"\xfe\xff" + LETTER.encode("utf-16-be")) == LETTER


def test_a_declared_charset_is_used_when_it_is_not_utf_8():
    assert decode(TRADITIONAL.encode("big5"), "Big5") == TRADITIONAL
    assert decode(LETTER.encode("utf-8"), "gb2312") == LETTER
    assert decode(LETTER.encode("gbk"), "no-such-charset") == LETTER


@pytest.mark.parametrize(
    "data",
    [
        LETTER.encode("utf-16-le"),
        TRADITIONAL.encode("big5"),
        LETTER.encode()[:-2],
        LETTER.encode()[:-5],
        b"\xff" * 9,
        "東京都の公共交通について意見があります".encode("shift-jis"),
        "Élan café à Zürich".encode("latin-1"),
    ],
)
def test_bytes_that_are_no_chinese_text_are_refused(data):
    with pytest.raises(ValueError, match=r"文字编码不对：第 .* 个字节（第 .* 行）"):
        decode(data)


def test_the_refusal_names_byte_and_line():
    damaged = LETTER.encode() + b"\xff" + LETTER.encode()
    with pytest.raises(ValueError, match=f"第 {len(LETTER.encode())} 个字节（第 3 行）"):
        decode(damaged)
    with pytest.raises(ValueError, match="第 2 个字节（第 1 行）不是UTF-16-LE"):
        decode(b"\xff\xfe\x41")


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\ufeff")))
def test_utf_8_comes_back_as_it_was(text):
    assert decode(text.encode()) == text


@given(st.binary())
def test_any_bytes_are_read_or_refused(data):
    try:
        assert isinstance(decode(data), str)
    except ValueError as error:
        assert not isinstance(error, UnicodeError)
