"""Logistic regression on character n-grams, taught and used with numpy alone."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

Matrix = np.ndarray[tuple[int, int], np.dtype[np.float64]]
Numbers = np.ndarray[tuple[int], np.dtype[np.float64]]

LONGEST_GRAM = 4
LONGEST_TEXT = 500
"""Characters that are read: a stance shows at the beginning, and long answers must not outweigh the rest."""

STRENGTH = 10.0
"""How much a label weighs against keeping weights small."""

STEPS = 300


def matrix(texts: Sequence[str], grams: Mapping[str, int], inverse: Numbers) -> Matrix:
    """One row of length 1 for each text."""
    dense = np.zeros((len(texts), len(grams)))
    for row, text in enumerate(texts):
        places, values = vector(text, grams, inverse)
        dense[row, places] = values
    return dense


def vector(text: str, grams: Mapping[str, int], inverse: Numbers) -> tuple[list[int], Numbers]:
    """The places of a text's known n-grams and their weights, together of length 1."""
    counts = Counter(grams[gram] for gram in grams_of(text) if gram in grams)
    places = list(counts)
    values = (1 + np.log(np.array(list(counts.values()), dtype=float))) * inverse[places] if places else np.zeros(0)
    return places, values / (np.linalg.norm(values) or 1)


def grams_of(text: str) -> Iterator[str]:
    """Every run of up to LONGEST_GRAM characters, without blanks."""
    words = "".join(text.lower().split())[:LONGEST_TEXT]
    for length in range(1, LONGEST_GRAM + 1):
        for start in range(len(words) - length + 1):
            yield words[start : start + length]


def fit(
    dense: Matrix, shown: np.ndarray[tuple[int], np.dtype[np.bool_]], strength: float = STRENGTH, steps: int = STEPS
) -> tuple[Numbers, float]:
    """Weights and bias of regularised logistic regression, both classes weighing alike; accelerated descent."""
    kernel = dense @ dense.T + 1  # the one is the bias
    share_shown = shown.mean()
    weigh = np.where(shown, 0.5 / max(share_shown, 1e-9), 0.5 / max(1 - share_shown, 1e-9)) * strength
    step = 1 / (1 + weigh.max() / 4 * np.abs(kernel).sum(axis=1).max())
    share = ahead = np.zeros(len(shown))
    for turn in range(steps):
        slope = ahead + weigh * (1 / (1 + np.exp(-(kernel @ ahead))) - shown)
        new = ahead - step * slope
        ahead, share = new + turn / (turn + 3) * (new - share), new
    return dense.T @ share, float(share.sum())
