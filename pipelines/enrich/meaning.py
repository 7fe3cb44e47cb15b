"""What comments mean: every subject asked once for a whole batch."""

from collections.abc import Sequence

from pipelines.enrich.feeling import feelings
from pipelines.enrich.intents import intents
from sentiment.intent import Intent
from sentiment.moods import Model

Meaning = dict[str, str | float | tuple[Intent, ...] | None]
"""The fields of a document that its words alone fill: mood and intents."""


class Meanings:
    """Finds what words mean when it is asked. WrongUse where the mood model is none."""

    def __init__(self, model: Model = "policy") -> None:
        self.model = model

    def expect(self, words: Sequence[str]) -> None:
        """Hear what will be asked for next; who can make use of that does."""

    def of(self, words: Sequence[str]) -> list[Meaning]:
        """What each of these means, in order."""
        if not words:  # a model takes a second to load
            return []
        return [{**felt, **wanted} for felt, wanted in zip(feelings(words, self.model), intents(words), strict=True)]
