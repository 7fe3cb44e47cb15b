"""N-grams and their weights, against the formula worked out text by text."""

import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentiment.linear import grams_of, vectors

GRAMS = {"电梯": 0, "梯": 1, "支持": 2, "不支": 3, "不支持": 4}
INVERSE = np.array([1.5, 1.0, 2.0, 3.0, 3.5])


def weights_of(text: str) -> dict[int, float]:
    counts = Counter(GRAMS[gram] for gram in grams_of(text) if gram in GRAMS)
    weights = {place: (1 + math.log(count)) * INVERSE[place] for place, count in counts.items()}
    length = math.sqrt(sum(weight**2 for weight in weights.values()))
    return {place: weight / length for place, weight in weights.items()}


def test_n_grams_are_runs_without_blanks() -> None:
    assert list(grams_of("電梯", 2)) == ["电", "梯", "电梯"]
    assert sorted(grams_of("A 好的", 2)) == ["a", "a好", "好", "好的", "的"]
    assert list(grams_of("", 4)) == []
    assert list(grams_of("好", 4)) == ["好"]


@given(st.lists(st.text("电梯不支持。 ", max_size=12), max_size=5))
def test_vectors_are_the_formula(texts: list[str]) -> None:
    found = vectors(texts, GRAMS, INVERSE)
    dense = found.dense(len(GRAMS))
    for row, text in zip(dense, texts, strict=True):
        assert {place: pytest.approx(weight) for place, weight in weights_of(text).items()} == {
            int(place): row[place] for place in np.nonzero(row)[0]
        }
    columns = np.array([[1.0, -1.0]] * len(GRAMS)) * INVERSE[:, None]
    assert np.allclose(found.times(columns), dense @ columns)


def test_a_model_that_knows_nothing_has_empty_vectors() -> None:
    assert vectors(["支持"], {}, np.zeros(0)).dense(0).shape == (1, 0)
    assert vectors([], GRAMS, INVERSE).times(np.ones((5, 2))).shape == (0, 2)
