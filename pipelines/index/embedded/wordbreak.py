"""Where words begin and end: Unicode's UAX #29 as Lucene's StandardTokenizer reads it, with the data of Unicode 12.1.

One Han or Hiragana character is a word, and so is an emoji with all that joins it; letters, digits and what may stand
between them are one. Compared with a running server, character by character: only letters younger than 12.1 differ.
"""

import regex

# Extended_Pictographic of Unicode 12.1; later versions took symbols such as ★ and ♪ out of it.
_PICTURE = (
    r"[\xa9\xae\u203c\u2049\u2122\u2139\u2194-\u2199\u21a9\u21aa\u231a\u231b\u2328\u2388\u23cf\u23e9-\u23f3\u23f8-\u23fa"
    r"\u24c2\u25aa\u25ab\u25b6\u25c0\u25fb-\u25fe\u2600-\u2605\u2607-\u2612\u2614-\u2685\u2690-\u2705\u2708-\u2712\u2714"
    r"\u2716\u271d\u2721\u2728\u2733\u2734\u2744\u2747\u274c\u274e\u2753-\u2755\u2757\u2763-\u2767\u2795-\u2797\u27a1\u27b0"
    r"\u27bf\u2934\u2935\u2b05-\u2b07\u2b1b\u2b1c\u2b50\u2b55\u3030\u303d\u3297\u3299\U0001f000-\U0001f0ff"
    r"\U0001f10d-\U0001f10f\U0001f12f\U0001f16c-\U0001f171\U0001f17e\U0001f17f\U0001f18e\U0001f191-\U0001f19a"
    r"\U0001f1ad-\U0001f1e5\U0001f201-\U0001f20f\U0001f21a\U0001f22f\U0001f232-\U0001f23a\U0001f23c-\U0001f23f"
    r"\U0001f249-\U0001f3fa\U0001f400-\U0001f53d\U0001f546-\U0001f64f\U0001f680-\U0001f6ff\U0001f774-\U0001f77f"
    r"\U0001f7d5-\U0001f7ff\U0001f80c-\U0001f80f\U0001f848-\U0001f84f\U0001f85a-\U0001f85f\U0001f888-\U0001f88f"
    r"\U0001f8ae-\U0001f8ff\U0001f90c-\U0001f93a\U0001f93c-\U0001f945\U0001f947-\U0001fffd]"
)
# Marks and joiners belong to what they follow. The characters named one by one here and below changed class since 12.1.
_MARK = r"[\p{WB=Extend}\p{WB=Format}\p{WB=ZWJ}\u0600-\u0605\u06dd\u070f\u08e2]"


def _marked(characters: str) -> str:
    return rf"{characters}{_MARK}*+"


_LETTER = _marked(r"[[\p{WB=ALetter}\p{WB=Hebrew_Letter}]--[\xb8\u02e5-\u02eb\u055a\u058a\u070f\ua708-\ua716]]")
_DIGIT = _marked(r"[[\p{WB=Numeric}\uff10-\uff19]--[\u0600-\u0605\u06dd\u08e2\u19da]]")
_KATAKANA = _marked(r"\p{WB=Katakana}")
_JOINER = "(?:" + _marked(r"\p{WB=ExtendNumLet}") + ")"  # as the low line
_BETWEEN_LETTERS = _marked(r"[[\p{WB=MidLetter}\p{WB=MidNumLet}\p{WB=Single_Quote}]--\u055f]")
_BETWEEN_DIGITS = _marked(r"[\p{WB=MidNum}\p{WB=MidNumLet}\p{WB=Single_Quote}\ufe10\ufe14]")
_LETTERS = rf"{_LETTER}(?:(?:{_JOINER}*+|{_BETWEEN_LETTERS}){_LETTER})*"
_DIGITS = rf"{_DIGIT}(?:(?:{_JOINER}*+|{_BETWEEN_DIGITS}){_DIGIT})*"
_RUN = rf"(?:{_KATAKANA}(?:{_JOINER}*+{_KATAKANA})*|(?:{_LETTERS}|{_DIGITS})+)"
_FIRST_JOINERS = rf"(?=\p{{WB=ExtendNumLet}})(?<!\p{{WB=ExtendNumLet}}{_MARK}*){_JOINER}++"
_WORD = rf"(?:{_FIRST_JOINERS})?{_RUN}(?:{_JOINER}++{_RUN})*{_JOINER}*+"
_FLAG = _marked(r"[\U0001f1e6-\U0001f1ff]") * 2
_EMOJI = (
    rf"\u200d?(?:{_PICTURE}|[\U0001f3fb-\U0001f3ff])[{_MARK}--\ufe0e]*+(?:(?<=\u200d){_PICTURE}[{_MARK}--\ufe0e]*+)*"
)
_KEYCAP = r"[#*]\ufe0f?\u20e3"
_SOUTH_EAST_ASIAN = "(?:" + _marked(r"[\p{LB=SA}\u19da]") + ")+"

_COMMON_HAN = _marked(r"[\u4e00-\u9fff]")  # first, because most of what we read is
_ALONE = _marked(r"[\p{Han}\p{Hiragana}]")

PIECE = regex.compile(rf"(?V1){_COMMON_HAN}|{_FLAG}|{_EMOJI}|{_KEYCAP}|{_WORD}|{_ALONE}|{_SOUTH_EAST_ASIAN}")
"""One word, as written."""
