"""The part of an address that leads to one household: building with room. Expects a text folded in place."""

import re
from collections.abc import Iterator

from pipelines.masking.spans import Span

ROOM = "[门牌]"

_COUNT = r"(?:[0-9]{1,4}|[一二三四五六七八九十]{1,3})"
_NUMBER = r"(?:[0-9]{3,4}\*{0,3}|[0-9]{1,3}\*{1,3}|[一二三四五六七八九〇零]{3,4})"
_BUILDING = rf"[a-z]?{_COUNT}-?[a-z]? ?(?:号楼|栋|幢|座|#楼?)"
_UNIT = rf"{_COUNT} ?单元"
_FLOOR = rf"{_COUNT} ?[楼层] ?"
_NO_QUANTITY = r"(?![0-9])(?! ?(?:[户年元万平米套人名个多间栋幢层楼]|车位|余|㎡|m2))"
_ROOM = re.compile(
    rf"(?<![0-9a-z])(?:(?:{_BUILDING} ?,?-?(?:{_UNIT} ?-?)?|{_UNIT} ?-?)(?:{_FLOOR})?{_NUMBER} ?(?:号?[室房]|号(?!楼))?"
    rf"|{_COUNT}(?:-[0-9]{{1,3}})?号(?:{_FLOOR})?{_NUMBER}(?:号?[室房])|[0-9]{{1,3}}-[0-9]{{1,2}}-[0-9]{{3,4}}号?[室房]){_NO_QUANTITY}"
)
_NUMBERED = re.compile("[0-9]|[一二三四五六七八九〇零]{3}")
"""What every number of a room has; most comments have neither, and the long pattern is slow."""


def find_rooms(folded: str) -> Iterator[Span]:
    """`3栋2单元501`, `88号1203室`, `3-2-501室`; a building, a unit, a floor or a number of households alone is none."""
    if _NUMBERED.search(folded):
        yield from (Span(*found.span(), ROOM) for found in _ROOM.finditer(folded))
