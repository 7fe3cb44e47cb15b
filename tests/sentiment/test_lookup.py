"""The hash table against a dictionary."""

import numpy as np
import pytest

from sentiment.lookup import ABSENT, Lookup


@pytest.mark.parametrize("count", [0, 1, 2, 3, 1000, 50_000])
def test_finds_what_is_there_and_nothing_else(count: int) -> None:
    chance = np.random.default_rng(count)
    keys = np.unique(chance.integers(0, 1 << 32, count, dtype=np.uint32))
    chance.shuffle(keys)
    lookup = Lookup.of(keys)
    places = {key: place for place, key in enumerate(keys.tolist())}
    asked = np.concatenate([keys, keys + np.uint32(1), chance.integers(0, 1 << 32, 1000, dtype=np.uint32)])
    assert lookup.find(asked).tolist() == [places.get(key, ABSENT) for key in asked.tolist()]


def test_keys_that_begin_at_one_entry_are_told_apart() -> None:
    size = len(Lookup.of(np.arange(64, dtype=np.uint32)).keys)
    spread = [
        key
        for key in range(100_000)
        if Lookup(np.zeros(size, np.uint32), np.zeros(0, np.int32))._entry(np.array([key], np.uint32))[0] == size - 1
    ][:64]
    keys = np.array(spread, np.uint32)
    assert len(keys) == 64
    lookup = Lookup.of(keys)
    assert lookup.find(keys).tolist() == list(range(64))
    assert lookup.find(np.array([0xFFFF_FFFF], np.uint32)).tolist() == [ABSENT]


def test_asks_nothing() -> None:
    assert Lookup.of(np.array([7], np.uint32)).find(np.zeros(0, np.uint32)).tolist() == []
