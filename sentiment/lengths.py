"""How much of a text is read, in characters from its beginning: what a writer thinks shows early.

So one huge text takes no more time and memory than many short ones, and long ones do not outweigh the rest. Only
SnowNLP's own score reads all, for it is to be equal.
"""

READ_FOR_MOOD = 20_000
READ_FOR_STANCE = 4_000
"""By the rules for what is said outright."""

READ_FOR_INTENT = 600
"""By cues."""

READ_FOR_N_GRAMS = 500
"""Of taught stances and of intents, blanks not counted."""
