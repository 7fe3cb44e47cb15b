"""Words of a text, cut as Elasticsearch's `standard` analyser cuts them (Unicode UAX #29, lower case, 255 characters).

One Han or Hiragana character is a token; letters, digits and what UAX #29 lets stand between them are one token.
"""

from collections.abc import Iterator

import regex

LONGEST = 255  # `max_token_length` of the analyser; longer words are cut into pieces

_LETTER = r"[[\p{L}\p{Nl}\u3005]--[[\p{Han}--\u3005]\p{Hiragana}\p{Katakana}\u30fc\uff9e\uff9f]]"
_DIGIT = r"\p{Nd}"
_EXTEND = r"[[\p{M}\p{Cf}]--\u200b]*"  # marks and joiners belong to what they follow
_EMOJI = (
    r"[\U0001f1e6-\U0001f1ff]{2}"
    r"|\p{Extended_Pictographic}(?:\p{Emoji_Modifier}|\ufe0f|\u200d\p{Extended_Pictographic})*"
)
_KATAKANA_LETTER = r"[[\p{Katakana}\u30fc]--[\uff9e\uff9f]]"
_KATAKANA = (
    rf"(?:(?:{_KATAKANA_LETTER}|_(?=[\p{{Katakana}}\u30fc])|(?<=[\p{{Katakana}}\u30fc])_)[\p{{M}}\uff9e\uff9f]*)+"
)
_BETWEEN_LETTERS = r"[:.'\u2019\u2018\u00b7\u0387\u2024\u2027\uff07\uff0e\uff1a]"
_BETWEEN_DIGITS = r"[.,;'\u2019\u2018\u037e\uff0c\uff0e\uff1b\uff07]"
_JOINED = (
    rf"(?<={_LETTER}{_EXTEND}){_BETWEEN_LETTERS}(?={_LETTER})"
    rf"|(?<={_DIGIT}{_EXTEND}){_BETWEEN_DIGITS}(?={_DIGIT})"
)
_WORD = rf"(?:(?:{_LETTER}|{_DIGIT}|_){_EXTEND}(?:{_JOINED})?)+"
_PIECE = regex.compile(
    rf"(?V1){_EMOJI}|[\p{{Han}}--\u3005]{_EXTEND}|\p{{Hiragana}}{_EXTEND}|{_KATAKANA}|{_WORD}",
)
_MEANS_SOMETHING = regex.compile(r"(?V1)[\p{L}\p{N}\p{Extended_Pictographic}\U0001f1e6-\U0001f1ff]")


def tokens(text: str) -> list[str]:
    """The tokens of `text` in order, lower case, each at most 255 characters."""
    found: list[str] = []
    for piece in _PIECE.findall(_simple(text)):
        if piece.isalnum() or _MEANS_SOMETHING.search(piece):
            if len(piece) * 2 <= LONGEST:
                found.append(piece.lower())
            else:
                found.extend(part.lower() for part in _cut(piece))
    return found


def words(text: str) -> Iterator[tuple[str, int, int]]:
    """The tokens of `text` in order, each with its first character in `text` and the one after its last."""
    for piece in _PIECE.finditer(_simple(text)):
        found, start = piece.group(), piece.start()
        if not _MEANS_SOMETHING.search(found):
            continue
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
