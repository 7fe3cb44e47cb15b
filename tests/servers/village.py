"""A corner of the town: 60 letters and three posts, for tests that need many crawls rather than many words."""

from crawler.town.corpus import Town, load_town

VILLAGE = Town(load_town().posts[:3], load_town().letters[:60])

LETTERS = len(VILLAGE.letters)
REPLIES = sum(letter.reply is not None for letter in VILLAGE.letters)
