"""How well the daily mean of a model follows the daily truth: what a line over time on a dashboard is worth."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sentiment.calibration import Floats
from sentiment.metrics import Interval, Labels, with_interval
from sentiment.train import POSITIVE


@dataclass(frozen=True, slots=True)
class Days:
    """Days in order, how many texts each has, and their mean mood by a reader and by a model, from 0 to 1; (days,)."""

    day: list[str]
    amount: Labels
    true: Floats
    told: Floats

    @property
    def correlation(self) -> Interval:
        """Pearson's, of the two lines; its interval over days drawn anew. NaN where a line is flat."""
        return with_interval(_correlation, self.true, self.told)

    @property
    def error(self) -> Interval:
        """By how much a day's mean is wrong, on average; its interval over days drawn anew."""
        return with_interval(_error, self.true, self.told)


def by_day(days: Sequence[str], truth: Labels, expected: Floats) -> Days:
    """The means of each day, of the texts that have a day and a known answer."""
    known = np.array([bool(day) for day in days]) & ~np.isnan(expected)
    names, place, amount = np.unique(np.array(days)[known], return_inverse=True, return_counts=True)
    true, told = (np.bincount(place, values[known]) / amount for values in (truth / POSITIVE, expected))
    return Days(names.tolist(), amount, true, told)


def _correlation(true: Floats, told: Floats) -> float:
    return float(np.corrcoef(true, told)[0, 1]) if len(true) and true.std() and told.std() else float("nan")


def _error(true: Floats, told: Floats) -> float:
    return float(np.abs(true - told).mean()) if len(true) else float("nan")
