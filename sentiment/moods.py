"""How comments feel, by the model that an installation has chosen, stock SnowNLP's score beside it."""

from collections.abc import Sequence
from typing import Literal

from sentiment import scorer
from sentiment.labels import Score, silent
from sentiment.policy import shipped, shipped_id

Model = Literal["policy", "snownlp"]
"""The model that knows policy talk, and stock SnowNLP."""


def model_id(model: Model) -> str:
    """The id that a model's scores carry; does not load the model."""
    return shipped_id() if model == "policy" else scorer.MODEL


def feel(texts: Sequence[str], model: Model = "policy") -> list[Score]:
    """The mood of each text, in order."""
    stock = scorer.score(texts)
    if model == "snownlp":
        return [
            Score(felt.score, felt.label, felt.score, scorer.MODEL, silent(text))
            for text, felt in zip(texts, stock, strict=True)
        ]
    judge = shipped()
    return [
        Score(mood.expected, mood.label, felt.score, judge.id, mood.reason)
        for mood, felt in zip(judge.moods(texts), stock, strict=True)
    ]
