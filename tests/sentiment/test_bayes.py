"""Any model in SnowNLP's format, against SnowNLP's own class."""

import gzip
import marshal
import random
from pathlib import Path

import pytest

from sentiment.bayes import Bayes
from tests.sentiment.texts import FREQUENT


def documents(seed: int, classes: int) -> list[tuple[list[str], str]]:
    """Tokens with a class that likes some of them more."""
    chance = random.Random(seed)
    tokens = [*FREQUENT, "不是", "[赞]", "不_好", ""]
    weights = [[chance.random() ** 3 for _ in tokens] for _ in range(classes)]
    return [
        (chance.choices(tokens, weights[label], k=chance.randint(0, 30)), f"class {label}")
        for label in chance.choices(range(classes), k=200)
    ]


@pytest.fixture(params=[1, 2, 3, 5])
def both(request: pytest.FixtureRequest, tmp_path: Path):
    """A model that SnowNLP trained and saved, and ours of its file."""
    from snownlp.classification import bayes

    stock = bayes.Bayes()
    stock.train(documents(request.param, request.param))
    stock.save(str(tmp_path / "model.marshal"))
    return stock, Bayes.load(tmp_path / "model.marshal")


def test_equal_to_the_last_bit(both) -> None:
    stock, mine = both
    for seed in range(3):
        for tokens, _ in documents(seed, 4):
            for read in (tokens, [*tokens, "没见过"]):
                assert mine.classify(read) == stock.classify(read)


def test_long_texts_where_stock_overflows(both) -> None:
    stock, mine = both
    for tokens, _ in documents(9, 3)[:20]:
        assert mine.classify(tokens * 400) == stock.classify(tokens * 400)


def test_probabilities_are_those_of_the_classes(both) -> None:
    stock, mine = both
    assert mine.classes == tuple(stock.d)
    tokens = list(FREQUENT[:9])
    found = mine.probabilities(tokens)
    assert sum(found) == pytest.approx(1)
    assert mine.classify(tokens) == (mine.classes[found.index(max(found))], max(found))


def test_the_first_of_equally_likely_classes_wins(tmp_path: Path) -> None:
    from snownlp.classification import bayes

    stock = bayes.Bayes()
    stock.train([(["好"], "second in the alphabet"), (["好"], "first in the alphabet")])
    stock.save(str(tmp_path / "zipped"))
    (tmp_path / "model.3").write_bytes(gzip.decompress((tmp_path / "zipped.3").read_bytes()))
    assert Bayes.load(tmp_path / "model").classify(["好"]) == stock.classify(["好"]) == ("second in the alphabet", 0.5)


NO_MODELS = {
    "empty": b"",
    "two bytes": b"\x1f\x8b",
    "zipped, something else": gzip.compress(b"x"),
    "cut short": gzip.compress(marshal.dumps({"d": {}}))[:-9],
    "without a total": marshal.dumps({"d": {}}),
    "untrained": marshal.dumps({"d": {"pos": {"d": {}, "total": 0.0, "none": 1}}, "total": 0.0}),
    "impossible tokens": marshal.dumps({"d": {"pos": {"d": {}, "total": 1.0, "none": 0}}, "total": 1.0}),
    "a list for counts": marshal.dumps({"d": {"pos": {"d": []}}, "total": 1.0}),
    "a list": marshal.dumps([1]),
}


@pytest.mark.parametrize("content", NO_MODELS.values(), ids=NO_MODELS)
def test_another_file_is_refused_in_a_sentence(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "model.3").write_bytes(content)
    with pytest.raises(ValueError, match="请换一个文件"):
        Bayes.load(tmp_path / "model")


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Bayes.load(tmp_path / "model")
