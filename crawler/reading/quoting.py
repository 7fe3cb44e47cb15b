"""Quoting what a platform says, in a sentence of ours."""

import re

LONGEST = 80
"""Characters of a quotation."""

_CLAUSE_END = re.compile(r"[。；;！!？?，\n]")


def quoted(words: str, longest: int = LONGEST) -> str:
    """The beginning of somebody's words: whole clauses only, and … for the rest.

    Half a number, or a name without the title behind it, is no longer known for what it is when sentences are masked.
    """
    words = words.strip()
    if len(words) <= longest:
        return words
    ends = [end.end() for end in _CLAUSE_END.finditer(words, 0, longest)]
    return words[: ends[-1] if ends else 0] + "…"
