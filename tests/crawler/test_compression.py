"""What comes packed is unpacked whole, or not at all."""

import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.middlewares.compression import _GZIP, _RAW, _ZLIB, TooLarge, _Cut, unpacked

MOST = 100_000


@given(st.lists(st.binary(max_size=2000), min_size=1, max_size=3))
def test_every_whole_body_comes_back(parts: list[bytes]) -> None:
    body = b"".join(parts)
    assert unpacked(b"".join(map(gzip.compress, parts)), MOST, _GZIP) == body
    assert unpacked(zlib.compress(body), MOST, _ZLIB) == body
    assert unpacked(zlib.compress(body)[2:-4], MOST, _RAW) == body


@given(st.binary(min_size=1, max_size=2000), st.data())
def test_no_cut_body_does(body: bytes, data: st.DataObject) -> None:
    packed = gzip.compress(body)
    with pytest.raises(_Cut):
        unpacked(packed[: data.draw(st.integers(0, len(packed) - 1))], MOST, _GZIP)


def test_a_bomb_is_not_unpacked() -> None:
    bomb = gzip.compress(bytes(100_000_000))
    assert len(bomb) < MOST
    with pytest.raises(TooLarge):
        unpacked(bomb, MOST, _GZIP)
