"""Labels under `labels/` together with the texts they are for, where the real data are at hand."""

import csv
import gzip
import hashlib
import json
from functools import cache
from pathlib import Path

LABELS = Path(__file__).parent / "labels"


@cache
def rows(path: Path) -> list[dict[str, str]]:
    """Every row of a file of the real data."""
    if path.suffix in {".csv", ".gz"}:
        read = gzip.open if path.suffix == ".gz" else open
        with read(path, "rt", encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def labels(name: str) -> list[dict]:
    """A file of labels."""
    return [json.loads(line) for line in (LABELS / name).read_text(encoding="utf-8").splitlines()]


def same(text: str, digest: str) -> bool:
    """Whether a text is the one that was labelled."""
    return hashlib.blake2b(text.encode(), digest_size=4).hexdigest() == digest


def letter_or_comment(folder: Path, label: dict) -> tuple[str, str]:
    """The subject and the words of what was labelled."""
    row = rows(folder / label["file"])[label["row"]]
    title = row.get("留言主题") or row.get("title") or ""
    words = next(row[name] for name in ("留言详情", "回答", "comment_info", "content", "text") if name in row)
    return title.strip() if "留言主题" in row else title, words.lstrip("：") if "comment_info" in row else words
