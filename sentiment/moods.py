"""How comments feel, by the model that an installation has chosen, stock SnowNLP's score beside it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from sentiment import scorer
from sentiment.labels import Score, label_of, silent
from sentiment.mood_model import id_of, loaded, shipped, shipped_id

Model = Literal["policy", "snownlp"] | Path
"""The model that knows policy talk, stock SnowNLP, or the folder of a model that `lianxin sentiment train` wrote."""


def model_id(model: Model) -> str:
    """The id that a model's scores carry; does not load the model. NoModel where the folder is none."""
    if isinstance(model, Path):
        return id_of(model)
    return shipped_id() if model == "policy" else scorer.MODEL


def feel(texts: Sequence[str], model: Model = "policy") -> list[Score]:
    """The mood of each text, in order. NoModel where the folder is none."""
    stock = scorer.score(texts)
    if model == "snownlp":
        return [_stock(text, score) for text, score in zip(texts, stock, strict=True)]
    judge = loaded(model) if isinstance(model, Path) else shipped()
    return [
        Score(mood.expected, mood.label, score, judge.id, mood.reason)
        for mood, score in zip(judge.moods(texts), stock, strict=True)
    ]


def _stock(text: str, score: float | None) -> Score:
    reason = "" if score is not None else silent(text) or "no-evidence"
    return Score(score, label_of(score), score, scorer.MODEL, reason)
