"""Words of a text, cut as Elasticsearch's `standard` analyser cuts them (Unicode UAX #29, lower case, 255 characters).

Where a word begins and ends is in `wordbreak.py`.
"""

import re
from collections.abc import Iterator

from pipelines.index.embedded.wordbreak import PIECE

LONGEST = 255  # `max_token_length` of the analyser; longer words are cut into pieces

_UNCOMMON = re.compile(
    r"[^\u4e00-\u9fffA-Za-z0-9 \n\t，。、！？；：（）《》“”‘’【】…—,.!?;:()\[\]-]"
    r"|[A-Za-z0-9][，。；：‘’….,;:][A-Za-z0-9]|[A-Za-z0-9]{256}"
)
"""What does not let a text be cut the short way, as most of what we read can be."""

_COMMON = re.compile(r"[\u4e00-\u9fff]|[A-Za-z0-9]+")


def tokens(text: str) -> list[str]:
    """The tokens of `text` in order, lower case, each at most 255 characters."""
    if not _UNCOMMON.search(text):
        return _COMMON.findall(text.lower())
    return tokens_of_any(text)


def tokens_of_any(text: str) -> list[str]:
    """The same by Unicode's rules alone, at five times the cost."""
    found: list[str] = []
    for piece in PIECE.findall(_simple(text)):
        if len(piece) * 2 <= LONGEST:
            found.append(piece.lower())
        else:
            found.extend(part.lower() for part in _cut(piece))
    return found


def words(text: str) -> Iterator[tuple[str, int, int]]:
    """The tokens of `text` in order, each with its first character in `text` and the one after its last."""
    for piece in PIECE.finditer(_simple(text)):
        found, start = piece.group(), piece.start()
        if len(found) * 2 <= LONGEST:
            yield found.lower(), start, piece.end()
            continue
        for part in _cut(found):
            yield part.lower(), start, start + len(part)
            start += len(part)


def _cut(word: str) -> Iterator[str]:
    """Pieces of at most 255 UTF-16 units, as Java counts; a character is never cut."""
    first = room = 0
    for place, letter in enumerate(word):
        units = 1 + (letter > "\uffff")
        if room + units > LONGEST:
            yield word[first:place]
            first, room = place, 0
        room += units
    yield word[first:]


def _simple(text: str) -> str:
    """The two letters whose small ones Java takes alone and Python by what is around them: dotted I, final sigma."""
    return text.replace("\u0130", "i").replace("\u03a3", "\u03c3")
