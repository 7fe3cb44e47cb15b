"""What words say for each class: a Bayes in SnowNLP's own file format, summed exactly as SnowNLP sums."""

import gzip
import marshal
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain
from math import log
from pathlib import Path

Sums = tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """`classes` in the file's order, their prior logarithms, each word's logarithms, those of a word never seen.

    The same floating-point operations in the same order as `snownlp.classification.bayes.Bayes.classify`.
    """

    classes: tuple[str, ...]
    prior: Sums
    words: dict[str, Sums]
    unseen: Sums

    @classmethod
    def load(cls, path: Path) -> "Evidence":
        """Read what `Bayes.save(path without ".3")` wrote. OSError or ValueError where it is no such file."""
        with gzip.open(path, "rb") as file:
            saved = marshal.loads(file.read())  # noqa: S302  SnowNLP's format; the file comes with the program
        counts = saved["d"]
        classes = tuple(counts)
        prior = tuple(log(counts[name]["total"]) - log(saved["total"]) for name in classes)
        unseen = tuple(log(float(counts[name]["none"]) / counts[name]["total"]) for name in classes)
        every = dict.fromkeys(chain.from_iterable(counts[name]["d"] for name in classes))
        columns = []
        for name in classes:
            seen, none, total = counts[name]["d"].get, counts[name]["none"], counts[name]["total"]
            columns.append([log(float(seen(word, none)) / total) for word in every])
        words = dict(zip(every, zip(*columns, strict=True), strict=True))
        return cls(classes, prior, words, unseen)

    def sums(self, words: Iterable[str]) -> Sums:
        """The logarithm that SnowNLP gives each class for these words."""
        sums = list(self.prior)
        known, unseen = self.words.get, self.unseen
        for word in words:
            for place, logarithm in enumerate(known(word, unseen)):
                sums[place] += logarithm
        return tuple(sums)

    def difference(self, words: Iterable[str]) -> float:
        """How much more the second class is favoured than the first, where there are two."""
        first, second = self.sums(words)
        return second - first
