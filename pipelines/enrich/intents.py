"""What writers want: one call for a whole batch."""

from collections.abc import Sequence
from dataclasses import replace

from pipelines.documents import CommentDocument
from sentiment.intent import intents_of


def with_intents(documents: Sequence[CommentDocument]) -> list[CommentDocument]:
    """The documents with their intents; a letter's subject counts as its first sentence."""
    texts = [f"{each.title}。{each.text}" if each.title else each.text for each in documents]
    found = intents_of([" ".join(text.split()) for text in texts])
    return [replace(document, intent=intents) for document, intents in zip(documents, found, strict=True)]
