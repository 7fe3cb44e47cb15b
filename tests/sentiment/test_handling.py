"""What a text counts as."""

import pytest

from sentiment.cleaning import cleaned
from sentiment.handling import SAY_NOTHING, handle, says_something


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("ＡＢＣ１２３！", "abc123!"),
        ("沒有意見，這個辦法太複雜", "没有意见,这个办法太复杂"),
        ("看http://t.cn/A6PqoMKY吧", "看 吧"),
        ("//@张三:支持", " 支持"),
        ("//[提及]:支持", " 支持"),
        ("回复[提及]：不同意", " 不同意"),
        ("[提及] 什么时候改", "  什么时候改"),
        ("回复@李四 ：不同意", " 不同意"),
        ("@示例发布 什么时候改", "  什么时候改"),
        ("{%#话题#%}", " #话题# "),
        ("坏\ud800字", "坏?字"),
        ("", ""),
    ],
)
def test_only_what_is_said_is_left(text: str, said: str):
    assert cleaned(text) == said


def test_words_and_neighbouring_characters_count():
    pairs, threes = ["~ 很", "~很满", "~满意", "~意 "], ["~ 很满", "~很满意", "~满意 "]
    assert handle(["很满意"]) == [["很", "满意", *pairs, *threes]]


def test_a_denied_word_is_another_and_no_neighbours_begin_in_it():
    pairs, threes = ["~ 不", "~不满"], ["~ 不满", "~不满意"]
    assert handle(["不满意"]) == [["不", "¬满意", *pairs, *threes]]
    (tokens,) = handle(["不太满意[泪]"])
    assert tokens == ["不", "太", "¬满意", "[泪]", "~ 不", "~不太", "~太满", *tokens[7:]]
    assert not {"~满意", "~意[", "~意[泪"} & set(tokens)
    assert "~[泪" in tokens


def test_what_says_nothing_has_no_tokens():
    assert handle(["", " ", "@张三"]) == [[], [], []]


@pytest.mark.parametrize(
    "text", ["的了吗", "的", "我们的……", "这个，那个", "啊？！", "但是。。。", "//@张三:我", "…", ""]
)
def test_who_which_and_how_parts_join_say_nothing(text: str):
    (tokens,) = handle([text])
    assert not says_something(tokens)


@pytest.mark.parametrize(
    "text",
    [
        "不是",
        "没有",
        "同意",
        "不",
        "好的",
        "是的",
        "可以吗",
        "凭什么",
        "唉",
        "哈哈",
        "在",
        "得了吧",
        "就这？",
        "的[泪]",
        "啊👍",
        "我666",
    ],
)
def test_what_denies_judges_asks_or_answers_says_something(text: str):
    (tokens,) = handle([text])
    assert says_something(tokens)


def test_words_that_say_nothing_are_cut_as_words():
    words = sorted(SAY_NOTHING)
    assert [tokens[0] for tokens in handle(words)] == words


def test_what_snownlp_drops_as_stop_words_counts():
    (tokens,) = handle(["这不是，没有意见"])
    assert {"没有", "~不是"} <= set(tokens)


def test_an_emoji_is_one_word_and_none_is_cut_from_it():
    (tokens,) = handle(["太慢[泪][泪]"])
    assert "[泪]" in tokens
    assert not {"泪", "[", "]"} & set(tokens)


def test_each_token_counts_once():
    (tokens,) = handle(["好好好，好好好"])
    assert len(tokens) == len(set(tokens))


def test_texts_do_not_touch_each_other():
    texts = ["办事效率太低", "", "终于解决了！！", "踢皮球"]
    assert handle(texts) == [handle([text])[0] for text in texts]


def test_both_scripts_count_alike():
    assert handle(["辦事效率太低，沒有人管"]) == handle(["办事效率太低，没有人管"])


def test_snownlps_segmenter_gives_the_same():
    from snownlp import seg

    texts = ["办事效率太低[泪]，不是不好！@张三 http://t.cn/A6P", "666 沒有意見", "龥龦一"]
    assert handle(texts) == handle(texts, lambda runs: [seg.seg(run) for run in runs])
