"""Which words are denied."""

import pytest

from sentiment.handling import handle
from sentiment.negation import BETWEEN, DENIES, denied
from sentiment.segmenter import words


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("不满意", ["满意"]),
        ("这个政策我不支持", ["支持"]),
        ("不是很满意", ["满意"]),
        ("不太方便老人", ["方便"]),
        ("没有人支持", ["支持"]),
        ("没有理由反对", ["反对"]),
        ("至今没解决问题", ["解决"]),
        ("难以满意", ["满意"]),
        ("再也不用排队", ["排队"]),
    ],
)
def test_the_word_after_a_denial_is_denied_over_what_stands_between(text: str, said: list[str]):
    (run,) = words([text])
    assert [word for word, is_denied in zip(run, denied(run), strict=True) if is_denied] == said


@pytest.mark.parametrize("text", ["不能不支持", "没有人不满意", "没有理由不同意"])
def test_what_is_denied_twice_is_not(text: str):
    (run,) = words([text])
    assert not any(denied(run))


@pytest.mark.parametrize("text", ["不仅支持", "不断完善", "不错", "不得不点赞", "非常满意", "特别好", "未来可期", ""])
def test_words_that_only_look_like_it_deny_nothing(text: str):
    assert not any(denied(words([text])[0]))


def test_what_denies_and_stands_between_is_cut_as_a_word():
    for word in DENIES | BETWEEN:
        assert any(word in words([said.format(word)])[0] for said in ("{}", "我{}满意", "{}排队")), word


def test_a_denial_ends_with_its_run():
    (tokens,) = handle(["不，支持"])
    assert "支持" in tokens
    assert "¬支持" not in tokens
