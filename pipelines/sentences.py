"""Sentences of ours, as they may be kept and shown: they can quote a platform or a file, which can say anything."""

from pipelines.masking import mask
from pipelines.steps.clean import tidy


def masked(sentence: str) -> str:
    """The sentence without anything that could lead to a person."""
    return mask(tidy(sentence)).text
