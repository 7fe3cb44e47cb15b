"""A walk through pages ends: with a circle, with pages that bring nothing, with pages without end."""

import pytest

from crawler.platforms.answers import Unreadable
from crawler.platforms.paging import STALE_PAGES, Paging


def test_pages_are_counted() -> None:
    paging = Paging()
    for number in range(2, 6):
        paging.turn({"page": str(number)}, fresh=1)
        assert paging.page == number


def test_a_circle_ends() -> None:
    paging = Paging()
    for cursor in ("a", "b"):
        paging.turn({"max_id": cursor, "max_id_type": "0"}, fresh=9)
    paging.turn({"max_id": "a", "max_id_type": "1"}, fresh=9)
    with pytest.raises(Unreadable, match="没有前进"):
        paging.turn({"max_id": "a", "max_id_type": "0"}, fresh=9)


def test_pages_that_bring_nothing_end_and_one_is_forgiven() -> None:
    paging = Paging()
    for number in range(20):
        paging.turn({"page": str(number)}, fresh=number % STALE_PAGES)
    with pytest.raises(Unreadable, match="没有新的内容"):
        for number in range(20, 20 + STALE_PAGES):
            paging.turn({"page": str(number)}, fresh=0)


def test_ever_new_pages_end() -> None:
    paging = Paging(most=50)
    with pytest.raises(Unreadable, match="翻了 50 页"):
        for number in range(60):
            paging.turn({"page": str(number)}, fresh=10)
    assert paging.page == 50
