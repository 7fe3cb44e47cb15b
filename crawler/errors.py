"""What can go wrong in a way the reader can mend: one sentence, one exit code, no traceback."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Trouble(Exception):
    """A failure with a sentence (Chinese) that says what happened and what to do next.

    The command prints the sentence and leaves with `exit_code`.
    """

    exit_code = 1


class WrongUse(Trouble):
    """The command, a file or a setting is wrong; nothing was changed."""

    exit_code = 2


class ServiceAway(Trouble):
    """Something that is needed (index, browser, port) cannot be reached."""

    exit_code = 3


class Unreadable(Trouble):
    """What lies in the index is damaged, or too old for what was asked; it can be made again from the journal."""


@contextmanager
def on_disk(path: Path) -> Iterator[None]:
    """Work in a file or folder of ours. Raises ServiceAway where the disk refuses."""
    try:
        yield
    except OSError as error:
        raise ServiceAway(f"读写不了 {path}（{error.strerror}）。请检查路径、权限和磁盘是否已满。") from error
