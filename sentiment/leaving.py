"""Leaving sources out: how the model does where it was never taught, and what its sums are worth there."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.linear_model import LogisticRegression

from sentiment.calibration import Calibration, Floats, mood_features, neutral_features
from sentiment.examples import asides
from sentiment.train import NEGATIVE, NEUTRAL, POSITIVE, Mask, Table, Weighing, weigh_mood, weigh_neutral

_FREE = 10.0
"""The C of the calibrating regressions: three numbers from tens of thousands of texts need no restraint."""

_PRIOR_NEUTRAL = 1 / 3

Weigh = Callable[[Table], Weighing]


@dataclass(frozen=True, slots=True)
class Unseen:
    """Texts of a source that the model had not seen: evidence for positive and for neutral, tokens, label; (texts,)."""

    mood: Floats
    neutral: Floats
    tokens: Floats
    label: Floats


class Leaving:
    """Trains without some of a table's sources, each set once."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.sources: list[str] = [str(source) for source in np.unique(table.source)]
        self.with_moods = self._having(POSITIVE, NEGATIVE)
        self.with_neutral = self._having(NEUTRAL) & (self._having(POSITIVE) | self._having(NEGATIVE))
        self._trained: dict[tuple[Weigh, frozenset[str]], Floats] = {}

    def unseen(self, source: str, left_out: Iterable[str] = ()) -> Unseen:
        """How texts of a source look to models trained without it, and without what else is left out."""
        rows = self.table.source == source
        has = self.table.has[rows]
        gone = frozenset({source, *left_out})
        neutral = np.zeros(len(self.table.label))[rows]
        if self.with_neutral - gone:
            neutral = has @ self._says(weigh_neutral, gone & self.with_neutral)
        mood = has @ self._says(weigh_mood, gone)
        return Unseen(mood, neutral, self.table.length[rows], self.table.label[rows])

    def asked(self, left_out: Sequence[str] = ()) -> list[str]:
        """The sources by which certainty is measured: those with both moods or neutral, but for those left out.

        What is no comment (`aside` in files.toml) teaches words, not how sure to be.
        """
        telling = self.with_moods | self.with_neutral
        return [source for source in self.sources if source in telling - {*left_out, *asides()}]

    def calibration(self, left_out: Sequence[str] = (), watch: Callable[[int], None] = lambda _: None) -> Calibration:
        """Fitted on every source asked in turn as if it were unseen; `watch` is told of each that is done."""
        some = {}
        for source in self.asked(left_out):
            some[source] = self.unseen(source, left_out)
            watch(1)
        moods = [seen for source, seen in some.items() if source in self.with_moods]
        neutral = [seen for source, seen in some.items() if source in self.with_neutral]
        return Calibration(_mood_slopes(moods), _neutral_slopes(neutral))

    def _having(self, *labels: int) -> set[str]:
        found = [set(self.table.source[self.table.label == label].tolist()) for label in labels]
        return set.intersection(*found)

    def _says(self, weigh: Weigh, gone: frozenset[str]) -> Floats:
        if (weigh, gone) not in self._trained:
            self._trained[weigh, gone] = weigh(self.table.part(~np.isin(self.table.source, list(gone)))).says
        return self._trained[weigh, gone]


def _mood_slopes(sources: Sequence[Unseen]) -> tuple[float, float]:
    features, truth, weight = [], [], []
    for seen in sources:
        felt = seen.label != NEUTRAL
        features.append(mood_features(seen.mood, seen.tokens)[felt])
        truth.append(seen.label[felt] == POSITIVE)
        weight.append(_balanced(truth[-1], 0.5))
    fitted = _fit(features, truth, weight, intercept=False)  # no words, no mood: one half
    return tuple(fitted.coef_[0].tolist())


def _neutral_slopes(sources: Sequence[Unseen]) -> tuple[float, float, float]:
    features = [neutral_features(seen.neutral, seen.mood, seen.tokens) for seen in sources]
    truth = [seen.label == NEUTRAL for seen in sources]
    fitted = _fit(features, truth, [_balanced(one, _PRIOR_NEUTRAL) for one in truth], intercept=True)
    return (float(fitted.intercept_[0]), *fitted.coef_[0].tolist())


def _balanced(truth: Mask, share: float) -> Floats:
    """Weights by which a source counts as one, and its true texts as the share of it."""
    return np.where(truth, share / max(truth.sum(), 1), (1 - share) / max((~truth).sum(), 1))


def _fit(features: list[Floats], truth: list[Mask], weight: list[Floats], intercept: bool) -> LogisticRegression:
    weights = np.concatenate(weight)
    regression = LogisticRegression(C=_FREE, fit_intercept=intercept)
    return regression.fit(
        np.concatenate(features), np.concatenate(truth), sample_weight=weights * len(weights) / len(weight)
    )
