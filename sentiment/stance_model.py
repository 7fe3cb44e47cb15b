"""A stance model for one policy, taught by its own labelled comments: character n-grams and logistic regression.

numpy alone. A few hundred labels are taught in a second, so the model is made anew with every label.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from zipfile import BadZipFile
from zlib import error as BadStream

import numpy as np

from sentiment.linear import Matrix, Numbers, fit, grams_of, vectors
from sentiment.stance import Stance

RULES = "taught-3"
"""How labels teach, and when what they teach is used; raise with every change of it."""

SIDES: tuple[Stance, ...] = ("support", "oppose")

FOLDS, ROUNDS, SEED = 5, 3, 20
LEAST = 20
"""Different texts of either side without which nothing is told of a model."""

NEEDED = 0.75
"""What accuracy and precision must beat before a policy's model is used."""

CLEAR = 0.55
"""How likely it must be that a comment takes a side, and which one, before that side is told (docs/stance.md)."""

WIDTH = 1.96
"""Of a 95 % interval, in standard errors."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What cross-validation found.

    sided      labels that are support or oppose
    accuracy   share of these whose side was told, with its 95 % interval, in which equal texts count once
    majority   share of the larger side
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
        """Whether what the model tells may be used."""
        return min(self.accuracy, self.precision) > NEEDED and self.low > self.majority


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
    def unpacked(cls, packed: bytes) -> "StanceModel":
        """The inverse of `packed`. Raises ValueError for bytes that are no model, or a damaged one."""
        try:
            with np.load(BytesIO(packed), allow_pickle=False) as file:
                grams = {str(gram): place for place, gram in enumerate(file["grams"])}
                return cls(grams, file["inverse"], file["weights"], file["bias"])
        except (BadZipFile, BadStream, EOFError, KeyError, RuntimeError) as error:
            raise ValueError("this is no stance model") from error


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
    """Cross-validate, equal texts always in one part; None where there are fewer than LEAST texts of either side."""
    alike = np.unique(["".join(grams_of(text, 1)) for text in texts], return_inverse=True)[1]
    different = {side: len(set(alike[[stance == side for stance in stances]])) for side in SIDES}
    if min(different.values()) < LEAST:
        return None
    rng, right, told, true = np.random.default_rng(SEED), 0, 0, 0
    for _ in range(ROUNDS):
        parts = (rng.permutation(alike.max() + 1) % FOLDS)[alike]
        for part in range(FOLDS):
            held, rest = np.flatnonzero(parts == part), np.flatnonzero(parts != part)
            model = teach([texts[place] for place in rest], [stances[place] for place in rest])
            for (side, unclear), place in zip(model.margins([texts[at] for at in held]), held, strict=True):
                right += _sided(side) == stances[place]
                told += (stance := _told(side, unclear)) != "unclear"
                true += stance != "unclear" and stance == stances[place]
    counts = [stances.count(side) for side in SIDES]
    sided = sum(counts)
    accuracy = right / ROUNDS / sided
    low, high = interval(accuracy, sum(different.values()))
    return Checked(sided, accuracy, low, high, max(counts) / sided, true / max(told, 1))


def _told(side: float, unclear: float) -> Stance:
    """What two margins amount to: a side where it is likely enough that the comment takes one, and this one."""
    if _likelihood(abs(side)) * _likelihood(-unclear) < CLEAR:
        return "unclear"
    return _sided(side)


def _sided(side: float) -> Stance:
    return "support" if side > 0 else "oppose"


def _likelihood(margin: float) -> float:
    return 1 / (1 + float(np.exp(-margin)))


def interval(share: float, of: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share of so many."""
    square = WIDTH**2
    middle = (share + square / (2 * of)) / (1 + square / of)
    reach = WIDTH / (1 + square / of) * np.sqrt(share * (1 - share) / of + square / (4 * of**2))
    return float(middle - reach), float(middle + reach)
