import random
from datetime import UTC, datetime, timedelta

import pytest

from pipelines.index.embedded.engine import EmbeddedIndex
from pipelines.index.mapping import COMMENTS

# Moments on both sides of midnights: Shanghai, Kolkata, New York, with both of its clock changes of 2026.
BORDERS = [
    "2026-03-31T15:59:59.999Z",
    "2026-03-31T16:00:00.000Z",
    "2026-03-31T18:29:59.999Z",
    "2026-03-31T18:30:00.000Z",
    "2026-03-08T04:59:59.999Z",
    "2026-03-08T05:00:00.000Z",
    "2026-03-08T06:59:59.999Z",
    "2026-03-08T07:00:00.000Z",
    "2026-03-09T03:59:59.999Z",
    "2026-03-09T04:00:00.000Z",
    "2026-11-01T03:59:59.999Z",
    "2026-11-01T04:00:00.000Z",
    "2026-11-01T05:30:00.000Z",
    "2026-11-01T06:30:00.000Z",
    "2026-11-02T04:59:59.999Z",
    "2026-11-02T05:00:00.000Z",
]


def written(moment):
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def comment(chance, number):
    """A made-up comment with ties, gaps, several values and repeated ones. Scores are sixteenths, so sums are exact."""
    posted = datetime(2026, 2, 20, tzinfo=UTC) + timedelta(seconds=chance.choice([1, 3600]) * chance.randrange(7_000))
    document = {
        "id": f"{chance.choice(['weibo', 'liuyan'])}:{number * 7919 % 1000}",
        "kind": "comment",
        "platform": chance.choice(["weibo", "liuyan", "bilibili"]),
        "text": "".join(chance.choices("医保补贴报销，。 ab1", k=chance.randrange(0, 12))),
        "posted_at": chance.choice(BORDERS) if chance.random() < 0.3 else written(posted),
        "url": f"https://example.org/{number}",
        "themes": chance.choices(["医保", "养老", "电梯", "教育", ""], k=chance.randrange(0, 4)),
        "author": f"~{chance.randrange(80)}",
    }
    if chance.random() < 0.7:
        document["sentiment"] = chance.randrange(-16, 17) / 16
    if chance.random() < 0.6:
        document["likes"] = chance.randrange(-2, 6)
    if chance.random() < 0.5:
        document["answered_at"] = written(posted + timedelta(hours=chance.randrange(1, 500)))
    if chance.random() < 0.4:
        document["label"] = chance.choice(["positive", "neutral", "negative"])
    if chance.random() < 0.5:
        document["erased"] = chance.random() < 0.5
    return document


@pytest.fixture(scope="session")
def documents():
    chance = random.Random(20261124)
    return [comment(chance, number) for number in range(600)]


@pytest.fixture(scope="session")
def filled(tmp_path_factory, documents):
    """An index of the documents in several segments, with some of them replaced."""
    index = EmbeddedIndex(tmp_path_factory.mktemp("filled") / "index")
    index.put(COMMENTS, [document | {"platform": "stale", "likes": 99} for document in documents[::5]])
    for start in range(0, len(documents), 150):
        index.put(COMMENTS, documents[start : start + 150])
    yield index
    index.close()


@pytest.fixture
def empty_index(tmp_path):
    index = EmbeddedIndex(tmp_path / "index")
    yield index
    index.close()
