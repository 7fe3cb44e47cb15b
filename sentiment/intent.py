"""What a writer wants: question, complaint, suggestion, thanks; other where none of these. Several may hold.

Cues (`intent_cues.toml`, each with what takes it away) and character n-grams, weighed by one small logistic regression
an intent. The weights (`intent_weights.npz`) are taught by labelled comments: `teach`. Of comments that nobody labelled
expect a macro-F1 of .71 (docs/stance.md).
"""

import re
import tomllib
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Literal

import numpy as np

from sentiment.cleaning import simplified
from sentiment.lengths import READ_FOR_INTENT
from sentiment.linear import Matrix, Numbers, fit, grams_of, vectors

Intent = Literal["question", "complaint", "suggestion", "thanks", "other"]

INTENTS: tuple[Intent, ...] = ("question", "complaint", "suggestion", "thanks", "other")
RULES = "intent-4"
"""Which cues and weights told; raise with every change of them."""

HERE = Path(__file__).parent
LONGEST_GRAM = 3
FEWEST = 3
"""Labelled texts that must hold an n-gram before it counts; nothing can be read back from the weights."""

STRENGTH, STEPS = 100.0, 1000
CUE_WEIGHT = 0.2
"""How much a cue weighs beside the n-grams of a text, which together have length 1."""

BEGINNING, END = 40, 60
SHORT = 40
"""Up to so many characters thanks at the end are no mere politeness."""

_LENGTHS = (15, 40, 100)
_NOTHING = (0.0, 0.0, 0.0, 0.0)
_POLITE_END = re.compile(r"(?:感谢|谢谢|感激|感恩|万分|拜谢)[^。！!?？]{0,16}[。！!,，.~…\s]*$")


@dataclass(frozen=True, slots=True)
class IntentModel:
    """Weights by n-gram and cue (rows; the cues last) and intent (columns)."""

    grams: dict[str, int]
    inverse: Numbers
    weights: Matrix
    bias: Numbers

    def intents(self, texts: Sequence[str]) -> list[tuple[Intent, ...]]:
        """The intents of each text, in the order of INTENTS; always at least one."""
        if not texts:
            return []
        texts = [_read(text) for text in texts]
        grams, cued = np.split(self.weights, [len(self.grams)])
        margins = vectors(texts, self.grams, self.inverse, LONGEST_GRAM).times(grams) + _cues(texts) @ cued + self.bias
        return [_told(row) for row in margins.tolist()]

    def packed(self) -> bytes:
        """The model as the bytes of an `.npz` file; half the digits are enough."""
        file, grams = BytesIO(), np.frombuffer("\n".join(self.grams).encode(), dtype=np.uint8)
        halves = {name: getattr(self, name).astype(np.float16) for name in ("inverse", "weights", "bias")}
        np.savez_compressed(file, grams=grams, **halves)
        return file.getvalue()

    @classmethod
    def load(cls, path: Path) -> "IntentModel":
        """The inverse of `packed`, from a file."""
        with np.load(path, allow_pickle=False) as file:
            grams = file["grams"].tobytes().decode().split("\n")
            numbers = [file[name].astype(np.float64) for name in ("inverse", "weights", "bias")]
        return cls({gram: place for place, gram in enumerate(grams)}, *numbers)


def intents_of(texts: Sequence[str]) -> list[tuple[Intent, ...]]:
    """The intents of each text, by the weights that came with the program."""
    return _shipped().intents(texts)


def teach(texts: Sequence[str], intents: Sequence[Collection[Intent]]) -> IntentModel:
    """The model of these labelled texts."""
    texts = [_read(text) for text in texts]
    counts = Counter(gram for text in texts for gram in set(grams_of(text, LONGEST_GRAM)))
    known = sorted(gram for gram, count in counts.items() if count >= FEWEST)
    grams = {gram: place for place, gram in enumerate(known)}
    inverse = np.array([np.log((1 + len(texts)) / (1 + counts[gram])) + 1 for gram in grams])
    features = np.hstack([vectors(texts, grams, inverse, LONGEST_GRAM).dense(len(grams)), _cues(texts)])
    shown = np.array([[name in each for name in INTENTS] for each in intents])
    return IntentModel(grams, inverse, *fit(features, shown, STRENGTH, STEPS))


def _read(text: str) -> str:
    """What is read of a text: its beginning, in simplified script, line breaks as blanks, which no cue knows."""
    return " ".join(simplified(text).split())[:READ_FOR_INTENT]


def _told(margins: Sequence[float]) -> tuple[Intent, ...]:
    *kinds, other = margins
    found = tuple(intent for intent, margin in zip(INTENTS, kinds, strict=False) if margin > 0)
    if other > max(0, *kinds):
        return ("other",)
    return found or (INTENTS[margins.index(max(margins))],)


def _cues(texts: Sequence[str]) -> Matrix:
    return np.array([cues(text) for text in texts], dtype=float) * CUE_WEIGHT


def cues(text: str) -> list[float]:
    """What the cues say of a text: of each intent whether, how often, at the beginning and at the end; its length."""
    found: list[float] = []
    for name in INTENTS[:-1]:
        found += _cues_of(name, text)
    bounds = (0, *_LENGTHS, READ_FOR_INTENT + 1)
    found += [low <= len(text) < high for low, high in pairwise(bounds)]
    found += ["？" in text or "?" in text, text.rstrip().endswith(("?", "？")), "！" in text]
    return found


def _cues_of(name: str, text: str) -> tuple[float, ...]:
    telling, takes_away = _patterns()[name]
    if not telling.search(text):  # as in most texts; what tells nothing as a whole tells nothing in part
        return _NOTHING
    body = _without_politeness(text) if name == "thanks" else text
    parts = body, text[:BEGINNING], body[-END:]  # of a short text the same
    counts = {part: len(telling.findall(takes_away.sub("。", part))) for part in set(parts)}
    many, begins, ends = map(counts.__getitem__, parts)
    return many > 0, min(many, 4) / 4, begins > 0, ends > 0


def _without_politeness(text: str) -> str:
    while len(text) > SHORT and (match := _POLITE_END.search(text)):
        text = text[: match.start()]
    return text


@cache
def _patterns() -> dict[str, tuple[re.Pattern[str], re.Pattern[str]]]:
    """Each intent's cues, and what takes them away."""
    lists = tomllib.loads((HERE / "intent_cues.toml").read_text(encoding="utf-8"))
    return {name: (_any_of(one["cues"]), _any_of(one["not"])) for name, one in lists.items()}


def _any_of(patterns: Sequence[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns))


@cache
def _shipped() -> IntentModel:
    return IntentModel.load(HERE / "intent_weights.npz")
