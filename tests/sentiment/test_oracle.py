"""Words and scores equal to those of the installed snownlp, by `==`. More of it: `python -m tests.sentiment.oracle`."""

from itertools import islice
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sentiment.oracle import COLUMNS, compare, real_texts
from tests.sentiment.texts import ANY_TEXT, every_han, long, many

A_FILE = 60
"""Texts of each file of the real data; stock SnowNLP takes an hour for all."""


def test_twenty_thousand_of_every_kind() -> None:
    assert compare(many(1, 20_000)).equal()


def test_every_han_character() -> None:
    assert compare(every_han()).equal()


def test_long_texts() -> None:
    assert compare(long(2)).equal()


@given(st.lists(ANY_TEXT, min_size=1, max_size=6))
@settings(max_examples=150, deadline=None)
def test_any_texts(texts: list[str]) -> None:
    assert compare(texts).equal()


@pytest.mark.real_data
@pytest.mark.parametrize("name", COLUMNS)
def test_real_texts(real_data: Path, name: str) -> None:
    assert compare(islice(real_texts(real_data, name), A_FILE)).equal()
