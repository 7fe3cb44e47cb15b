"""read_count: the numbers under posts and comments."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.reading.counts import read_count


@pytest.mark.parametrize(
    ("shown", "count"),
    [
        ("1.2万", 12_000),
        ("100万+", 1_000_000),
        ("1.1亿", 110_000_000),
        ("1,234", 1234),
        ("１２", 12),
        ("3w", 30_000),
        ("1.23456万", 12345),
        ("", None),
        (" ", None),
        (None, None),
        (0, 0),
        (7, 7),
        (3.0, 3),
        ("0", 0),
        ("3.0", 3),
    ],
)
def test_a_shown_count_is_this_number(shown, count):
    assert read_count(shown) == count


@pytest.mark.parametrize("nonsense", ["-1", -1, "赞", "1.5", 1.5, "1万2", "12万亿", True, "١", float("nan"), "1" * 99])
def test_nonsense_is_refused_with_a_sentence(nonsense):
    with pytest.raises(ValueError, match="不是一个数目"):
        read_count(nonsense)


@given(st.integers(min_value=0, max_value=10**11))
def test_plain_and_grouped_digits_come_back(number):
    assert read_count(str(number)) == read_count(f"{number:,}") == read_count(number) == number
