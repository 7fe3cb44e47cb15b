"""From a score to a label. The bounds are SnowNLP users' habit, not a finding: see `docs/architecture.md`."""

from typing import Literal

Label = Literal["positive", "neutral", "negative", "unknown"]

POSITIVE_FROM = 0.6
NEGATIVE_BELOW = 0.4


def label_of(score: float | None) -> Label:
    """The label of a score from 0 (negative) to 1 (positive); unknown where a text carries no evidence."""
    if score is None:
        return "unknown"
    if score >= POSITIVE_FROM:
        return "positive"
    return "negative" if score < NEGATIVE_BELOW else "neutral"
