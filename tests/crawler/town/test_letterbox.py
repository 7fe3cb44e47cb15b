"""The town's letterbox: letters of its own, and answers in the form of the board that it stands for."""

import json
from itertools import chain

from crawler.registry import STAGES, load_registry
from crawler.town.corpus import load_town
from crawler.town.letterbox import DETAIL, FIRST, LIST, letterbox_call, load_hotline
from tests.crawler.town.test_corpus import REGISTRY


def test_there_are_letters_of_its_own_for_every_stage() -> None:
    letters = load_hotline()
    texts = {letter.text for letter in letters} | {said.text for letter in letters for said in letter.remarks}
    assert (len(letters), len(texts)) == (32, 42)
    assert texts.isdisjoint(said.text for said in load_town().utterances())
    for policy in load_registry(REGISTRY).policies.values():
        about = [letter for letter in letters if any(name in letter.title + letter.text for name in policy.names)]
        stages = [policy.stage_on(letter.at.date()) for letter in about]
        assert [stage for stage in STAGES if stages.count(stage) < 2] == [], policy.id


def test_answers_and_remarks_come_after_the_letter() -> None:
    for letter in load_hotline():
        assert all(said.at > letter.at for said in chain(letter.remarks, [letter.reply] if letter.reply else []))
    assert sum(letter.reply is None for letter in load_hotline()) == 8


def test_it_answers_as_the_board_does() -> None:
    listed = json.loads(letterbox_call(load_hotline(), LIST, {"is_list": 1, "page": 2, "page_num": 20}, {}))
    assert (listed["status"], listed["data"]["total"], len(listed["data"]["rows"])) == ("1", 32, 12)
    assert listed["data"]["rows"][-1]["id"] == FIRST
    letter = json.loads(letterbox_call(load_hotline(), DETAIL, {}, {"id": str(FIRST)}))["data"]
    assert letter["content"].startswith("<p>")
    assert list(letter["reply"][0]) == ["content", "reply_time", "name"]
    assert json.loads(letterbox_call(load_hotline(), DETAIL, {}, {"id": "x"}))["status"] == "0"
