"""Spelling: one form for texts that people read as the same (full width, case), for matching only; never stored."""

from unicodedata import normalize


def fold(text: str) -> str:
    """NFKC and casefold: `ＱＱ１２３` → `qq123`. The length may change."""
    return normalize("NFKC", normalize("NFKC", text).casefold())


def fold_in_place(text: str) -> str:
    """As `fold`, sign by sign, leaving alone what would change the length: positions stay those of `text`."""
    return text.translate(_FOLDED_SIGNS)


class _FoldedSigns(dict[int, str]):
    """Each sign's folded form, found when first met."""

    def __missing__(self, code: int) -> str:
        sign = chr(code)
        folded = fold(sign)
        self[code] = folded if len(folded) == 1 else sign
        return self[code]


_FOLDED_SIGNS = _FoldedSigns()
