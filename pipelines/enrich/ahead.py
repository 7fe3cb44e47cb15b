"""Reading ahead: what the words of the next batch mean is found by a second process while this one folds and indexes.

Two fifths of a rebuild's work are moods and intents (`bench/rebuild.py`), and they need nothing but words.
`python -m pipelines.enrich.ahead` is that process.
"""

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing import Pipe
from multiprocessing.connection import Connection

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
        self._line, theirs = Pipe()
        self._reader = subprocess.Popen(  # noqa: S603 - our own module
            [sys.executable, "-m", __name__, str(theirs.fileno())],
            pass_fds=[theirs.fileno()],
            process_group=0,  # Ctrl+C is for the first process to decide on
        )
        theirs.close()
        self._send(model)
        self._asked: list[str] = []
        self._found: dict[str, Meaning] = {}

    def expect(self, words: Sequence[str]) -> None:
        """Have these read. What was expected before is at hand until the next call."""
        self._found = self._answer()
        self._asked = list(dict.fromkeys(words))
        if self._asked:
            self._send(self._asked)

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
        self._reader.wait()

    def _send(self, message: Model | list[str]) -> None:
        with suppress(OSError):  # whoever asks for the answer sees that there is none
            self._line.send(message)

    def _answer(self) -> dict[str, Meaning]:
        """What came of the words that were asked last; nothing where it was taken already, or the reader is gone."""
        asked, self._asked = self._asked, []
        if not asked:
            return {}
        try:
            return dict(zip(asked, self._line.recv(), strict=True))
        except (EOFError, OSError):
            return {}


def _read(line: Connection) -> None:
    """Answer until nobody asks any more. What goes wrong here goes wrong in the first process again, which tells it."""
    with suppress(EOFError, OSError, WrongUse):
        meanings = Meanings(line.recv())
        while True:
            line.send(meanings.of(line.recv()))


if __name__ == "__main__":
    _read(Connection(int(sys.argv[1])))
