"""How good labels and probabilities are, each number with a 95 % interval."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import accuracy_score, f1_score, roc_auc_score

from sentiment.calibration import Floats

Labels = NDArray[np.int64]
"""0 negative, 1 neutral, 2 positive; -1 unknown."""

_BINS = 10
_ROUNDS = 200

FEWEST = 10
"""Texts from which drawing anew tells anything of the uncertainty."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A number and between what it lies with 95 % certainty."""

    value: float
    low: float
    high: float


def with_interval(measure: Callable[..., float], *columns: NDArray, seed: int = 0) -> Interval:
    """A measure of texts, and its 2.5 and 97.5 percentiles over texts drawn anew; NaN where there are none.

    The percentiles are NaN, too, where there are fewer than `FEWEST` texts.
    """
    size = len(columns[0])
    if not size:
        return Interval(np.nan, np.nan, np.nan)
    value = _measured(measure, columns, np.arange(size))
    if size < FEWEST:
        return Interval(value, np.nan, np.nan)
    draw = np.random.default_rng(seed)
    drawn = [_measured(measure, columns, draw.integers(0, size, size)) for _ in range(_ROUNDS)]
    told = [one for one in drawn if not np.isnan(one)]
    low, high = np.percentile(told, [2.5, 97.5]) if told else (np.nan, np.nan)
    return Interval(value, float(low), float(high))


def accuracy(truth: Labels, given: Labels) -> float:
    """The share of right labels."""
    return float(accuracy_score(truth, given))


def share(true: NDArray[np.bool_]) -> float:
    """The share of texts of which something is true."""
    return float(true.mean())


def macro_f1(truth: Labels, given: Labels) -> float:
    """The mean F1 of the classes that occur in the truth."""
    return float(f1_score(truth, given, labels=np.unique(truth), average="macro", zero_division=0))


def recalls(truth: Labels, given: Labels) -> dict[int, Interval]:
    """How many of each class that occurs are found."""
    return {int(label): with_interval(share, given[truth == label] == label) for label in np.unique(truth)}


def ranking(truth: Labels, positive: Floats) -> float:
    """AUC: how often a positive text gets more than a negative one; NaN where there is one class."""
    return float(roc_auc_score(truth == truth.max(), positive)) if len(np.unique(truth)) > 1 else float("nan")


def calibration_error(truth: Labels, positive: Floats) -> float:
    """ECE: how far certainty in the label given is from how often it is right, over ten equal steps."""
    certainty = np.maximum(positive, 1 - positive)
    right = (positive > 0.5) == (truth == truth.max())
    step = np.minimum(((certainty - 0.5) * 2 * _BINS).astype(int), _BINS - 1)
    gaps = [abs((certainty - right)[step == one].sum()) for one in range(_BINS)]
    return float(sum(gaps) / len(truth))


def mean_error(true: Floats, said: Floats) -> float:
    """How far numbers from 0 to 1 lie from the truth in the mean of those texts that are in one of ten equal steps."""
    step = np.minimum((said * _BINS).astype(int), _BINS - 1)
    return float(np.abs(np.bincount(step, said - true)).sum() / len(true))


def confusion(truth: Labels, given: Labels, classes: Sequence[int]) -> list[list[int]]:
    """For each true class, how many got each label."""
    return [[int(((truth == true) & (given == label)).sum()) for label in classes] for true in classes]


def _measured(measure: Callable[..., float], columns: Sequence[NDArray], rows: Labels) -> float:
    return measure(*(column[rows] for column in columns))
