"""A policy's own labels teach its stance; cross-validation tells how well, and when it may be shown."""

import random
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest

from sentiment.stance import Stance
from sentiment.stance_model import LEAST, Checked, StanceModel, check, interval, teach
from tests.sentiment.labelled import rows

FOR = ["老人下楼方便多了", "早点装上吧", "六楼住户盼了多年", "国家补贴是好事", "房子也会升值"]
AGAINST = ["一楼采光全挡住了", "噪音谁来承担", "强迫出钱没道理", "破坏绿化和消防通道", "低层住户利益受损"]
ASIDE = ["今天天气不错", "请问电话是多少", "路过看看", "楼下超市几点关门", "转发微博"]


def lesson(size: int, seed: int = 1) -> tuple[list[str], list[Stance]]:
    """Different texts, a third of them on either side; at most 180."""
    chance = random.Random(seed)
    kinds: dict[Stance, list[tuple[str, ...]]] = {}
    for stance, said in zip(("support", "oppose", "unclear"), (FOR, AGAINST, ASIDE), strict=True):
        kinds[stance] = list(permutations(said, 3))
        chance.shuffle(kinds[stance])
    stances = [(*kinds,)[number % 3] for number in range(size)]
    return ["，".join(kinds[stance].pop()) for stance in stances], stances


def test_what_was_taught_is_told_of_texts_that_were_not() -> None:
    model = teach(*lesson(60))
    texts, stances = lesson(90, seed=2)
    told = model.predict(texts)
    assert sum(one == other for one, other in zip(told, stances, strict=True)) >= 85
    assert model.predict([]) == []


def test_the_same_labels_teach_the_same_model() -> None:
    model, again = teach(*lesson(30)), teach(*lesson(30))
    texts, _ = lesson(9, seed=3)
    assert np.array_equal(model.margins(texts), again.margins(texts))
    assert np.array_equal(StanceModel.unpacked(model.packed()).margins(texts), model.margins(texts))


def test_one_side_alone_teaches_nothing() -> None:
    with pytest.raises(ValueError, match="both sides"):
        teach(FOR, ["support"] * len(FOR))
    assert check(FOR, ["support"] * len(FOR)) is None


def test_labels_at_random_are_never_shown() -> None:
    texts, _ = lesson(90)
    chance = random.Random(4)
    found = check(texts, [chance.choice(["support", "oppose"]) for _ in texts])
    assert found is not None
    assert not found.good
    assert found.low < found.accuracy < found.high


def test_a_side_that_is_always_right_by_being_larger_is_not_shown() -> None:
    assert not Checked(sided=100, accuracy=0.9, low=0.8, high=0.95, majority=0.85, precision=0.9).good
    assert Checked(sided=100, accuracy=0.91, low=0.84, high=0.95, majority=0.8, precision=0.9).good
    assert not Checked(sided=100, accuracy=0.91, low=0.84, high=0.95, majority=0.5, precision=0.7).good


def test_few_texts_of_a_side_tell_nothing_however_often_they_were_labelled() -> None:
    assert check([], []) is None
    texts, stances = lesson(90)
    few = [place for place, stance in enumerate(stances) if stance != "oppose"] + [1] * LEAST
    assert check([texts[place] for place in few], [stances[place] for place in few]) is None


def test_a_text_that_was_labelled_twice_does_not_examine_itself() -> None:
    """Labels at random are learnt by heart where a text stands in two parts."""
    chance = random.Random(6)
    texts = [f"{chance.getrandbits(60):x}" for _ in range(60)]
    stances: list[Stance] = ["support" if chance.random() < 0.5 else "oppose" for _ in texts]
    found = check([*texts, *(f" {text}" for text in texts)], stances * 2)
    assert found is not None
    assert found.accuracy < 0.7
    assert interval(found.accuracy, 60) == (found.low, found.high)


@pytest.mark.parametrize("damage", [b"", b"{", b"PK", None])
def test_what_is_no_model_or_a_damaged_one_says_so(damage: bytes | None) -> None:
    packed = teach(*lesson(30)).packed()
    for bad in [damage] if damage is not None else [packed[:-40], packed[: len(packed) // 2], bytes(len(packed))]:
        with pytest.raises(ValueError, match=r"."):
            StanceModel.unpacked(bad)


def test_good_labels_are_shown() -> None:
    found = check(*lesson(90))
    assert found is not None
    assert found.good
    assert found.sided == 60
    assert found.majority == 0.5


def test_the_interval_is_wilsons() -> None:
    low, high = interval(0.8, 10)
    assert (round(low, 3), round(high, 3)) == (0.49, 0.943)


@pytest.mark.real_data
def test_two_hundred_labels_tell_three_in_four(real_data: Path) -> None:
    sides: dict[str, Stance] = {"FAVOR": "support", "AGAINST": "oppose"}
    for target in ("开放二胎", "深圳禁摩限电", "春节放鞭炮"):
        own = [row for row in rows(real_data / "stance/nlpcc2016_taskA_train.csv") if row["target"] == target]
        pairs = [(row["text"], sides[row["stance"]]) for row in own if row["stance"] in sides]
        random.Random(5).shuffle(pairs)
        texts, stances = [text for text, _ in pairs], [stance for _, stance in pairs]
        side = teach(texts[:200], stances[:200]).margins(texts[200:])[:, 0]
        right = [(margin > 0) == (stance == "support") for margin, stance in zip(side, stances[200:], strict=True)]
        assert sum(right) / len(right) > 0.74
