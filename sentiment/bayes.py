"""SnowNLP's naive Bayes, read from its own files and equal to it to the last bit.

What decides the last bit is kept: a class's logarithms are added in the order of the tokens, `exp` and `log` are the C
library's, a sum that overflows makes a class impossible, and of equally likely classes the first in the file wins.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, repeat
from math import exp, log
from pathlib import Path
from typing import Self

from sentiment.snownlp_files import read_model

Logarithms = tuple[float, ...]
"""One number a class, in the order of the classes."""


@dataclass(frozen=True, slots=True)
class Bayes:
    """`prior` is how likely each class is before anything is read, `tokens` what each token adds, `unseen` another."""

    classes: tuple[str, ...]
    prior: Logarithms
    tokens: Mapping[str, Logarithms]
    unseen: Logarithms

    @classmethod
    def load(cls, path: Path) -> Self:
        """What SnowNLP's `Bayes.save(path)` wrote; like it, the file's name is `path` and `.3`. For trusted files only.

        FileNotFoundError, or ValueError where the file is something else or has a class without a count.
        """
        file = path.with_name(path.name + ".3")
        model = read_model(file)
        try:
            return cls._of(model["d"], log(model["total"]))
        except (ArithmeticError, AttributeError, KeyError, TypeError, ValueError) as error:
            raise ValueError(f"{file} 不是 SnowNLP 的贝叶斯模型，或者有没训练过的类别，请换一个文件。") from error

    @classmethod
    def _of(cls, saved: Mapping[str, Mapping], whole: float) -> Self:
        counts, totals = [each["d"] for each in saved.values()], [each["total"] for each in saved.values()]
        unseen = [each["none"] for each in saved.values()]
        names = dict.fromkeys(chain.from_iterable(counts))
        columns = [
            _frequencies(list(map(each.get, names, repeat(none))), total)
            for each, none, total in zip(counts, unseen, totals, strict=True)
        ]
        tokens = dict(zip(names, zip(*columns, strict=True), strict=True))
        prior = tuple(log(total) - whole for total in totals)
        return cls(tuple(saved), prior, tokens, tuple(map(_frequency, unseen, totals)))

    def sums(self, tokens: Iterable[str]) -> list[float]:
        """The logarithm of each class's likelihood, in the order of the classes. Takes any number of tokens."""
        if len(self.classes) == 2:  # nearly all models; half the time
            first, second = self.prior
            for one, other in map(self.tokens.get, tokens, repeat(self.unseen)):
                first += one
                second += other
            return [first, second]
        found = list(self.prior)
        for added in map(self.tokens.get, tokens, repeat(self.unseen)):
            for place, value in enumerate(added):
                found[place] += value
        return found

    def difference(self, tokens: Iterable[str]) -> float:
        """How much more the second of two classes is favoured than the first, as a logarithm."""
        first, second = self.sums(tokens)
        return second - first

    def classify(self, tokens: Iterable[str]) -> tuple[str, float]:
        """The most likely class and its probability; equal to SnowNLP's `classify` of the list of tokens."""
        shares = self.probabilities(tokens)
        likeliest = max(range(len(shares)), key=shares.__getitem__)
        return self.classes[likeliest], shares[likeliest]

    def probabilities(self, tokens: Iterable[str]) -> list[float]:
        """How likely each class is, in the order of the classes. For long texts most are 0 or 1."""
        sums = self.sums(tokens)
        return [_share(sums, mine) for mine in sums]


def _frequencies(counts: Sequence[float], total: float) -> Iterator[float]:
    """The logarithm of each count's share. Most tokens are rare: their counts are the same few."""
    known = {count: _frequency(count, total) for count in set(counts)}
    return map(known.__getitem__, counts)


def _frequency(count: float, total: float) -> float:
    return log(float(count) / total)


def _share(sums: Sequence[float], mine: float) -> float:
    whole = 0.0
    try:
        for other in sums:
            whole += exp(other - mine)  # not `sum`, which rounds otherwise from Python 3.12
    except OverflowError:
        return 0.0
    return 1 / whole
