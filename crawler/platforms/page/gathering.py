"""Rows of a page, as they come to light. Pure."""

from collections import Counter
from collections.abc import Callable, Iterable


class Gathered:
    """Every row that a page showed, once, whatever the page does with them: adds more, or puts others in their place.

    `rows` are the rows' markup by identity. With `repeats`, rows of one identity that stand on the page together are
    several, and the later ones get a number; else they are one.
    """

    def __init__(self, identity: Callable[[str], str], repeats: bool) -> None:
        self.rows: dict[str, str] = {}
        self._identity = identity
        self._repeats = repeats
        self._known: dict[str, str] = {}

    def take(self, shown: Iterable[str]) -> int:
        """Take in the rows that the page shows now; how many of them are new."""
        before = len(self.rows)
        numbers: Counter[str] = Counter()
        for row in shown:
            if row not in self._known:
                self._known[row] = self._identity(row)
            name = self._known[row]
            numbers[name] += 1
            key = f"{name}-{numbers[name]}" if self._repeats and numbers[name] > 1 else name
            self.rows[key] = row
        return len(self.rows) - before
