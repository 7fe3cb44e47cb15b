"""A stance model for one policy, taught by its own labelled comments: character n-grams and logistic regression.

numpy alone. A few hundred labels are taught in a second, so the model is made anew with every label.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np

from sentiment.linear import Matrix, Numbers, fit, grams_of, vectors
from sentiment.stance import Stance

FOLDS, ROUNDS, SEED = 5, 3, 20
NEEDED = 0.75
"""What accuracy and precision must beat before a policy's stance is shown."""

WIDTH = 1.96
"""Of a 95 % interval, in standard errors."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What cross-validation found.

    sided      labels that are support or oppose
    accuracy   share of these whose side was told, with its 95 % interval; majority: share of the larger side
    precision  share that was right of all labels for which a side was told, those labelled unclear counting as wrong
    """

    sided: int
    accuracy: float
    low: float
    high: float
    majority: float
    precision: float

    @property
    def good(self) -> bool:
        """Whether what the model tells may be shown."""
        return min(self.accuracy, self.precision) > NEEDED and self.accuracy > self.majority


@dataclass(frozen=True, slots=True)
class StanceModel:
    """Weights of n-grams (rows) for two questions (columns): is it support, rather than oppose; is it unclear."""

    grams: dict[str, int]
    inverse: Numbers
    weights: Matrix
    bias: Numbers

    def margins(self, texts: Sequence[str]) -> Matrix:
        """For each text how far it lies on the side of support, and of unclear; logarithms of odds."""
        return vectors(texts, self.grams, self.inverse).times(self.weights) + self.bias

    def predict(self, texts: Sequence[str]) -> list[Stance]:
        """The stance of each text."""
        return [_told(side, unclear) for side, unclear in self.margins(texts)]

    def packed(self) -> bytes:
        """The model as the bytes of an `.npz` file."""
        file, grams = BytesIO(), np.array(list(self.grams))
        np.savez_compressed(file, grams=grams, inverse=self.inverse, weights=self.weights, bias=self.bias)
        return file.getvalue()

    @classmethod
    def load(cls, path: Path) -> "StanceModel":
        """The inverse of `packed`, from a file. Raises OSError, ValueError or KeyError for a file that is none."""
        with np.load(path, allow_pickle=False) as file:
            grams = {str(gram): place for place, gram in enumerate(file["grams"])}
            return cls(grams, file["inverse"], file["weights"], file["bias"])


def teach(texts: Sequence[str], stances: Sequence[Stance]) -> StanceModel:
    """The model of these labelled texts. Raises ValueError where they do not show both sides."""
    if not {"support", "oppose"} <= set(stances):
        raise ValueError("labels of both sides are needed")
    counts = Counter(gram for text in texts for gram in set(grams_of(text)))
    grams = {gram: place for place, gram in enumerate(sorted(gram for gram, count in counts.items() if count > 1))}
    inverse = np.array([np.log((1 + len(texts)) / (1 + counts[gram])) + 1 for gram in grams])
    dense = vectors(texts, grams, inverse).dense(len(grams))
    unclear = np.array([[stance == "unclear"] for stance in stances])
    support = np.array([[stance == "support"] for stance in stances])
    sided = ~unclear[:, 0]
    weights, bias = np.zeros((len(grams), 2)), np.array([0.0, -np.inf])
    weights[:, :1], bias[:1] = fit(dense[sided], support[sided])
    if unclear.any():
        weights[:, 1:], bias[1:] = fit(dense, unclear)
    return StanceModel(grams, inverse, weights, bias)


def check(texts: Sequence[str], stances: Sequence[Stance]) -> Checked | None:
    """Cross-validate; None where there are too few labels of either side to tell anything."""
    counts = Counter(stances)
    smaller, larger = sorted((counts["support"], counts["oppose"]))
    if smaller < FOLDS:
        return None
    rng, right, told, true = np.random.default_rng(SEED), 0, 0, 0
    for _ in range(ROUNDS):
        order = rng.permutation(len(texts))
        for fold in range(FOLDS):
            held, rest = order[fold::FOLDS], np.delete(order, slice(fold, None, FOLDS))
            model = teach([texts[place] for place in rest], [stances[place] for place in rest])
            for (side, unclear), place in zip(model.margins([texts[at] for at in held]), held, strict=True):
                right += _told(side, -np.inf) == stances[place]
                told += (stance := _told(side, unclear)) != "unclear"
                true += stance != "unclear" and stance == stances[place]
    sided = smaller + larger
    low, high = interval(right / ROUNDS, sided)
    return Checked(sided, right / ROUNDS / sided, low, high, larger / sided, true / max(told, 1))


def _told(side: float, unclear: float) -> Stance:
    if unclear > 0:
        return "unclear"
    return "support" if side > 0 else "oppose"


def interval(right: float, of: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share."""
    share, square = right / of, WIDTH**2
    middle = (share + square / (2 * of)) / (1 + square / of)
    reach = WIDTH / (1 + square / of) * np.sqrt(share * (1 - share) / of + square / (4 * of**2))
    return float(middle - reach), float(middle + reach)
