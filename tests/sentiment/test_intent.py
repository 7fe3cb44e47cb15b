"""What writers want, compared with what a reader found in 1,208 comments that taught it, and 120 that did not."""

import random
import re
import tomllib
from collections.abc import Sequence
from operator import eq
from pathlib import Path

import pytest

from sentiment.intent import HERE, INTENTS, Intent, IntentModel, cues, intents_of, teach
from tests.sentiment.labelled import labels, letter_or_comment, same

FOLDS = 10


def macro_f1(
    told: list[tuple[Intent, ...]], true: list[tuple[Intent, ...]], intents: Sequence[Intent] = INTENTS
) -> float:
    total = 0.0
    for intent in intents:
        both = sum(intent in one and intent in other for one, other in zip(told, true, strict=True))
        either = sum((intent in one) + (intent in other) for one, other in zip(told, true, strict=True))
        total += 2 * both / either
    return total / len(intents)


Read = list[tuple[str, tuple[Intent, ...], str]]
"""Text, intents and part of labelled comments."""


@pytest.fixture(scope="module")
def read(real_data: Path) -> Read:
    """The comments that teach."""
    return read_with(real_data, ("develop", "evaluate"))


def read_with(real_data: Path, parts: tuple[str, ...]) -> Read:
    found = []
    for label in (label for label in labels("intents.jsonl") if label["part"] in parts):
        title, words = letter_or_comment(real_data, label)
        assert same(f"{title}\n{words}", label["digest"])
        text = " ".join(f"{title}。{words}".split()) if title else " ".join(words.split())
        found.append((text, tuple(label["intents"]), label["part"]))
    return found


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("请问加装电梯什么时候开始申请？", "question"),
        ("想咨询一下，外地户口能不能办理？需要什么材料", "question"),
        ("投诉楼下烧烤店半夜噪音扰民，多次反映无人处理", "complaint"),
        ("建议在小区门口增设斑马线和红绿灯", "suggestion"),
        ("感谢社区工作人员，问题解决了，为你们点赞！", "thanks"),
        ("转发微博", "other"),
    ],
)
def test_plain_words_get_the_plain_intent(text: str, intent: Intent) -> None:
    assert intents_of([text])[0] == (intent,)


def test_thanks_at_the_end_of_a_letter_are_politeness() -> None:
    letter = (
        "小区门口的路灯坏了三个月，多次打电话反映都没有人来修，晚上老人小孩出门很不安全，请有关部门尽快处理，非常感谢！"
    )
    assert intents_of([letter])[0] == ("complaint",)


def test_every_text_has_an_intent() -> None:
    assert all(intents_of(["", "。", "abc", "👍" * 1000, "？" * 100_000, "请问" * 50_000]))
    assert intents_of([]) == []
    assert len(cues("")) == len(cues("请问？"))


def test_cues_look_at_nothing_around_them() -> None:
    """So a text in which none is found has none in any part of it, and most texts are looked at once."""
    for lists in tomllib.loads((HERE / "intent_cues.toml").read_text(encoding="utf-8")).values():
        for pattern in lists["cues"]:
            assert not re.search(r"\(\?|\\[bBAZ]|\$|(?<!\[)\^", pattern), pattern


def test_each_text_is_told_alike_alone_and_among_others() -> None:
    texts = ["请问加装电梯什么时候开始申请？", "", "感谢社区，问题解决了！", "噪音扰民，投诉多次无人管。" * 80]
    assert intents_of(texts) == [intents_of([text])[0] for text in texts]


def test_line_breaks_change_nothing() -> None:
    texts = ["建议多\n设\n几个站点", "请问\n\n什么时候\n能开工", "感谢\n社区，\n\n\n问题解决了！" + "\n" * 700 + "投诉"]
    assert intents_of(texts) == intents_of([" ".join(text.split()) for text in texts])
    assert intents_of(["\n" * 700 + texts[1]]) == [("question",)]


def test_both_scripts_want_the_same() -> None:
    texts = ["請問申請補貼需要什麼材料？", "感謝社區工作人員，問題解決了！", "建議在小區門口增設紅綠燈"]
    assert intents_of(texts) == [("question",), ("thanks",), ("suggestion",)]


def test_a_model_comes_back_from_its_file(tmp_path: Path) -> None:
    texts = ["请问什么时候开工", "请问什么时候完工", "请问什么时候通车", "建议增设站点", "建议增设路灯", "建议增设车位"]
    model = teach(texts, [("question",)] * 3 + [("suggestion",)] * 3)
    path = tmp_path / "model.npz"
    path.write_bytes(model.packed())
    assert IntentModel.load(path).intents(texts) == model.intents(texts)


def test_enough_was_labelled_and_split() -> None:
    parts = [label["part"] for label in labels("intents.jsonl")]
    assert parts.count("develop") == 395
    assert parts.count("evaluate") >= 800


@pytest.mark.real_data
def test_cross_validated_on_all_that_was_read(read: Read) -> None:
    """No measure of comments that nobody labelled: cues and weights were chosen by these numbers (docs/stance.md)."""
    places = list(range(len(read)))
    random.Random(0).shuffle(places)
    told: dict[int, tuple[Intent, ...]] = {}
    for fold in range(FOLDS):
        held = set(places[fold::FOLDS])
        rest = [read[place] for place in places if place not in held]
        model = teach([text for text, _, _ in rest], [intents for _, intents, _ in rest])
        told |= dict(zip(held, model.intents([read[place][0] for place in held]), strict=True))
    # the errors on these were not looked at while the first cues were written; the newest cues know them, too
    later = [place for place in places if read[place][2] == "evaluate"]
    for own in (places, later):
        # Told as .80. Measured are .8006 and .8038; one comment more or less is .001, and another processor's
        # arithmetic may flip one.
        assert macro_f1([told[place] for place in own], [read[place][1] for place in own]) >= 0.795


@pytest.mark.real_data
def test_most_of_what_was_drawn_afterwards_is_told_as_read(real_data: Path) -> None:
    """What to expect of comments that nobody labelled. Thanks are left out: among these comments there is one."""
    fresh = read_with(real_data, ("fresh",))
    told = intents_of([text for text, _, _ in fresh])
    assert len(fresh) == 120
    assert macro_f1(told, [intents for _, intents, _ in fresh], [name for name in INTENTS if name != "thanks"]) >= 0.7


@pytest.mark.real_data
def test_the_shipped_weights_are_what_these_labels_teach(read: Read) -> None:
    model = teach([text for text, _, _ in read], [intents for _, intents, _ in read])
    texts = [text for text, _, _ in read]
    assert sum(map(eq, model.intents(texts), intents_of(texts))) >= 1200
