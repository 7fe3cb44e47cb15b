"""How comments feel: one call to the scorer for a whole batch."""

from collections.abc import Sequence
from dataclasses import replace

from pipelines.documents import CommentDocument
from sentiment.scorer import MODEL, score


def with_feeling(documents: Sequence[CommentDocument]) -> list[CommentDocument]:
    """The documents with score, label and the model that gave them; a letter's subject counts as its first sentence."""
    scores = score(
        [f"{document.title}。{document.text}" if document.title else document.text for document in documents]
    )
    return [
        replace(document, sentiment=felt.score, label=felt.label, sentiment_model=MODEL, snownlp=felt.score)
        for document, felt in zip(documents, scores, strict=True)
    ]
