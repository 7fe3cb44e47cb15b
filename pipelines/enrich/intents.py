"""What writers want: one call for a whole batch."""

from collections.abc import Sequence

from sentiment.intent import Intent, intents_of


def intents(texts: Sequence[str]) -> list[dict[str, tuple[Intent, ...]]]:
    """For each text the field that says its intents."""
    return [{"intent": found} for found in intents_of(texts)]
