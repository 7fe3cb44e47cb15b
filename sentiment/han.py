"""What SnowNLP takes for Han: its segmenter cuts runs of these characters, and the moods are judged by them."""

import re

FIRST_HAN, LAST_HAN = "\u4e00", "\u9fa5"
HAN = f"{FIRST_HAN}-{LAST_HAN}"
"""For a character class of a regular expression."""

_HAN = re.compile(f"[{HAN}]")


def is_han(character: str) -> bool:
    """Whether the character is one."""
    return FIRST_HAN <= character <= LAST_HAN


def has_han(text: str) -> bool:
    """Whether a text has any."""
    return _HAN.search(text) is not None
