"""A Bayes in SnowNLP's format says what SnowNLP says, to the last bit."""

from math import exp
from pathlib import Path
from random import Random

import pytest

from sentiment.evidence import Evidence


def snownlps(texts: list[tuple[list[str], str]]):
    from snownlp.classification.bayes import Bayes

    made = Bayes()
    made.train(texts)
    return made


def answer(evidence: Evidence, words: list[str]) -> tuple[str, float]:
    """What `Bayes.classify` makes of the sums."""
    sums = evidence.sums(words)
    best = max(range(len(sums)), key=lambda place: 1 / sum(exp(other - sums[place]) for other in sums))
    return evidence.classes[best], 1 / sum(exp(other - sums[best]) for other in sums)


@pytest.mark.parametrize("classes", [("neg", "pos"), ("neg", "neutral", "pos")])
def test_sums_are_snownlps(tmp_path: Path, classes: tuple[str, ...]):
    draw = Random(5)
    words = [f"词{number}" for number in range(60)]
    bayes = snownlps([(draw.choices(words[:50], k=draw.randint(1, 9)), draw.choice(classes)) for _ in range(200)])
    bayes.save(str(tmp_path / "some"))
    evidence = Evidence.load(tmp_path / "some.3")
    for _ in range(500):
        text = draw.choices(words, k=draw.randint(0, 12))
        assert answer(evidence, text) == bayes.classify(text)


def test_stock_snownlps_own_file_is_read():
    from snownlp import sentiment

    evidence = Evidence.load(Path(sentiment.data_path + ".3"))
    for text in ("办事效率太低", "这个政策很好，支持", "踢皮球"):
        handled = sentiment.classifier.handle(text)
        assert answer(evidence, handled) == sentiment.classifier.classifier.classify(handled)
