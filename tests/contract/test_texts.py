"""Words: the embedded engine cuts texts as a server's `standard` analyser does, and finds the same ones."""

import csv
import json
import random
import urllib.request
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest

from pipelines.index.embedded.tokens import tokens
from pipelines.index.mapping import COMMENTS
from tests.contract.comparing import differences
from tests.contract.documents import FOREIGN, SENTENCES
from tests.pipelines.index.test_tokens import KNOWN

csv.field_size_limit(10**7)
PHRASES = 150
MOST_CHARACTERS = 9_000
"""In one request: the server cuts at most 10,000 tokens."""


def real_texts(folder: Path) -> Iterator[str]:
    """Letters, answers to a survey, comments with emoji and mentions, a consultation in traditional script."""
    for name, column in (
        ("letters/messages_2019.csv", "留言详情"),
        ("comments/three_child_policy.csv", None),
        ("vtaiwan_uberx/comments.csv", "comment-body"),
    ):
        with (folder / name).open(encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file):
                yield row[column] if column else max(map(str, row.values()), key=len)
    with (folder / "comments/weibo_comments_relative_time.jsonl").open(encoding="utf-8") as file:
        yield from (json.loads(line)["comment_info"] for line in file)


def analysed(url: str, texts: list[str]) -> list[str]:
    body = json.dumps({"analyzer": "standard", "text": texts}).encode()
    request = urllib.request.Request(f"{url}/_analyze", body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return [one["token"] for one in json.load(answer)["tokens"]]


def cut_otherwise(url: str, texts: list[str]) -> list[str]:
    """Those of some texts that the server cuts in another way."""
    if analysed(url, texts) == list(chain.from_iterable(map(tokens, texts))):
        return []
    half = len(texts) // 2
    return texts if not half else cut_otherwise(url, texts[:half]) + cut_otherwise(url, texts[half:])


def portions(texts: list[str]) -> Iterator[list[str]]:
    portion: list[str] = []
    for text in texts:
        if sum(map(len, portion)) + len(text) > MOST_CHARACTERS:
            yield portion
            portion = []
        portion.append(text)
    yield portion


def test_the_server_cuts_the_known_texts_as_we_say(elasticsearch):
    assert {text: analysed(elasticsearch, [text]) for text in KNOWN if text} == {t: KNOWN[t] for t in KNOWN if t}
    assert cut_otherwise(elasticsearch, [*SENTENCES, *FOREIGN]) == []


@pytest.mark.real_data
def test_real_texts_are_cut_alike(elasticsearch, real_data):
    texts = [text for text in real_texts(real_data) if len(text) <= MOST_CHARACTERS]
    assert len(texts) > 16_000
    assert [text for portion in portions(texts) for text in cut_otherwise(elasticsearch, portion)] == []


@pytest.mark.real_data
def test_words_and_phrases_of_real_texts_are_found_alike(empty_engines, real_data):
    texts = list(dict.fromkeys(real_texts(real_data)))
    empty_engines.fill(COMMENTS, [{"id": f"{number}", "text": text} for number, text in enumerate(texts)])
    chance = random.Random(20261124)
    for _ in range(PHRASES):
        text = chance.choice(texts)
        start = chance.randrange(len(text))
        piece = text[start : start + chance.randrange(1, 9)]
        for query in (
            {"match_phrase": {"text": piece}},
            {"match": {"text": {"query": piece, "operator": "and"}}},
            {"match": {"text": piece}},
        ):
            body = {"query": query, "sort": ["id"], "size": 200, "_source": ["id"]}
            one, other = (e.search(COMMENTS, body) for e in (empty_engines.embedded, empty_engines.elasticsearch))
            assert differences(body, one, other) == [], query
