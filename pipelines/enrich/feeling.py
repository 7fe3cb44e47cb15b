"""How comments feel: one call to the scorer for a whole batch."""

from collections.abc import Sequence
from dataclasses import replace

from pipelines.documents import CommentDocument
from sentiment.moods import Model, feel


def with_feeling(documents: Sequence[CommentDocument], model: Model) -> list[CommentDocument]:
    """The documents with score, label and the model that gave them; a letter's subject counts as its first sentence."""
    texts = [f"{document.title}。{document.text}" if document.title else document.text for document in documents]
    return [
        replace(document, sentiment=felt.score, label=felt.label, sentiment_model=felt.model, snownlp=felt.snownlp)
        for document, felt in zip(documents, feel(texts, model), strict=True)
    ]
