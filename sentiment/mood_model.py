"""The mood model: two Bayes in SnowNLP's format and what their sums are worth.

The one that knows policy talk is shipped with the program.

A model is a folder of three files: `mood.3` (negative, positive), `neutral.3` (felt, neutral), `model.json` (its id,
its calibration, and what it was trained on). Run time needs neither snownlp's import nor scikit-learn.
"""

import json
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cache, lru_cache
from hashlib import sha256
from importlib.resources import files
from itertools import chain
from pathlib import Path

import numpy as np
import orjson

from sentiment.bayes import Bayes
from sentiment.calibration import Calibration
from sentiment.handling import RULES, handle, says_something
from sentiment.labels import Label, Reason, silent
from sentiment.snownlp_files import unzipped

MOOD, NEUTRAL, ABOUT = "mood", "neutral", "model.json"
"""File names; SnowNLP adds `.3` to the first two."""

_UNNAMED = "handling-1"
"""By which texts were handled when models did not yet say it."""

CLEARLY = 0.55
"""From which likelihood a text is called neutral: a bad mood overlooked is worse than one too many. docs/model-card.md
shows what it costs."""

_BLOCK = 200_000
"""Characters from which texts are cut into tokens together: these take a hundred times the room of the text."""


class NoModel(ValueError):
    """A folder holds no model that this program can use. The text says what to do."""

    @classmethod
    def because(cls, folder: Path, why: object) -> "NoModel":
        """What is in the folder is no model at all, or not a whole one."""
        return cls(f"{folder} 里没有这个程序能用的模型（{why}），请用 lianxin sentiment train 训练一个。")

    @classmethod
    def of_another_version(cls, folder: Path, handling: str) -> "NoModel":
        """It was trained by a version of the program that handled texts otherwise."""
        return cls(
            f"{folder} 里的模型是另一个版本的程序训练的，这一版不能用。请用原来的文件再训练一次："
            f"lianxin sentiment train 文件… --out {folder}（模型按 {handling} 处理文字，程序按 {RULES}）。"
        )


@dataclass(frozen=True, slots=True)
class Mood:
    """How likely a text is positive rather than negative, and how likely it is neither; None with a reason."""

    positive: float | None
    neutral: float | None
    reason: Reason = ""

    @property
    def label(self) -> Label:
        """Neutral where that is clearly likelier than not; else the likelier mood."""
        if self.positive is None or self.neutral is None:
            return "unknown"
        if self.neutral > CLEARLY:
            return "neutral"
        return "positive" if self.positive > 0.5 else "negative"

    @property
    def expected(self) -> float | None:
        """The mood expected: 1 for positive, 0 for negative, one half for neither."""
        if self.positive is None or self.neutral is None:
            return None
        return self.neutral / 2 + (1 - self.neutral) * self.positive


@dataclass(frozen=True, slots=True)
class MoodModel:
    """A loaded model. `id` is stored with every score; `taught` are the SHA-256 of the files that it learned from."""

    id: str
    mood: Bayes
    neutral: Bayes
    calibration: Calibration
    taught: frozenset[str] = frozenset()

    @classmethod
    def load(cls, folder: Path) -> "MoodModel":
        """Read a folder that `lianxin sentiment train` wrote.

        NoModel where it is none, is a mixture of two, or was taught by texts that were handled otherwise.
        """
        about = _About.read(folder)
        try:
            if about.id != identity(folder, about.calibration):
                raise NoModel.because(folder, "几个文件对不上")
            mood, neutral = (Bayes.load(folder / name) for name in (MOOD, NEUTRAL))
        except (OSError, EOFError, zlib.error) as error:
            raise NoModel.because(folder, error) from error
        return cls(about.id, mood, neutral, about.calibration, about.taught)

    def moods(self, texts: Sequence[str]) -> list[Mood]:
        """The mood of each text, in order; in memory that grows with the longest texts, not with their number."""
        reasons = [silent(text) for text in texts]
        judged = iter(self._judged([text for text, reason in zip(texts, reasons, strict=True) if not reason]))
        return [Mood(None, None, reason) if reason else next(judged) for reason in reasons]

    def _judged(self, texts: Sequence[str]) -> list[Mood]:
        handled = chain.from_iterable(map(handle, _blocks(texts)))
        evidence = np.array([self._evidence(tokens) for tokens in handled]).reshape(-1, 4)
        mood, neutral, amount, speaking = evidence.T
        positive = self.calibration.positive(mood, amount).tolist()
        neither = self.calibration.neither(neutral, mood, amount).tolist()
        return [
            Mood(*both) if some else Mood(None, None, "no-evidence")
            for *both, some in zip(positive, neither, speaking, strict=True)
        ]

    def _evidence(self, tokens: Sequence[str]) -> tuple[float, float, int, bool]:
        """What speaks for positive and for neutral, how many tokens there are, and whether any speaks for a mood."""
        speaking = says_something(tokens) and any(map(self.mood.tokens.__contains__, tokens))
        return self.mood.difference(tokens), self.neutral.difference(tokens), len(tokens), speaking


def _blocks(texts: Sequence[str]) -> Iterator[list[str]]:
    block: list[str] = []
    length = 0
    for text in texts:
        block.append(text)
        length += len(text)
        if length >= _BLOCK:
            yield block
            block, length = [], 0
    yield block


@dataclass(frozen=True, slots=True)
class _About:
    """What `model.json` says: the id, what the sums are worth, and the digests of the files learned from."""

    id: str
    calibration: Calibration
    taught: frozenset[str]

    @classmethod
    def read(cls, folder: Path) -> "_About":
        try:
            about = orjson.loads((folder / ABOUT).read_bytes())
            slopes, handling = about["calibration"], about.get("handling") or _UNNAMED
            calibration = Calibration(tuple(slopes["mood"]), tuple(slopes["neutral"]))
            read = cls(about["id"], calibration, frozenset(about["files"].values()))
        except FileNotFoundError as error:
            raise NoModel.because(folder, f"没有 {ABOUT}") from error
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise NoModel.because(folder, f"{ABOUT} 读不懂") from error
        if handling != RULES:
            raise NoModel.of_another_version(folder, handling)
        return read


@cache
def shipped() -> MoodModel:
    """The model that comes with the program. Takes a fraction of a second, once a process."""
    return MoodModel.load(shipped_folder())


@cache
def shipped_id() -> str:
    """The id of the model that comes with the program, without loading it."""
    return id_of(shipped_folder())


def loaded(folder: Path) -> MoodModel:
    """The model in a folder, read once a process unless another takes its place. NoModel where there is none."""
    return _loaded(folder, id_of(folder))


def id_of(folder: Path) -> str:
    """The id of the model in a folder, without loading it. NoModel where there is none."""
    return _About.read(folder).id


def identity(folder: Path, calibration: Calibration) -> str:
    """The id of two saved Bayes, of what their sums are worth, and of how texts are handled: any change changes it."""
    # of what the files hold: gzip writes down the time
    parts = [RULES, *(sha256(unzipped(folder / f"{name}.3")).hexdigest() for name in (MOOD, NEUTRAL))]
    return f"policy-{sha256(json.dumps([*parts, asdict(calibration)]).encode()).hexdigest()[:12]}"


@lru_cache(maxsize=1)
def _loaded(folder: Path, _: str) -> MoodModel:
    return MoodModel.load(folder)


def shipped_folder() -> Path:
    """Where the model lies that comes with the program."""
    return Path(str(files("sentiment").joinpath("models", "policy")))
