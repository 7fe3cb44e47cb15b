"""What can go wrong in a way the reader can mend: one sentence, one exit code, no traceback."""


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
