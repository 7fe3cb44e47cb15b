"""The policy model: two Bayes in SnowNLP's format and what their sums are worth, shipped with the program.

A model is a folder of three files: `mood.3` (negative, positive), `neutral.3` (felt, neutral), `model.json` (its id,
its calibration, and what it was trained on). Run time needs neither snownlp's import nor scikit-learn.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

import numpy as np
import orjson

from sentiment.bayes import Bayes
from sentiment.calibration import Calibration
from sentiment.handling import handle
from sentiment.labels import Label, Reason, silent

MOOD, NEUTRAL, ABOUT = "mood", "neutral", "model.json"
"""File names; SnowNLP adds `.3` to the first two."""


@dataclass(frozen=True, slots=True)
class Mood:
    """How likely a text is positive rather than negative, and how likely it is neither; None with a reason."""

    positive: float | None
    neutral: float | None
    reason: Reason = ""

    @property
    def label(self) -> Label:
        """Neutral where that is likelier than not; else the likelier mood."""
        if self.positive is None or self.neutral is None:
            return "unknown"
        if self.neutral > 0.5:
            return "neutral"
        return "positive" if self.positive > 0.5 else "negative"

    @property
    def expected(self) -> float | None:
        """The mood expected: 1 for positive, 0 for negative, one half for neither."""
        if self.positive is None or self.neutral is None:
            return None
        return self.neutral / 2 + (1 - self.neutral) * self.positive


@dataclass(frozen=True, slots=True)
class PolicyModel:
    """A loaded model. `id` is stored with every score."""

    id: str
    mood: Bayes
    neutral: Bayes
    calibration: Calibration

    @classmethod
    def load(cls, folder: Path) -> "PolicyModel":
        """Read a folder that `lianxin sentiment train` wrote. OSError, ValueError or KeyError where it is none."""
        about = orjson.loads((folder / ABOUT).read_bytes())
        calibration = Calibration(tuple(about["calibration"]["mood"]), tuple(about["calibration"]["neutral"]))
        mood, neutral = (Bayes.load(folder / name) for name in (MOOD, NEUTRAL))
        return cls(about["id"], mood, neutral, calibration)

    def moods(self, texts: Sequence[str]) -> list[Mood]:
        """The mood of each text, in order."""
        reasons = [silent(text) for text in texts]
        judged = [place for place, reason in enumerate(reasons) if not reason]
        moods = [Mood(None, None, reason) for reason in reasons]
        tokens = handle([texts[place] for place in judged])
        for place, mood in zip(judged, self._judged(tokens), strict=True):
            moods[place] = mood
        return moods

    def _judged(self, handled: Sequence[Sequence[str]]) -> list[Mood]:
        mood = np.array([self.mood.difference(tokens) for tokens in handled])
        neutral = np.array([self.neutral.difference(tokens) for tokens in handled])
        amount = np.array([len(tokens) for tokens in handled], np.float64)
        positive = self.calibration.positive(mood, amount).tolist()
        neither = self.calibration.neither(neutral, mood, amount).tolist()
        return [
            Mood(*both) if self._knows(tokens) else Mood(None, None, "no-evidence")
            for *both, tokens in zip(positive, neither, handled, strict=True)
        ]

    def _knows(self, tokens: Sequence[str]) -> bool:
        return any(token in self.mood.tokens or token in self.neutral.tokens for token in tokens)


@cache
def shipped() -> PolicyModel:
    """The model that comes with the program. Takes a fraction of a second, once a process."""
    return PolicyModel.load(shipped_folder())


@cache
def shipped_id() -> str:
    """The id of the model that comes with the program, without loading it."""
    return orjson.loads((shipped_folder() / ABOUT).read_bytes())["id"]


def shipped_folder() -> Path:
    """Where the model lies that comes with the program."""
    return Path(str(files("sentiment").joinpath("models", "policy")))
