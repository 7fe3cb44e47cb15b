"""Watch: who is told how far long work has come, and what it waits for."""

from typing import Protocol


class Watch(Protocol):
    """Told how much there is, then of every part that is done. The work says in which unit."""

    def expect(self, total: int) -> None:
        """So much there is in all."""
        ...

    def __call__(self, more: int) -> None:
        """So much more is done."""
        ...

    def held_up(self, sentence: str) -> None:
        """It has to wait; the sentence (Chinese) says for whom."""
        ...


class Unwatched:
    """For work that nobody watches."""

    def expect(self, total: int) -> None:
        """Nothing."""

    def __call__(self, more: int) -> None:
        """Nothing."""

    def held_up(self, sentence: str) -> None:
        """Nothing."""
