"""Known: what the ledger knows of one source, for the spider that goes on there."""

from collections.abc import Sequence
from datetime import datetime

from crawler.coverage import Span
from crawler.ledger import Ledger


class Known:
    """A source's part of the ledger. Only reads."""

    def __init__(self, ledger: Ledger, source: str) -> None:
        self._ledger = ledger
        self._source = source

    def spans(self, name: str) -> Sequence[Span]:
        """Which parts of a list are read, newest first."""
        return self._ledger.spans(self._source, name)

    def waiting_since(self, since: datetime) -> datetime | None:
        """When the oldest letter came that nobody has answered, of those that came after a moment."""
        return self._ledger.waiting_since(self._source, since)

    def is_answered(self, letter: str) -> bool:
        """Whether a letter is stored, with an answer."""
        return self._ledger.is_answered(self._source, letter)
