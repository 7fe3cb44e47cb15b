"""The corpus is large, distinct, covers every stage, and belongs to nobody."""

from collections import Counter
from itertools import product
from pathlib import Path

import pytest

from crawler.registry import STAGES, load_registry
from crawler.town.corpus import FIRST_LETTER, ZONE, Letter, load_town

TOWN = load_town()
REGISTRY = Path(__file__).parents[3] / "crawler" / "town" / "registry"


def test_there_are_at_least_400_distinct_utterances() -> None:
    texts = Counter(said.text for said in TOWN.utterances())
    assert len(texts) >= 400
    assert len(list(TOWN.utterances())) == 813


@pytest.mark.parametrize(("policy", "stage"), list(product(["lift", "parking", "lunch"], STAGES)))
def test_every_stage_of_every_policy_has_letters_and_comments(policy: str, stage: str) -> None:
    window = load_registry(REGISTRY).policies[policy].window(stage)
    letters = [letter for letter in TOWN.letters if letter.policy == policy and window.holds(letter.at.date())]
    comments = [
        comment
        for post in TOWN.posts
        if post.policy == policy
        for comment in post.comments
        if window.holds(comment.at.date())
    ]
    assert len(letters) >= 15
    assert len(comments) >= 30


def test_every_way_of_speaking_is_there() -> None:
    traits = Counter(trait for said in TOWN.utterances() for trait in said.traits)
    for trait in (
        "question",
        "complaint",
        "suggestion",
        "thanks",
        "irony",
        "dialect",
        "emoji",
        "typo",
        "misunderstanding",
    ):
        assert traits[trait] >= 10, trait
    assert traits["campaign"] == 21
    assert traits["troll"] == 12


def test_some_letters_are_answered_late_some_never_some_by_copy() -> None:
    assert sum(letter.reply is None for letter in TOWN.letters) >= 40
    assert sum("late" in letter.traits for letter in TOWN.letters) >= 20
    copies = Counter(letter.reply.text for letter in TOWN.letters if letter.reply)
    assert [count for _, count in copies.most_common(3)] == [7, 7, 6]


def test_answers_come_after_what_they_answer() -> None:
    for letter in TOWN.letters:
        assert letter.reply is None or letter.reply.at > letter.at, letter.subject
    for post in (*TOWN.posts, *TOWN.weibo):
        for comment in post.comments:
            assert comment.at >= post.at, comment.text
            assert all(answer.at > comment.at for answer in comment.answers), comment.text


def test_letters_are_numbered_by_time() -> None:
    numbers = list(TOWN.numbered)
    assert numbers[0] == FIRST_LETTER
    assert [letter.at for letter in TOWN.numbered.values()] == sorted(letter.at for letter in TOWN.letters)
    assert all(isinstance(letter, Letter) and letter.at.tzinfo is ZONE for letter in TOWN.letters)
