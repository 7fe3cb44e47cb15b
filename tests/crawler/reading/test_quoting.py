"""Quotations: whole where they are short, else whole clauses."""

import pytest

from crawler.reading.quoting import quoted


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("", ""),
        (" 系统繁忙 ", "系统繁忙"),
        ("系统繁忙，请致电", "系统繁忙，请致电"),
        ("系统繁忙，请致电13912345678", "系统繁忙，…"),
        ("一\n二二二二二二二二二二", "一\n…"),
        ("没有停顿的十一个字的话", "…"),
        ("正好是十个字的一句话", "正好是十个字的一句话"),
    ],
)
def test_only_whole_clauses_are_quoted(words: str, shown: str) -> None:
    assert quoted(words, 10) == shown
