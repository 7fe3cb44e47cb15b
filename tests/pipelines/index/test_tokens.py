import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.index.embedded.tokens import LONGEST, tokens, tokens_of_any

# What a running Elasticsearch's `standard` analyser makes of the same strings.
KNOWN = {
    "医保2026年": ["医", "保", "2026", "年"],
    "医\0保": ["医", "保"],
    "医。保 医　保": ["医", "保", "医", "保"],
    "iPhone15": ["iphone15"],
    "C++": ["c"],
    "3.5%": ["3.5"],
    "U.S.A.": ["u.s.a"],
    "don't": ["don't"],
    "café": ["café"],
    "a_b": ["a_b"],
    "5G+AI": ["5g", "ai"],
    "E-mail": ["e", "mail"],
    "A股3,000点": ["a", "股", "3,000", "点"],
    "𠮷野家": ["𠮷", "野", "家"],
    "ひらがな": ["ひ", "ら", "が", "な"],
    "カタカナ": ["カタカナ"],
    "한국어": ["한국어"],
    "😀👍🏽": ["😀", "👍🏽"],
    "👨\u200d👩\u200d👧": ["👨\u200d👩\u200d👧"],
    "🇨🇳": ["🇨🇳"],
    "ＡＢ１２": ["ａｂ１２"],
    "שלום עולם": ["שלום", "עולם"],
    "İstanbul ΟΔΟΣ Straße": ["istanbul", "οδοσ", "straße"],
    "医★保": ["医", "★", "保"],
    "♪ﾉ♡": ["♪", "ﾉ", "♡"],
    "(˃̶᷄︿๏︿˂̶᷅)": ["˃̶᷄", "˂̶᷅"],
    "x﹏x": ["x﹏x"],
    "___": [],
    "_ab_": ["_ab_"],
    "1，1": ["1，1"],
    "#️⃣ 1️⃣": ["#️⃣", "1️⃣"],
    "": [],
    "，。！？～": [],
}


@pytest.mark.parametrize("text", KNOWN, ids=ascii)
def test_a_text_is_cut_as_the_standard_analyser_cuts_it(text):
    assert tokens(text) == KNOWN[text]


def test_a_long_word_is_cut_into_pieces():
    assert [len(token) for token in tokens("a" * 600)] == [255, 255, 90]


def test_a_character_of_two_units_counts_twice_and_is_never_cut():
    assert [len(token) for token in tokens("𝐀" * 200)] == [127, 73]


ENDLESS = {"1.5": 3, "a_": 2, "医\u200d": 2, "_": 0, "_\u0301": 0, "\u0301": 0}
"""Characters of each that are of a word."""


@pytest.mark.parametrize("part", ENDLESS, ids=ascii)
def test_an_endless_word_is_read_in_full(part):
    assert sum(map(len, tokens(part * 30_000))) == ENDLESS[part] * 30_000


@given(st.text(max_size=60))
def test_tokens_hold_no_space_and_are_never_long(text):
    for token in tokens(text):
        assert token and len(token) <= LONGEST and not any(letter in token for letter in " \t\n\r\f\v")


@given(st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF)))
def test_every_han_character_is_a_token(text):
    assert tokens(text) == list(text)


@given(
    st.text(
        st.sampled_from("政策好abXY09 \n，。、！？；：（）《》“”‘’【】…—,.!?;:()[]-'_·〇３Ａ#*⃣\ufe0f\u200dé"),
        max_size=20,
    )
    | st.text(st.sampled_from("政a9：.")),
)
def test_the_short_way_cuts_as_the_long_one(text):
    assert tokens(text) == tokens_of_any(text)


@pytest.mark.parametrize("length", [255, 256, 1000])
def test_the_short_way_leaves_long_words_to_the_long_one(length):
    assert [len(token) for token in tokens("a" * length)] == [255] * (length // 255) + (
        [length % 255] if length % 255 else []
    )
