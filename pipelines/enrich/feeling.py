"""How comments feel: one call to the scorer for a whole batch."""

from collections.abc import Sequence

from sentiment.moods import Model, feel


def feelings(texts: Sequence[str], model: Model) -> list[dict[str, str | float | None]]:
    """For each text the fields that say its score, label and the model that gave them."""
    return [
        {"sentiment": felt.score, "label": felt.label, "sentiment_model": felt.model, "snownlp": felt.snownlp}
        for felt in feel(texts, model)
    ]
