"""Writing a trained model down: SnowNLP's own Bayes, filled by its own counting, saved by its own method."""

import gzip
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path

from snownlp.classification.bayes import AddOneProb, Bayes

from sentiment.calibration import Calibration
from sentiment.policy import ABOUT, MOOD, NEUTRAL
from sentiment.train import Table, Weighing

_PLACES = 2
"""Decimal places of a count: finer ones change no label and take four times the room."""

_NEVER_SAID = ""
"""No text has this token. It makes both classes equally large, so that a token never seen speaks for neither."""

_TOO_LITTLE = 0.05
"""A token whose two counts differ by less than this share says nothing and is left out."""


def save_model(
    folder: Path, table: Table, mood: Weighing, neutral: Weighing, calibration: Calibration, files: Mapping[str, str]
) -> str:
    """Write the three files, with the digests of the `files` learned from; return the id, which any number changes."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, weighing, classes in ((MOOD, mood, ("neg", "pos")), (NEUTRAL, neutral, ("felt", "neutral"))):
        bayes(table.tokens.tolist(), weighing, classes).save(str(folder / name))
    parts = [content_digest(folder / f"{name}.3") for name in (MOOD, NEUTRAL)]
    slopes = {name: [round(slope, 6) for slope in some] for name, some in asdict(calibration).items()}
    identity = f"policy-{sha256(json.dumps([*parts, slopes]).encode()).hexdigest()[:12]}"
    about = {"id": identity, "calibration": slopes, "texts": _amounts(table), "files": dict(files)}
    (folder / ABOUT).write_text(json.dumps(about, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return identity


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


def content_digest(path: Path) -> str:
    """The SHA-256 of what a gzip file holds; the file itself carries the time it was written."""
    return sha256(gzip.decompress(path.read_bytes())).hexdigest()


def _amounts(table: Table) -> Mapping[str, int]:
    return {str(source): int((table.source == source).sum()) for source in sorted(set(table.source.tolist()))}
