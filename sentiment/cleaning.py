"""What a text says, without what platforms put around it: one width, one script, no addresses, no names."""

import re
import unicodedata
from functools import cache

from opencc import OpenCC

MASKED = "[提及]"
"""What stands where a name was taken out."""

_NOT_SAID = re.compile(
    r"https?://[a-z0-9./?=&_%#:~+-]*"  # addresses
    rf"|(?://|回复)\s*(?:@[^:\s]{{1,40}}|{re.escape(MASKED)})\s*:"  # marks of whom a comment forwards or answers
    rf"|@[\w·-]{{1,30}}|{re.escape(MASKED)}"  # names
    r"|\{%|%\}",  # how some exports mark links
)


def cleaned(text: str) -> str:
    """The text in half width and simplified script, in small letters, a space where an address or a name stood."""
    return _NOT_SAID.sub(" ", simplified(unicodedata.normalize("NFKC", text)).lower())


def simplified(text: str) -> str:
    """The text in simplified script."""
    return _simplifier().convert(text.encode("utf-8", "replace").decode())  # a lone surrogate is a ?


@cache
def _simplifier() -> OpenCC:
    return OpenCC("t2s")
