"""The town's consultation: opinions of its own, in every mood, and answers as its page's script wants them."""

import json
from collections import Counter

from crawler.town.consultation import BATCH, FIRST, consultation_page, load_consultation, opinions
from crawler.town.corpus import load_town
from crawler.town.letterbox import load_hotline

CONSULTATION = load_consultation()


def test_there_are_opinions_of_its_own_in_every_mood() -> None:
    texts = {opinion.text for opinion in CONSULTATION.opinions}
    assert len(texts) == 27
    assert texts.isdisjoint(said.text for said in load_town().utterances())
    assert texts.isdisjoint(letter.text for letter in load_hotline())
    moods = Counter(opinion.mood for opinion in CONSULTATION.opinions)
    assert moods == {"positive": 10, "neutral": 7, "negative": 10}


def test_answers_come_after_what_they_answer() -> None:
    assert all(opinion.at > CONSULTATION.at for opinion in CONSULTATION.opinions)
    answered = [opinion for opinion in CONSULTATION.opinions if opinion.reply]
    assert len(answered) == 7
    assert all(opinion.reply.at > opinion.at for opinion in answered)


def test_its_page_holds_no_opinion_and_its_data_all_newest_first() -> None:
    page = consultation_page(CONSULTATION)
    assert not any(opinion.text in page for opinion in CONSULTATION.opinions)
    batches = [json.loads(opinions(CONSULTATION, {"page": str(number)})) for number in range(5)]
    assert [len(batch["rows"]) for batch in batches] == [BATCH, BATCH, BATCH, 3, 0]
    assert [batch["left"] for batch in batches] == [19, 11, 3, 0, 0]
    assert [row["id"] for batch in batches for row in batch["rows"]] == list(range(FIRST + 26, FIRST - 1, -1))
    assert "mood" not in json.dumps(batches)
