"""The request bodies both engines understand."""

from collections.abc import Mapping


class OutsideDialect(ValueError):
    """A body asks for something that not both engines answer alike."""


def validate(index: str, body: Mapping[str, object]) -> None:
    """Raise OutsideDialect for a body outside the dialect."""
