"""Evaluation: the same numbers for the policy model, for one trained without a source, and for stock SnowNLP."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sentiment.calibration import Floats
from sentiment.examples import LABELS, Example
from sentiment.labels import label_of
from sentiment.leaving import Leaving
from sentiment.metrics import (
    Interval,
    Labels,
    accuracy,
    calibration_error,
    confusion,
    macro_f1,
    ranking,
    recalls,
    with_interval,
)
from sentiment.policy import PolicyModel
from sentiment.scorer import score
from sentiment.train import NEGATIVE, NEUTRAL, POSITIVE

UNKNOWN = -1


@dataclass(frozen=True, slots=True)
class Answers:
    """What a model says of texts, each (texts,): its label, the mood alone, and how likely positive if not neutral."""

    label: Labels
    mood: Labels
    positive: Floats


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Two-class numbers are of the texts with a mood; `three_classes` is None where no text is neutral.

    An unknown answer is a wrong one; `coverage` is the share of known ones. `table[true][given]` counts labels, the
    last column the unknown ones.
    """

    n: int
    coverage: float
    accuracy: Interval
    two_classes: Interval
    three_classes: Interval | None
    auc: Interval
    calibration_error: Interval
    recall: dict[str, float]
    table: list[list[int]]


def evaluated(truth: Labels, answers: Answers) -> Evaluation:
    """All numbers of some answers. Needs texts of both moods."""
    felt = truth != NEUTRAL
    known = felt & (answers.label != UNKNOWN)
    two = (truth[felt], answers.mood[felt])
    return Evaluation(
        n=len(truth),
        coverage=float((answers.label != UNKNOWN).mean()),
        accuracy=with_interval(accuracy, *two),
        two_classes=with_interval(macro_f1, *two),
        three_classes=None if felt.all() else with_interval(macro_f1, truth, answers.label),
        auc=with_interval(ranking, truth[known], answers.positive[known]),
        calibration_error=with_interval(calibration_error, truth[known], answers.positive[known]),
        recall=dict(zip((LABELS[NEGATIVE], LABELS[POSITIVE]), recalls(*two), strict=True)),
        table=confusion(truth, answers.label, (NEGATIVE, NEUTRAL, POSITIVE, UNKNOWN)),
    )


def policy_answers(model: PolicyModel, texts: Sequence[str]) -> Answers:
    """What the policy model says."""
    moods = model.moods(texts)
    positive = np.array([0.5 if mood.positive is None else mood.positive for mood in moods])
    neutral = np.array([0.0 if mood.neutral is None else mood.neutral for mood in moods])
    return _answers(positive, neutral, np.array([mood.positive is not None for mood in moods]))


def stock_answers(texts: Sequence[str]) -> Answers:
    """What stock SnowNLP says: its score is how likely positive, neutral the usual band about the middle."""
    scores = [felt.score for felt in score(texts)]
    positive = np.array([0.5 if one is None else one for one in scores])
    known = np.array([one is not None for one in scores])
    label = np.array([LABELS.index(label_of(one)) if one is not None else UNKNOWN for one in scores])
    return Answers(label, _moods(positive, known), positive)


def left_out_answers(leaving: Leaving, source: str) -> tuple[Labels, Answers]:
    """What a model says of a source, when neither it nor its calibration was taught with that source."""
    seen = leaving.unseen(source)
    calibration = leaving.calibration([source])
    positive = calibration.positive(seen.mood, seen.tokens)
    neutral = calibration.neither(seen.neutral, seen.mood, seen.tokens)
    return seen.label, _answers(positive, neutral, np.ones(len(positive), bool))


def truths(examples: Sequence[Example]) -> Labels:
    """The labels of examples as numbers."""
    return np.array([LABELS.index(example.label) for example in examples])


def _answers(positive: Floats, neutral: Floats, known: Labels) -> Answers:
    mood = _moods(positive, known)
    return Answers(np.where(known & (neutral > 0.5), NEUTRAL, mood), mood, positive)


def _moods(positive: Floats, known: Labels) -> Labels:
    return np.where(known, np.where(positive > 0.5, POSITIVE, NEGATIVE), UNKNOWN)
