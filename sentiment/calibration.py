"""From evidence to probability: what a sum of logarithms is worth depends on how many words it comes from.

Words of one text repeat each other, so that a Bayes is surer of itself the longer the text. The sum is divided by the
root of the number of tokens, and its worth fitted on sources that the model had not seen.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_DAMPING = 4
_MIDDLE = 4.0
"""The logarithm of the number of tokens about which the slopes are taken: some 54 tokens, a sentence."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """Slopes of the mood's two features; intercept and slopes of the neutral's three."""

    mood: tuple[float, float]
    neutral: tuple[float, float, float]

    def positive(self, mood: Floats, tokens: Floats) -> Floats:
        """How likely the mood is positive rather than negative, shape (texts,); one half where nothing speaks."""
        return _likely(mood_features(mood, tokens), self.mood)

    def neither(self, neutral: Floats, mood: Floats, tokens: Floats) -> Floats:
        """How likely there is no mood at all, shape (texts,)."""
        intercept, *slopes = self.neutral
        return _likely(neutral_features(neutral, mood, tokens), slopes, intercept)


def mood_features(mood: Floats, tokens: Floats) -> Floats:
    """The evidence a root of tokens, and the same by the text's length; shape (texts, 2)."""
    even = mood / np.sqrt(tokens + _DAMPING)
    return np.stack([even, even * (np.log(tokens + 1) - _MIDDLE)], axis=1)


def neutral_features(neutral: Floats, mood: Floats, tokens: Floats) -> Floats:
    """The evidence for no mood, and how strong a mood either way; shape (texts, 2)."""
    root = np.sqrt(tokens + _DAMPING)
    return np.stack([neutral / root, np.abs(mood) / root], axis=1)


def _likely(features: Floats, slopes: Sequence[float], intercept: float = 0.0) -> Floats:
    # summed one by one: a product of matrices rounds otherwise for one text than for many
    logit = intercept + sum(slope * feature for slope, feature in zip(slopes, features.T, strict=True))
    return 1 / (1 + np.exp(-np.clip(logit, -30, 30)))
