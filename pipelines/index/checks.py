"""Small checks of a request body's parts: each hands back what it was given, or refuses it with a sentence."""

import math
import re
from collections.abc import Mapping, Sequence
from typing import NoReturn, TypeGuard

from pipelines.index.mapping import LARGEST_INTEGER, LONGEST_TERM, Field
from pipelines.index.moments import epoch_milliseconds

LONGEST_LIST = 10_000
SAFE_INTEGER = 2**53 - 1
"""Up to here JSON's readers agree on whole numbers."""
_HALF = re.compile("[\ud800-\udfff]")


class OutsideDialect(ValueError):
    """A body asks for something that the dialect does not have; the sentence says what."""


class TooManyBuckets(ValueError):
    """More buckets than one answer may have; Elasticsearch refuses too (`too_many_buckets_exception`)."""


def refuse(sentence: str) -> NoReturn:
    """Raise OutsideDialect with this sentence."""
    raise OutsideDialect(f"{sentence}.")


def an_object(value: object, what: str) -> Mapping[str, object]:
    """`value` as a mapping."""
    if not isinstance(value, Mapping):
        refuse(f"{what} must be an object")
    return value


def the_one(value: object, what: str) -> tuple[str, object]:
    """The only key of a mapping, and what it holds."""
    if len(an_object(value, what)) != 1:
        refuse(f"{what} names exactly one thing, not {list(value)}")
    return next(iter(value.items()))


def only(value: object, names: Sequence[str], what: str) -> None:
    """Refuse keys that are not in `names`."""
    unknown = set(an_object(value, what)) - set(names)
    if unknown:
        refuse(f"{what} does not take {', '.join(sorted(map(str, unknown)))}")


def a_list(value: object, what: str, most: int = LONGEST_LIST) -> Sequence[object]:
    """`value` as a sequence of at most `most` parts."""
    if not isinstance(value, list | tuple) or len(value) > most:
        refuse(f"{what} must be a list of at most {most}")
    return value


def texts(value: object, what: str) -> Sequence[str]:
    """`value` as a sequence of strings."""
    if not all(is_text(part) for part in a_list(value, what)):
        refuse(f"{what} must be a list of strings without half characters")
    return value


def whole(value: object, least: int, most: int, what: str) -> None:
    """Refuse what is not a whole number between the two."""
    if not _is_whole(value) or not least <= value <= most:
        refuse(f"{what} must be a whole number from {least} to {most}")


def a_number(value: object, what: str) -> float:
    """`value` as a finite number."""
    if not isinstance(value, int | float) or isinstance(value, bool) or not abs(value) <= SAFE_INTEGER:
        refuse(f"{what} must be a number below 2**53")
    return value


def typed(value: object, field: Field, name: str) -> None:
    """Refuse a value that the field could not hold."""
    if field.type == "boolean":
        fits = isinstance(value, bool)
    elif field.type == "integer":
        fits = _is_whole(value) and -LARGEST_INTEGER - 1 <= value <= LARGEST_INTEGER
    elif field.type == "double":
        fits = math.isfinite(value) if isinstance(value, float) else _is_whole(value) and abs(value) <= SAFE_INTEGER
    else:
        fits = is_text(value)
    if not fits:
        refuse(f"{value!r} is not a {field.type} as {name} is")
    if field.type == "keyword" and len(value.encode()) > LONGEST_TERM:
        refuse(f"no value of {name} is longer than {LONGEST_TERM} bytes")
    if field.type == "date":
        try:
            epoch_milliseconds(str(value))
        except ValueError as error:
            refuse(str(error))


def sorted_by(value: object, field: Field, name: str) -> None:
    """Refuse what is not a value of the field as an answer's `sort` and `after_key` hold it: a date in milliseconds."""
    if field.type == "date":
        whole(value, -SAFE_INTEGER, SAFE_INTEGER, f"{name} in milliseconds")
    else:
        typed(value, field, name)


def is_text(value: object) -> bool:
    """Whether it is a string that UTF-8 can write: none with half a surrogate pair."""
    return isinstance(value, str) and not _HALF.search(value)


def _is_whole(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def strings_in(part: object) -> frozenset[str]:
    """Every string in a body, so every field it names."""
    if isinstance(part, str):
        return frozenset({part})
    if isinstance(part, Mapping):
        return frozenset(part).union(*map(strings_in, part.values()))
    return frozenset[str]().union(*map(strings_in, part)) if isinstance(part, list | tuple) else frozenset()
