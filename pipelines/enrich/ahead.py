"""Reading ahead: what the words of the next batch mean is found by a second process while this one folds and indexes.

Two fifths of a rebuild's work are moods and intents (`bench/rebuild.py`), and they need nothing but words.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from signal import SIG_BLOCK, SIG_SETMASK, SIGINT, pthread_sigmask

from crawler.errors import WrongUse
from pipelines.enrich.meaning import Meaning, Meanings
from sentiment.moods import Model

WORTH_IT = 20_000
"""Comments from which on a second process is worth its start: a second, and some 200 MB."""


@contextmanager
def meanings_for(comments: int, model: Model) -> Iterator[Meanings]:
    """What finds the meanings of so many comments best on this machine."""
    if comments < WORTH_IT or (os.cpu_count() or 1) < 2:
        yield Meanings(model)
        return
    ahead = Ahead(model)
    try:
        yield ahead
    finally:
        ahead.close()


class Ahead(Meanings):
    """Has the words it expects read by a second process. Where that is gone, and for all else, it reads them itself.

    The second process ends with this one, however that ends.
    """

    def __init__(self, model: Model) -> None:
        super().__init__(model)
        fresh = get_context("spawn")
        self._line, theirs = fresh.Pipe()
        self._reader = fresh.Process(target=_read, args=(theirs, model), daemon=True)
        before = pthread_sigmask(SIG_BLOCK, {SIGINT})  # Ctrl+C is for the first process to decide on
        try:
            self._reader.start()
        finally:
            pthread_sigmask(SIG_SETMASK, before)
        theirs.close()
        self._asked: list[str] = []
        self._found: dict[str, Meaning] = {}

    def expect(self, words: Sequence[str]) -> None:
        """Have these read. What was expected before is at hand until the next call."""
        self._found = self._answer()
        self._asked = list(dict.fromkeys(words))
        if self._asked:
            with suppress(OSError):
                self._line.send(self._asked)

    def of(self, words: Sequence[str]) -> list[Meaning]:
        """What each of these means, in order."""
        if not self._found.keys() >= set(words):
            self._found |= self._answer()
        rest = list(dict.fromkeys(text for text in words if text not in self._found))
        self._found |= dict(zip(rest, super().of(rest), strict=True))
        return [self._found[text] for text in words]

    def close(self) -> None:
        """Let the second process go, whatever it is at."""
        self._line.close()
        self._reader.kill()
        self._reader.join()

    def _answer(self) -> dict[str, Meaning]:
        """What came of the words that were asked last; nothing where it was taken already, or the reader is gone."""
        asked, self._asked = self._asked, []
        if not asked:
            return {}
        try:
            return dict(zip(asked, self._line.recv(), strict=True))
        except (EOFError, OSError):
            return {}


def _read(line: Connection, model: Model) -> None:
    """Answer until nobody asks any more. What goes wrong here goes wrong in the first process again, which tells it."""
    meanings = Meanings(model)
    with suppress(EOFError, OSError, WrongUse):
        while True:
            line.send(meanings.of(line.recv()))
