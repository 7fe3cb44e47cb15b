"""Reading ahead: what the words of the next batch mean is found by a second process while this one folds and indexes.

More than a third of a rebuild's work are moods and intents (`bench/rebuild.py`), and they need nothing but words.
`python -m pipelines.enrich.ahead` is that process.
"""

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from subprocess import DEVNULL

from crawler.errors import WrongUse
from pipelines.enrich.feeling import model_at_hand
from pipelines.enrich.meaning import Meaning, Meanings
from sentiment.intent import RULES
from sentiment.moods import Model, model_id

WORTH_IT = 8_000
"""Entries of the journal from which on a second process is worth its start, which takes seconds, and 200 to 300 MB."""

PIECE = 1000
"""Texts after which the second process looks whether anybody still waits for them. Fewer at once take longer each."""


@contextmanager
def meanings_for(entries: int, model: Model) -> Iterator[Meanings]:
    """What finds the meanings of so many entries best on this machine."""
    if entries < WORTH_IT or _cores() < 2:
        yield Meanings(model)
        return
    try:
        ahead = Ahead(model)
    except OSError:  # no room for another process: slower, and nothing is missing
        yield Meanings(model)
        return
    try:
        yield ahead
    finally:
        ahead.close()


def _cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Ahead(Meanings):
    """Has the words it expects read by a second process. Where that is gone, and for all else, it reads them itself.

    So it does where the second process reads by other rules: a new version may have been installed under a feeder that
    runs for weeks. The second process ends with this one, however that ends. OSError where it cannot be started.
    """

    def __init__(self, model: Model) -> None:
        super().__init__(model)
        self._line, theirs = Pipe()
        with theirs:
            # -P: what lies in the folder where the command is given is no part of the program.
            self._reader = subprocess.Popen(  # noqa: S603 - our own module
                [sys.executable, "-P", "-m", __name__, str(theirs.fileno())],
                stdin=DEVNULL,
                stdout=DEVNULL,
                stderr=DEVNULL,  # what goes wrong there goes wrong here again, and is told here
                pass_fds=[theirs.fileno()],
                process_group=0,  # Ctrl+C is for the first process to decide on
            )
        self._send(model)
        self._rules: tuple[str, str] | None = None
        self._asked: list[str] = []
        self._early: dict[str, Meaning] = {}
        self._found: dict[str, Meaning] = {}

    def expect(self, words: Sequence[str]) -> None:
        """Have these read. What was expected before is at hand until the next call."""
        self._found = self._answer() | self._early
        self._early = {}
        self._asked = list(dict.fromkeys(words))
        if self._asked:
            self._send(self._asked)

    def of(self, words: Sequence[str]) -> list[Meaning]:
        """What each of these means, in order."""
        if not self._found.keys() >= set(words):
            self._early |= self._answer()  # also of use when its turn comes
            self._found |= self._early
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
        """What came of the words that were asked last; nothing where it was taken already, or cannot be had."""
        asked, self._asked = self._asked, []
        if not asked:
            return {}
        try:
            if self._rules is None:
                self._rules = self._line.recv()
            found = self._line.recv()
        except (EOFError, OSError):
            return {}
        return dict(zip(asked, found, strict=True)) if self._rules == rules_of(self.model) else {}


def rules_of(model: Model) -> tuple[str, str]:
    """What tells by which rules moods and intents are found. WrongUse where the model is none."""
    with model_at_hand():
        return model_id(model), RULES


def _read(line: Connection) -> None:
    """Say by which rules, then answer until nobody asks or waits any more."""
    with suppress(EOFError, OSError, WrongUse):
        meanings = Meanings(line.recv())
        line.send(rules_of(meanings.model))
        while True:
            words, found = line.recv(), []
            while len(found) < len(words):
                if line.poll():  # nobody asks before there is an answer: the other end is closed
                    return
                found += meanings.of(words[len(found) : len(found) + PIECE])
            line.send(found)


if __name__ == "__main__":
    _read(Connection(int(sys.argv[1])))
