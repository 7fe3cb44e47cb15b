"""What comments mean: every subject asked once for a whole batch, each document made anew once."""

from collections.abc import Sequence
from dataclasses import replace

from pipelines.documents import CommentDocument
from pipelines.enrich.feeling import feelings
from pipelines.enrich.intents import intents
from sentiment.moods import Model


def with_meaning(documents: Sequence[CommentDocument], model: Model) -> list[CommentDocument]:
    """The documents with what their words alone say: mood and intents."""
    texts = [document.words for document in documents]
    subjects = zip(documents, feelings(texts, model), intents(texts), strict=True)
    return [replace(document, **felt, **wanted) for document, felt, wanted in subjects]
