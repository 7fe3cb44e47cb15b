"""What an evaluation counts, on answers whose worth is known."""

import numpy as np
import pytest

from sentiment.evaluate import Answers, evaluated, stock_answers
from sentiment.metrics import FEWEST, calibration_error, macro_f1, mean_error, with_interval
from sentiment.train import NEGATIVE, NEUTRAL, POSITIVE


def test_recall_is_of_the_label_that_is_stored_and_of_the_likelier_mood_only_by_name():
    truth = np.array([NEGATIVE] * 4 + [POSITIVE] * 2)
    positive = np.array([0.1, 0.1, 0.1, 0.9, 0.9, 0.9])
    neutral = np.array([0.9, 0.9, 0.1, 0.1, 0.1, 0.1])
    label = np.array([NEUTRAL, NEUTRAL, NEGATIVE, POSITIVE, POSITIVE, POSITIVE])
    mood = np.where(positive > 0.5, POSITIVE, NEGATIVE)
    found = evaluated(truth, Answers(label, mood, positive, neutral, neutral / 2 + (1 - neutral) * positive))
    assert {name: recall.value for name, recall in found.recall.items()} == {"negative": 0.25, "positive": 1.0}
    assert found.accuracy.value == 0.5
    assert found.called_neutral is not None
    assert found.called_neutral.value == pytest.approx(2 / 6)
    assert found.neutral_error is not None
    assert found.neutral_error.value == pytest.approx(np.mean(neutral))
    assert found.true_mean == pytest.approx(2 / 6)
    assert found.moods is not None
    assert {name: recall.value for name, recall in found.moods.recall.items()} == {"negative": 0.75, "positive": 1.0}


def test_one_mood_or_no_answer_can_be_evaluated():
    one = evaluated(np.array([NEGATIVE] * 2), stock_answers(["垃圾", "糟糕"]))
    assert one.moods is None
    assert one.neutral_error is None
    none = evaluated(np.array([NEGATIVE, POSITIVE]), stock_answers(["", "!"]))
    assert none.coverage == 0
    assert none.accuracy.value == 0
    assert np.isnan(none.expected_error.value)


def test_certainty_that_is_deserved_has_no_error():
    truth = np.array([2] * 90 + [0] * 10)
    assert calibration_error(truth, np.full(100, 0.9)) == pytest.approx(0)
    assert calibration_error(truth, np.full(100, 0.99)) == pytest.approx(0.09)


def test_a_mean_that_is_right_in_each_step_has_no_error():
    true = np.array([1.0, 0.0, 0.5, 0.5])
    assert mean_error(true, np.array([0.5, 0.5, 0.5, 0.5])) == pytest.approx(0)
    assert mean_error(true, np.array([0.95, 0.05, 0.25, 0.75])) == pytest.approx((0.05 + 0.05 + 0.25 + 0.25) / 4)


def test_an_interval_lies_about_its_number():
    draw = np.random.default_rng(1)
    truth = draw.integers(0, 2, 400) * 2
    given = np.where(draw.random(400) < 0.8, truth, 2 - truth)
    found = with_interval(macro_f1, truth, given)
    assert found.low < found.value < found.high
    assert found.high - found.low < 0.1


def test_of_few_texts_no_interval_is_told():
    few = np.array([0] * (FEWEST - 1))
    found = with_interval(macro_f1, few, few)
    assert found.value == 1
    assert np.isnan([found.low, found.high]).all()
