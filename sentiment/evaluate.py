"""Evaluation: the same numbers for a mood model, for one trained without a source, and for stock SnowNLP."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

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
    mean_error,
    ranking,
    recalls,
    share,
    with_interval,
)
from sentiment.mood_model import MoodModel
from sentiment.saving import save_model
from sentiment.scorer import score
from sentiment.train import NEGATIVE, NEUTRAL, POSITIVE, weigh_mood, weigh_neutral

UNKNOWN = -1


@dataclass(frozen=True, slots=True)
class Answers:
    """What a model says of texts, each (texts,).

    Its label, the mood alone, how likely positive if not neutral, how likely neutral (NaN where not said), and the mood
    expected (NaN where unknown).
    """

    label: Labels
    mood: Labels
    positive: Floats
    neutral: Floats
    expected: Floats


@dataclass(frozen=True, slots=True)
class Moods:
    """Numbers of two classes: of the texts with a mood, by the likelier mood, as if no label were neutral."""

    accuracy: Interval
    macro_f1: Interval
    recall: Mapping[str, Interval]
    auc: Interval
    calibration_error: Interval


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Numbers of the label that is stored, over all texts and the classes that occur; an unknown answer is a wrong one.

    called_neutral    the share of texts with a mood whose label is neutral; None where there are none
    expected_error    how far `sentiment` lies from the truth (0, one half, 1), in the mean of each of ten equal steps
    neutral_error     the same of how likely neutral is; None where the model does not say
    mean, true_mean   `sentiment` and the truth, in the mean of known texts
    coverage          the share of known answers
    table             `table[true][given]` counts labels, the last column the unknown ones
    moods             the two-class numbers; None where the texts have one mood only
    """

    n: int
    coverage: float
    accuracy: Interval
    macro_f1: Interval
    recall: Mapping[str, Interval]
    called_neutral: Interval | None
    expected_error: Interval
    neutral_error: Interval | None
    mean: float
    true_mean: float
    table: list[list[int]]
    moods: Moods | None


def evaluated(truth: Labels, answers: Answers) -> Evaluation:
    """All numbers of some answers. Needs a text."""
    felt, known = truth != NEUTRAL, answers.label != UNKNOWN
    true = truth / POSITIVE
    neutral = known & ~np.isnan(answers.neutral)
    return Evaluation(
        n=len(truth),
        coverage=float(known.mean()),
        accuracy=with_interval(accuracy, truth, answers.label),
        macro_f1=with_interval(macro_f1, truth, answers.label),
        recall=_named(recalls(truth, answers.label)),
        called_neutral=with_interval(share, answers.label[felt] == NEUTRAL) if felt.any() else None,
        expected_error=with_interval(mean_error, true[known], answers.expected[known]),
        neutral_error=(
            with_interval(mean_error, (~felt[neutral]).astype(np.float64), answers.neutral[neutral])
            if neutral.any()
            else None
        ),
        mean=float(answers.expected[known].mean()) if known.any() else np.nan,
        true_mean=float(true[known].mean()) if known.any() else np.nan,
        table=confusion(truth, answers.label, (NEGATIVE, NEUTRAL, POSITIVE, UNKNOWN)),
        moods=_moods_evaluated(truth[felt], answers, felt) if len(np.unique(truth[felt])) > 1 else None,
    )


def model_answers(model: MoodModel, texts: Sequence[str]) -> Answers:
    """What a mood model says."""
    moods = model.moods(texts)
    positive = np.array([0.5 if mood.positive is None else mood.positive for mood in moods])
    neutral = np.array([np.nan if mood.neutral is None else mood.neutral for mood in moods])
    expected = np.array([np.nan if mood.expected is None else mood.expected for mood in moods])
    label = np.array([_number(mood.label) for mood in moods])
    return Answers(label, _likelier(positive, label != UNKNOWN), positive, neutral, expected)


def stock_answers(texts: Sequence[str]) -> Answers:
    """What stock SnowNLP says: its score is how likely positive, neutral the usual band about the middle."""
    scores = score(texts)
    expected = np.array([np.nan if one is None else one for one in scores])
    label = np.array([_number(label_of(one)) for one in scores])
    positive = np.nan_to_num(expected, nan=0.5)
    return Answers(label, _likelier(positive, label != UNKNOWN), positive, np.full(len(texts), np.nan), expected)


def without_source(
    leaving: Leaving, source: str, folder: Path, watch: Callable[[int], None] = lambda _: None
) -> MoodModel:
    """The model that would ship had neither it nor its calibration met a source: saved in a folder, and read again."""
    rest = leaving.table.part(leaving.table.source != source)
    save_model(folder, rest, weigh_mood(rest), weigh_neutral(rest), leaving.calibration([source], watch), {})
    return MoodModel.load(folder)


def truths(examples: Sequence[Example]) -> Labels:
    """The labels of examples as numbers."""
    return np.array([LABELS.index(example.label) for example in examples])


def _moods_evaluated(truth: Labels, answers: Answers, felt: Labels) -> Moods:
    mood, positive = answers.mood[felt], answers.positive[felt]
    known = mood != UNKNOWN
    return Moods(
        accuracy=with_interval(accuracy, truth, mood),
        macro_f1=with_interval(macro_f1, truth, mood),
        recall=_named(recalls(truth, mood)),
        auc=with_interval(ranking, truth[known], positive[known]),
        calibration_error=with_interval(calibration_error, truth[known], positive[known]),
    )


def _named(recall: Mapping[int, Interval]) -> Mapping[str, Interval]:
    return {LABELS[label]: found for label, found in recall.items()}


def _number(label: str) -> int:
    return LABELS.index(label) if label in LABELS else UNKNOWN


def _likelier(positive: Floats, known: Labels) -> Labels:
    return np.where(known, np.where(positive > 0.5, POSITIVE, NEGATIVE), UNKNOWN)
