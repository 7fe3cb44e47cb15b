"""Preparing: the steps before recording as one function, for items that do not come through Scrapy; and what is kept of
an item that a step refused."""

import dataclasses
from collections import Counter

from crawler.items import Item
from pipelines.masking import mask as mask_text
from pipelines.masking.provinces import province
from pipelines.masking.pseudonyms import Pseudonyms, somebody
from pipelines.steps.clean import clean, tidy
from pipelines.steps.mask import mask
from pipelines.steps.validate import check

_NAMES = ("author_name", "author", "addressee")


def prepare(item: Item, pseudonyms: Pseudonyms) -> tuple[Item, Counter[str]]:
    """An item as it may be kept, and the marks that replaced personal data in it. Raises Rejected."""
    check(item)
    return mask(clean(item), pseudonyms)


def kept_aside(item: Item, pseudonyms: Pseudonyms) -> dict[str, str | int | float | bool | None]:
    """What may be kept of a refused item: texts masked, names as pseudonyms, what is of a wrong type left out.

    A refused item can hold anything anywhere, so nothing is taken as it is but numbers.
    """
    writer = next((name for field in _NAMES if (name := getattr(item, field, None))), None)
    known = somebody(writer) if isinstance(writer, str) else None
    kept: dict[str, str | int | float | bool | None] = {}
    for field in dataclasses.fields(item):
        value = getattr(item, field.name)
        if field.name in _NAMES:
            kept[field.name] = pseudonyms.of(item.platform, value) if isinstance(value, str) else None
        elif field.name == "author_region":
            kept[field.name] = province(value) if isinstance(value, str) else None
        elif isinstance(value, str):
            kept[field.name] = mask_text(tidy(value), known=known).text
        elif hasattr(value, "isoformat"):
            kept[field.name] = value.isoformat()
        elif value is None or (isinstance(value, int | float) and abs(value) < 2**53):
            kept[field.name] = value
    return kept
