"""Detectors pass over texts without a figure or a login: what they would find there is nothing."""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from types import ModuleType
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.masking import addresses, contacts, names, numbers
from pipelines.masking.spans import Span
from pipelines.spelling import fold_in_place

GUARDS = (
    (numbers, "_FIGURE"),
    (numbers, "_SPELT"),
    (contacts, "_LOGIN_SIGN"),
    (addresses, "_NUMBERED"),
    (names, "_TITLED"),
)
GUARDED: tuple[tuple[Callable[[str], Iterator[Span]], ModuleType, tuple[str, ...]], ...] = (
    (
        numbers.find_numbers,
        numbers,
        ("_MOBILE", "_ABROAD", "_IDENTITY_18", "_IDENTITY_15", "_CUED_DOCUMENT", "_CARD", "_CUED_CARD", "_PLATE"),
    ),
    (numbers.find_landlines, numbers, ("_LANDLINE", "_CUED_LANDLINE")),
    (contacts.find_accounts, contacts, ("_PROFILE", "_QQ", "_ACCOUNT")),
    (addresses.find_rooms, addresses, ("_ROOM",)),
    (names.find_names, names, ("_TITLE", "_CUE")),
)
"""Each detector, where it is, and the patterns by which it finds."""

PIECES = (
    "三栋",
    "二单元",
    "五〇一",
    "五〇",
    "室",
    "微信",
    "扣扣",
    "abcdef",
    "号",
    ":",
    "电话",
    "一三八",
    "九九九九",
    "川a",
)
"""What personal things without a figure are made of, and what only looks like them."""


def without_short_ways(find: Callable[[str], Iterator[Span]], folded: str) -> list[Span]:
    with ExitStack() as stack:
        for module, guard in GUARDS:
            stack.enter_context(patch.object(module, guard, re.compile("")))
        return list(find(folded))


@pytest.mark.parametrize(
    ("find", "pattern"),
    [
        pytest.param(find, getattr(module, name), id=f"{find.__name__}{name}")
        for find, module, names in GUARDED
        for name in names
    ],
)
def test_nothing_is_passed_over_that_a_pattern_finds(find: Callable[[str], Iterator[Span]], pattern: re.Pattern[str]):
    @settings(deadline=None)
    @given(st.from_regex(pattern).map(fold_in_place))
    def check(folded: str) -> None:
        assert list(find(folded)) == without_short_ways(find, folded)

    check()


@settings(max_examples=500, deadline=None)
@given(st.lists(st.sampled_from(PIECES)).map("".join))
def test_texts_without_figures_lose_nothing(folded: str):
    for find, _, _ in GUARDED:
        assert list(find(folded)) == without_short_ways(find, folded)
