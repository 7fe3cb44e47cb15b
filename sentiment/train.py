"""Training: from labelled texts to a Bayes of SnowNLP's own class, and to what its sums are worth.

Two Bayes are made: `mood` (negative against positive) and `neutral` (felt against neutral), the second from those
sources that have neutral texts. A text weighs so that classes balance within a source and a length, and sources within
the whole, but for those that files.toml gives more weight. A token counts once a text, if at least `ENOUGH_TEXTS`
texts have it.

The counts are refined: most of what a token says is what its counts say, the rest what a logistic regression on the
same tokens finds where tokens say the same together. A token's counts are then shared out between the two classes by
that, its sum kept, so that the file stays one of counts.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression

from sentiment.calibration import Floats
from sentiment.examples import LABELS, Example, weights
from sentiment.handling import handle

ENOUGH_TEXTS = 3
LENGTHS = (16, 40, 100, 200)
"""Where a class of length ends, in tokens."""

HEAVIEST = 5.0
NEGATIVE, NEUTRAL, POSITIVE = range(3)

_BY_REGRESSION = 0.3
"""The share of what a token says that the logistic regression decides."""

_STRENGTH = 2.0
"""How freely the logistic regression may move (its C)."""

Mask = NDArray[np.bool_]


class TooLittle(ValueError):
    """The sentences teach nothing. The text is one sentence that says what is needed."""

    def __init__(self) -> None:
        super().__init__(
            "句子太少或太不一样，学不出什么：同一个文件里要有一样长短的各类句子，"
            f"其中一些词至少在 {ENOUGH_TEXTS} 句里出现，少了哪个文件也都是这样。请再给句子。"
        )


@dataclass(frozen=True, slots=True)
class Table:
    """Texts as rows of ones: `has` (texts, tokens) sparse, `label` 0 to 2, `source`; `tokens` names the columns."""

    has: csr_matrix
    label: NDArray[np.int64]
    source: NDArray[np.str_]
    tokens: NDArray[np.str_]

    @property
    def length(self) -> Floats:
        """The number of different tokens of each text."""
        return np.asarray(self.has.sum(axis=1)).ravel()

    def part(self, rows: Mask) -> "Table":
        """Some of the texts."""
        return Table(self.has[rows], self.label[rows], self.source[rows], self.tokens)


@dataclass(frozen=True, slots=True)
class Weighing:
    """What each token says for the second class, and its weighted counts in both; shape (tokens,), zero if unused."""

    says: Floats
    first: Floats
    second: Floats


def tabulate(examples: Sequence[Example]) -> Table:
    """The examples as a table of all their tokens. TooLittle where there is no token."""
    vectorizer = CountVectorizer(analyzer=lambda tokens: tokens, binary=True, dtype=np.float64)
    handled = handle([example.text for example in examples])
    if not any(handled):
        raise TooLittle
    has = vectorizer.fit_transform(handled)
    return Table(
        has.tocsr(),
        np.array([LABELS.index(example.label) for example in examples]),
        np.array([example.source for example in examples]),
        vectorizer.get_feature_names_out(),
    )


def weigh_mood(table: Table) -> Weighing:
    """Negative against positive; neutral texts do not count. TooLittle where no token tells the two apart."""
    felt = table.part(table.label != NEUTRAL)
    return _refined(felt, felt.label == POSITIVE)


def weigh_neutral(table: Table) -> Weighing:
    """Felt against neutral, of those sources that have both. TooLittle where no token tells the two apart."""
    some = table.part(_beside_neutral(table))
    return _refined(some, some.label == NEUTRAL)


def balance(table: Table, second: Mask) -> Floats:
    """A weight for each text: classes are equal within source and length, sources nearer to equal. Shape (texts,)."""
    weight = np.zeros(len(second))
    lengths = np.digitize(table.length, LENGTHS)
    for source in np.unique(table.source):
        inside = table.source == source
        for length in np.unique(lengths[inside]):
            cell = inside & (lengths == length)
            amounts = [(cell & (second == one)).sum() for one in (False, True)]
            if min(amounts):
                weight[cell] = np.where(second[cell], *(sum(amounts) / 2 / amount for amount in amounts[::-1]))
        share = weights().get(str(source), 1) / np.sqrt(inside.sum())
        weight[inside] = np.minimum(weight[inside], HEAVIEST) * share
    return weight / weight[weight > 0].mean() if weight.any() else weight


def taught(table: Table) -> Mask:
    """Which texts have weight in one of the two Bayes: those beside which their source has other classes, as long."""
    weighs = np.zeros(len(table.label), bool)
    for rows, second in ((table.label != NEUTRAL, POSITIVE), (_beside_neutral(table), NEUTRAL)):
        part = table.part(rows)
        weighs[rows] |= balance(part, part.label == second) > 0
    return weighs


def _beside_neutral(table: Table) -> Mask:
    return np.isin(table.source, np.unique(table.source[table.label == NEUTRAL]))


def _refined(table: Table, second: Mask) -> Weighing:
    weight = balance(table, second)
    counted = _counted(table, second, weight)
    if np.isclose(counted.says, 0).all():
        raise TooLittle
    root = diags(1 / np.sqrt(np.maximum(table.length, 1)))
    found = _found_by_regression(root @ table.has, second, weight, counted.says != 0)
    spread, spread_found = ((root @ (table.has @ says)).std() for says in (counted.says, found))
    if np.isclose([spread, spread_found], 0).any():
        raise TooLittle
    return _shared_out(counted, counted.says * (1 - _BY_REGRESSION) + found * (_BY_REGRESSION * spread / spread_found))


def _counted(table: Table, second: Mask, weight: Floats) -> Weighing:
    enough = np.asarray(table.has.sum(axis=0)).ravel() >= ENOUGH_TEXTS
    first, other = (np.where(enough, table.has[rows].T @ weight[rows], 0) for rows in (~second, second))
    return Weighing(np.where(enough, np.log((other + 1) / (first + 1)), 0), first, other)


def _found_by_regression(has: csr_matrix, second: Mask, weight: Floats, used: Mask) -> Floats:
    """What a logistic regression says of each token, rare ones given more room. Shape (tokens,)."""
    columns = np.flatnonzero(used)
    amount = np.asarray((has[:, columns] > 0).sum(axis=0)).ravel()
    room = np.log(len(second) / amount)
    room /= np.sqrt((room**2 * amount).sum() / amount.sum())
    regression = LogisticRegression(C=_STRENGTH, solver="liblinear", fit_intercept=False, max_iter=300, random_state=0)
    regression.fit(has[:, columns] @ diags(room), second, sample_weight=weight)
    says = np.zeros(len(used))
    says[columns] = regression.coef_[0] * room
    return says


def _shared_out(counted: Weighing, says: Floats) -> Weighing:
    """The same sums of counts, shared out so that their logarithms differ by what is said."""
    used = counted.says != 0
    # one is what a Bayes adds to every count; a token that says much needs more than its texts to say it
    whole = np.maximum(counted.first + counted.second + 2, 1 + np.exp(np.abs(says)))
    second = whole / (1 + np.exp(-says))
    counts = (np.where(used, np.maximum(count - 1, 0), 0) for count in (whole - second, second))
    return Weighing(np.where(used, says, 0), *counts)
