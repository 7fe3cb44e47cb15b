"""What a score says in a word, and why there may be none."""

from dataclasses import dataclass
from typing import Literal

from sentiment.han import has_han

Label = Literal["positive", "neutral", "negative", "unknown"]
Reason = Literal["", "empty", "no-han", "no-evidence"]
"""Why there is no score: nothing is said, nothing in Han, or nothing that tells the model a mood."""

POSITIVE_FROM = 0.6
NEGATIVE_BELOW = 0.4


@dataclass(frozen=True, slots=True)
class Score:
    """`score` is the mood expected, from 0 (negative) to 1 (positive), None where the label is unknown for a reason.

    `snownlp` is stock SnowNLP's score of the same text, from 0 to 1; None where it has nothing to go by, no Han or only
    its stop words, and gives about one half to every such text. `model` is the id of the model of score and label.
    """

    score: float | None
    label: Label
    snownlp: float | None
    model: str
    reason: Reason = ""


def label_of(score: float | None) -> Label:
    """The label of stock SnowNLP's score. The bounds are a habit of its users, not a finding."""
    if score is None:
        return "unknown"
    if score >= POSITIVE_FROM:
        return "positive"
    return "negative" if score < NEGATIVE_BELOW else "neutral"


def silent(text: str) -> Reason:
    """Why a text cannot be judged by any model here; empty where it can."""
    if not text.strip():
        return "empty"
    return "" if has_han(text) else "no-han"
