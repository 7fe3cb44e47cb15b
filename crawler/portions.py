"""Portions: items of one answer that go through the steps together.

What Scrapy does for each thing that a spider yields takes longer than all the steps of an item. So the items of an
answer are yielded some at a time: few enough that the reactor never stands still for long.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from scrapy import Request

from crawler.items import Item

MOST_ITEMS = 6
"""Items of a portion: each may have to wait for other threads some milliseconds, and the reactor with it."""

LONG = 2_000
"""Characters of text from which on a portion is full: letters take as long as many comments."""


@dataclass(frozen=True, slots=True)
class Portion:
    """Items of one answer, in its order; `refused` are those that a step refused, with the reason.

    `taken` is to be called when all of them wait for the disk or are there: only then may their answer count as read.
    """

    items: Sequence[Item] = field(repr=False)
    taken: Callable[[], None] = field(repr=False)
    refused: Sequence[tuple[Item, str]] = field(default=(), repr=False)


def portions(
    results: Iterator[Item | Request], portion: Callable[[Sequence[Item]], Portion]
) -> Iterator[Portion | Request]:
    """What reading an answer gives: requests at once, items as portions. Where reading breaks off, what was found
    before is given first."""
    items: list[Item] = []
    try:
        for result in results:
            if isinstance(result, Request):
                yield result
                continue
            items.append(result)
            if len(items) == MOST_ITEMS or _length(items) >= LONG:
                yield portion(items)
                items = []
    except Exception:  # whatever it was, it goes on from here: a parser that broke must not take with it what it gave
        if items:
            yield portion(items)
        raise
    if items:
        yield portion(items)


def _length(items: Sequence[Item]) -> int:
    return sum(len(str(item.text)) for item in items)  # nobody has checked yet that it is a text
