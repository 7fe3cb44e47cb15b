"""Span: where in a text something personal stands. Detectors find spans in a folded text and change nothing."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """The signs from `start` up to `end` (not included), to be replaced by `mark`."""

    start: int
    end: int
    mark: str
