"""What the ledger told a spider, noted for a replay and told again there: it decides which pages a crawl asks for."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from pydantic import JsonValue

from crawler.coverage import Span
from crawler.known import Known
from crawler.ledger import Ledger

Told = dict[str, JsonValue]
"""What was told, by what was asked for."""


class Noted(Known):
    """What the ledger knows; notes in `told` what it is asked for."""

    def __init__(self, ledger: Ledger, source: str, told: Told) -> None:
        super().__init__(ledger, source)
        self._told = told

    def spans(self, name: str) -> Sequence[Span]:
        """Which parts of a list are read, newest first."""
        spans = super().spans(name)
        self._told[f"spans {name}"] = [
            [each.until.isoformat(), each.since.isoformat(), dict(each.cursor) if each.cursor is not None else None]
            for each in spans
        ]
        return spans

    def waiting_since(self, since: datetime) -> datetime | None:
        """When the oldest letter came that nobody has answered, of those that came after a moment."""
        at = super().waiting_since(since)
        self._told["waiting"] = at.isoformat() if at else None
        return at

    def is_answered(self, letter: str) -> bool:
        """Whether a letter is stored, with an answer."""
        answered = self._told[f"answered {letter}"] = super().is_answered(letter)
        return answered


class Recalled:
    """What was told then; of what nobody asked for nothing is known."""

    def __init__(self, told: Mapping[str, JsonValue]) -> None:
        self._told = told

    def spans(self, name: str) -> Sequence[Span]:
        """Which parts of a list were read, newest first."""
        rows = self._told.get(f"spans {name}", [])
        return tuple(
            Span(datetime.fromisoformat(until), datetime.fromisoformat(since), cursor) for until, since, cursor in rows
        )

    def waiting_since(self, since: datetime) -> datetime | None:  # noqa: ARG002 - it was the same then
        """When the oldest letter had come that nobody had answered."""
        at = self._told.get("waiting")
        return datetime.fromisoformat(at) if at else None

    def is_answered(self, letter: str) -> bool:
        """Whether a letter was stored, with an answer."""
        return bool(self._told.get(f"answered {letter}"))
