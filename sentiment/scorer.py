"""How a comment feels: SnowNLP's own score.

Stock SnowNLP, with two bounds, because it needs time quadratic in an unbroken run of Han characters (minutes for
64,000): runs are cut every `LONGEST_RUN` characters, and a text is judged by its first `LONGEST_TEXT`. A text within
both gets stock's score to the last bit.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sentiment.labels import Label, label_of

MODEL = "snownlp-0.12.3"
"""The id every score carries."""

LONGEST_RUN = 400
LONGEST_TEXT = 4000
"""Characters that are scored; a longer text is judged by its beginning."""

_RUN = re.compile(rf"([\u4E00-\u9FA5]{{{LONGEST_RUN}}})(?=[\u4E00-\u9FA5])")
_EVIDENCE = re.compile(r"[\u4E00-\u9FA5]")


@dataclass(frozen=True, slots=True)
class Score:
    """`score` is from 0 (negative) to 1 (positive), None where the text has no Han character to judge by."""

    score: float | None
    label: Label


def score(texts: Sequence[str]) -> list[Score]:
    """The mood of each text, in order."""
    return [_score(text) for text in texts]


def _score(text: str) -> Score:
    if not _EVIDENCE.search(text):
        return Score(None, "unknown")
    from snownlp import SnowNLP  # noqa: PLC0415  seconds and 400 MB; only a command that scores should pay for them

    value = SnowNLP(_RUN.sub(r"\1 ", text[:LONGEST_TEXT])).sentiments
    return Score(value, label_of(value))
