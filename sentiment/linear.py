"""Logistic regression on character n-grams, taught and used with numpy alone."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat
from operator import add

import numpy as np

from sentiment.cleaning import simplified
from sentiment.lengths import READ_FOR_N_GRAMS

Matrix = np.ndarray[tuple[int, int], np.dtype[np.float64]]
Numbers = np.ndarray[tuple[int], np.dtype[np.float64]]
Shown = np.ndarray[tuple[int, int], np.dtype[np.bool_]]
Places = np.ndarray[tuple[int], np.dtype[np.int64]]

ABSENT = -1

LONGEST_GRAM = 4

STRENGTH = 10.0
"""How much a label weighs against keeping weights small."""

STEPS = 300


@dataclass(frozen=True, slots=True)
class Vectors:
    """The known n-grams of some texts, each once a text: whose they are, their places, and their weights.

    The weights of one text together have length 1. All three have the same shape, in order of text and place.
    """

    texts: int
    text: Places
    place: Places
    weight: Numbers

    def times(self, weights: Matrix) -> Matrix:
        """The sum of each text's weighted rows, shape (texts, columns); the same whatever other texts there are."""
        columns = (self.weight * column[self.place] for column in weights.T)
        return np.stack([np.bincount(self.text, column, self.texts) for column in columns], axis=1)

    def dense(self, places: int) -> Matrix:
        """One row a text, shape (texts, places)."""
        rows = np.zeros((self.texts, places))
        rows[self.text, self.place] = self.weight
        return rows


def vectors(texts: Sequence[str], grams: Mapping[str, int], inverse: Numbers, longest: int = LONGEST_GRAM) -> Vectors:
    """What is known of each text's n-grams of up to `longest` characters: TF-IDF, the frequency by its logarithm."""
    found = [np.fromiter(map(grams.get, grams_of(text, longest), repeat(ABSENT)), np.int64) for text in texts]
    place = np.concatenate(found) if found else np.zeros(0, np.int64)
    text = np.repeat(np.arange(len(texts)), [len(one) for one in found])
    known = place != ABSENT
    both, count = np.unique(text[known] * len(grams) + place[known], return_counts=True)
    text, place = np.divmod(both, max(len(grams), 1))
    weight = (1 + np.log(count)) * inverse[place]
    length = np.sqrt(np.bincount(text, weight**2, len(texts)))
    return Vectors(len(texts), text, place, weight / length[text])


def grams_of(text: str, longest: int = LONGEST_GRAM) -> Iterator[str]:
    """Every run of up to `longest` characters, without blanks, in simplified script and small letters."""
    words = "".join(simplified(text).lower().split())[:READ_FOR_N_GRAMS]
    grams = list(words)
    yield from grams
    for length in range(1, longest):
        grams = list(map(add, grams, words[length:]))
        yield from grams


def fit(dense: Matrix, shown: Shown, strength: float = STRENGTH, steps: int = STEPS) -> tuple[Matrix, Numbers]:
    """Weights, shape (places, questions), and biases of regularised logistic regressions by accelerated descent.

    `dense` has a row a text, `shown` its answers, shape (texts, questions). Yes and no of a question weigh alike.
    """
    kernel = dense @ dense.T + 1  # the one is the bias
    yes = shown.mean(axis=0)
    weigh = np.where(shown, 0.5 / np.maximum(yes, 1e-9), 0.5 / np.maximum(1 - yes, 1e-9)) * strength
    step = 1 / (1 + weigh.max(axis=0) / 4 * np.abs(kernel).sum(axis=1).max())
    share = ahead = np.zeros(shown.shape)
    for turn in range(steps):
        slope = ahead + weigh * (1 / (1 + np.exp(-(kernel @ ahead))) - shown)
        new = ahead - step * slope
        ahead, share = new + turn / (turn + 3) * (new - share), new
    return dense.T @ share, share.sum(axis=0)
