"""The daily mean of a model beside the daily truth."""

from pathlib import Path

import numpy as np
import pytest

from sentiment.daily import by_day
from sentiment.evaluate import model_answers, stock_answers
from sentiment.examples import LABELS
from sentiment.mood_model import shipped
from sentiment.train import NEGATIVE, NEUTRAL, POSITIVE
from tests.sentiment.labelled import labels, rows, same

DAYS = ["2026-03-02", "2026-03-01", "", "2026-03-01", "2026-03-02", "2026-03-03"]
TRUTH = np.array([POSITIVE, NEGATIVE, POSITIVE, NEUTRAL, POSITIVE, NEUTRAL])
EXPECTED = np.array([0.75, 0.25, 0.5, 0.25, 0.75, np.nan])


def test_a_day_has_the_mean_of_its_texts_that_have_an_answer():
    days = by_day(DAYS, TRUTH, EXPECTED)
    assert days.day == ["2026-03-01", "2026-03-02"]
    assert days.amount.tolist() == [2, 2]
    assert days.true.tolist() == [0.25, 1.0]
    assert days.told.tolist() == [0.25, 0.75]
    assert days.error.value == 0.125
    assert days.correlation.value == pytest.approx(1)


def test_a_flat_line_follows_nothing():
    days = by_day(DAYS, TRUTH, np.full(len(DAYS), 0.5))
    assert np.isnan(days.correlation.value)


def test_without_a_day_there_is_nothing_to_follow():
    days = by_day(["", ""], TRUTH[:2], EXPECTED[:2])
    assert days.day == []
    assert np.isnan(days.correlation.value)
    assert np.isnan(days.error.value)


def test_our_daily_mean_follows_a_readers_better_than_stock(real_data: Path):
    judged = labels("days.jsonl")
    read = [rows(real_data / label["file"])[label["row"]] for label in judged]
    assert all(same(row["text"], label["digest"]) for row, label in zip(read, judged, strict=True))
    texts, days = [row["text"] for row in read], [row["date"] for row in read]
    truth = np.array([LABELS.index(label["label"]) for label in judged])
    ours, stock = (
        by_day(days, truth, answers.expected) for answers in (model_answers(shipped(), texts), stock_answers(texts))
    )
    assert len(ours.day) == 24
    assert ours.correlation.value > 0.75 > stock.correlation.value
    assert ours.error.value < 0.1 < stock.error.value
