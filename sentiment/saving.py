"""Writing a trained model down: SnowNLP's own Bayes, filled by its own counting, saved by its own method."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory

from snownlp.classification.bayes import AddOneProb, Bayes

from sentiment.calibration import Calibration
from sentiment.handling import RULES
from sentiment.mood_model import ABOUT, MOOD, NEUTRAL, identity
from sentiment.train import Table, Weighing, taught

_PLACES = 2
"""Decimal places of a count: finer ones change no label and take four times the room."""

_NEVER_SAID = ""
"""No text has this token. It makes both classes equally large, so that a token never seen speaks for neither."""

_TOO_LITTLE = 0.05
"""A token whose two counts differ by less than this share says nothing and is left out."""


def save_model(
    folder: Path, table: Table, mood: Weighing, neutral: Weighing, calibration: Calibration, files: Mapping[str, str]
) -> str:
    """Write the three files, with the digests of the `files` learned from; return the id, which any number changes.

    They are written aside and take the place of older ones at the end. A model that is half replaced is refused when
    it is loaded.
    """
    folder.mkdir(parents=True, exist_ok=True)
    rounded = Calibration(*(tuple(round(slope, 6) for slope in slopes) for slopes in asdict(calibration).values()))
    with TemporaryDirectory(dir=folder, prefix=".making-") as made:
        aside = Path(made)
        for name, weighing, classes in ((MOOD, mood, ("neg", "pos")), (NEUTRAL, neutral, ("felt", "neutral"))):
            bayes(table.tokens.tolist(), weighing, classes).save(str(aside / name))
        called = identity(aside, rounded)
        about = {
            "id": called,
            "handling": RULES,
            "calibration": asdict(rounded),
            "texts": _amounts(table),
            "files": dict(files),
        }
        (aside / ABOUT).write_text(json.dumps(about, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        for name in (f"{MOOD}.3", f"{NEUTRAL}.3", ABOUT):
            (aside / name).replace(folder / name)
    return called


def bayes(tokens: Sequence[str], weighing: Weighing, classes: tuple[str, str]) -> Bayes:
    """SnowNLP's Bayes with these counts."""
    made = Bayes()
    made.d = {name: AddOneProb() for name in classes}
    first, second = (made.d[name] for name in classes)
    for token, says, one, two in zip(tokens, weighing.says, weighing.first, weighing.second, strict=True):
        if abs(says) >= _TOO_LITTLE:
            first.add(token, round(float(one), _PLACES))
            second.add(token, round(float(two), _PLACES))
    smaller = min(first, second, key=lambda counts: counts.getsum())
    smaller.add(_NEVER_SAID, abs(first.getsum() - second.getsum()) - 1)
    made.total = sum(counts.getsum() for counts in made.d.values())
    return made


def _amounts(table: Table) -> Mapping[str, int]:
    weighs = taught(table)
    return {str(source): int(weighs[table.source == source].sum()) for source in sorted(set(table.source.tolist()))}
