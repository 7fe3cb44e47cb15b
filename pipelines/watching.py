"""Watch: who is told how far long work has come."""

from typing import Protocol


class Watch(Protocol):
    """Told how much there is, then of every part that is done. The work says in which unit."""

    def expect(self, total: int) -> None:
        """So much there is in all."""
        ...

    def __call__(self, more: int) -> None:
        """So much more is done."""
        ...


class Unwatched:
    """For work that nobody watches."""

    def expect(self, total: int) -> None:
        """Nothing."""

    def __call__(self, more: int) -> None:
        """Nothing."""
