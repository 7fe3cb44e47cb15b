"""`python -m tests.sentiment.oracle [FOLDER]`: how many texts stock SnowNLP and ours cut and score differently.

Compares what the tests compare, more of it, and every text of the real data in FOLDER. Stock reads some nine thousand
characters a second, so that all of them take an hour.
"""

import csv
import gzip
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import chain, islice
from pathlib import Path

from sentiment.scorer import sentiments
from sentiment.segmenter import words
from tests.sentiment.texts import every_han, long, many

COLUMNS = {
    "letters/messages_2019.csv": ["留言主题", "留言详情"],
    "letters/replies_2019.csv": ["留言主题", "留言详情", "答复意见"],
    "letters/topics_495.csv": ["留言主题", "留言详情"],
    "letters/liuyan_hangzhou.jsonl": ["title", "content"],
    "comments/three_child_policy.csv": ["回答"],
    "comments/weibo_comments_relative_time.jsonl": ["comment_info"],
    "comments/covid19_weibo_daily_quarter.csv.gz": ["text"],
    "sentiment/ewect_virus_train.csv": ["text"],
    "sentiment/ewect_virus_eval.csv": ["text"],
    "sentiment/ewect_usual_eval.csv": ["text"],
    "sentiment/weibo2018_train.csv": ["text"],
    "sentiment/covid19_weibo_labelled.csv": ["text"],
    "stance/nlpcc2016_taskA_train.csv": ["text"],
    "vtaiwan_uberx/comments.csv": ["comment-body"],
}
"""Where texts are in the files of the real data."""


@dataclass(slots=True)
class Compared:
    """How many texts were compared, and those that were cut or scored differently."""

    texts: int = 0
    characters: int = 0
    cut: list[str] = field(default_factory=list)
    scored: list[str] = field(default_factory=list)

    def equal(self) -> bool:
        """Whether there was something to compare, and no difference."""
        return self.texts > 0 and not self.cut and not self.scored


class _Stock:
    """The installed snownlp: its score of a text, and the words that it cut on the way."""

    def __init__(self) -> None:
        import snownlp
        from snownlp import seg

        self._of, self._seg, self._cut = snownlp.SnowNLP, seg, seg.seg
        self._last: list[str] = []

    def __call__(self, text: str) -> tuple[list[str], float | None]:
        """Words and score; no score where stock fails."""
        self._seg.seg = self._record
        try:
            score = self._of(text).sentiments
        except ZeroDivisionError:
            return self._cut(text), None
        finally:
            self._seg.seg = self._cut
        return self._last, score

    def _record(self, text: str) -> list[str]:
        found = self._cut(text)
        self._last = found
        return found


@cache
def _stock() -> _Stock:
    return _Stock()


def compare(texts: Iterator[str] | list[str]) -> Compared:
    """All texts, cut and scored by both."""
    found, stock = Compared(), _stock()
    texts = iter(texts)
    while some := list(islice(texts, 2000)):
        for text, mine, score in zip(some, words(some), sentiments(some), strict=True):
            theirs, expected = stock(text)
            found.texts += 1
            found.characters += len(text)
            if mine != theirs:
                found.cut.append(text)
            if expected is not None and score != expected:
                found.scored.append(text)
    return found


def real_texts(folder: Path, name: str) -> Iterator[str]:
    """The distinct texts of one file of the real data."""
    path = folder / name
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8-sig") as file:
        csv.field_size_limit(1 << 24)
        rows = map(json.loads, file) if path.suffix == ".jsonl" else csv.DictReader(file)
        found = chain.from_iterable([row[column] for column in COLUMNS[name] if row.get(column)] for row in rows)
        yield from dict.fromkeys(map(str, found))


def main() -> None:
    """Print a table."""
    sets = {"generated": many(2026, 20_000), "every Han": every_han(), "long": long(2026)}
    for folder in map(Path, sys.argv[1:]):
        sets |= {name: real_texts(folder, name) for name in COLUMNS}
    sys.stdout.write(
        "| texts of | texts | characters | cut differently | scored differently |\n|---|---:|---:|---:|---:|\n"
    )
    for name, texts in sets.items():
        found = compare(texts)
        cells = (f"{count:,}" for count in (found.texts, found.characters, len(found.cut), len(found.scored)))
        sys.stdout.write(f"| {name} | {' | '.join(cells)} |\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
