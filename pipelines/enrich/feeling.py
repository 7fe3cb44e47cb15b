"""How comments feel: one call to the scorer for a whole batch."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from crawler.errors import WrongUse
from sentiment.mood_model import NoModel
from sentiment.moods import Model, feel


def feelings(texts: Sequence[str], model: Model) -> list[dict[str, str | float | None]]:
    """For each text the fields that say its score, label and the model that gave them. WrongUse without a model."""
    with model_at_hand():
        felt = feel(texts, model)
    return [
        {"sentiment": one.score, "label": one.label, "sentiment_model": one.model, "snownlp": one.snownlp}
        for one in felt
    ]


@contextmanager
def model_at_hand() -> Iterator[None]:
    """Work that needs the mood model. Raises WrongUse where its folder is none, or is damaged."""
    try:
        yield
    except NoModel as error:
        raise WrongUse(str(error)) from error
