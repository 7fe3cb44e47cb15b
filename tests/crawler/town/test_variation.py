"""The grown town is as large as asked, differs from itself, and is the same for the same seed."""

from crawler.town.corpus import load_town
from crawler.town.variation import varied

GROWN = varied(load_town(), comments=3000, letters=1000, seed=7)


def test_it_is_as_large_as_asked() -> None:
    assert sum(len(post.comments) for post in GROWN.posts) == 3000
    assert len(GROWN.letters) == len(GROWN.numbered) == 1000


def test_its_texts_differ() -> None:
    texts = [said.text for said in GROWN.utterances()]
    assert len(set(texts)) > 0.9 * len(texts)


def test_the_same_seed_gives_the_same_town() -> None:
    assert varied(load_town(), comments=200, letters=50, seed=7) == varied(
        load_town(), comments=200, letters=50, seed=7
    )
    assert varied(load_town(), comments=200, letters=50, seed=8) != varied(
        load_town(), comments=200, letters=50, seed=7
    )


def test_replies_still_follow_their_letters_and_comments_their_posts() -> None:
    assert all(letter.reply is None or letter.reply.at > letter.at for letter in GROWN.letters)
    assert all(comment.at > post.at for post in GROWN.posts for comment in post.comments)
