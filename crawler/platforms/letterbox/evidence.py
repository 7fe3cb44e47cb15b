"""What of a letterbox's answers may be kept: the names are those in the preset's paths."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterator

from crawler.evidence import Fields
from crawler.platforms.letterbox.preset import Finder, Preset

_CHAIN = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*", re.ASCII)
_KINDS = {"author": "people", "author_region": "places"} | dict.fromkeys(
    ("title", "text", "category", "domain", "status", "unit", "message"), "words"
)
"""What the columns tell; all others are facts."""

_TOP = ("",)


def fields_of(preset: Preset) -> Fields | None:
    """None where an answer is no plain JSON, or a writer's name but a part of what stands somewhere: then nobody can
    say what else is personal."""
    found = list(_found(preset))
    if any(asking.answer != "json" for asking in (preset.list, preset.detail) if asking):
        return None
    if any(
        not finder.path or (column == "author" and finder != Finder(path=finder.path)) for column, finder, _ in found
    ):
        return None
    names: defaultdict[str, set[str]] = defaultdict(set)
    for column, finder, parents in found:
        names[_KINDS.get(column, "facts")].update(_names(finder.path, parents))
    return Fields(
        people=frozenset({"author", *names["people"]}),  # a row that was read calls its writer so
        places=frozenset(names["places"]),
        facts=frozenset(names["facts"]),
        words=frozenset(names["words"]),
    )


def _found(preset: Preset) -> Iterator[tuple[str, Finder, Collection[str]]]:
    """Every column with where it is found, and the names under which the records may stand that have it."""
    of_list = _parts(preset.list.rows)
    of_letter = _TOP if preset.detail else of_list
    blocks = [(of_list, preset.list.fields), (of_letter, preset.detail.fields if preset.detail else {})]
    for block in (preset.reply, preset.comments):
        if block:
            blocks.append((_parts(block.rows) if block.rows else of_letter, block.fields))
    for parents, fields in blocks:
        yield from ((column, finder, parents) for column, finder in fields.items())
    if preset.list.total:
        yield "total", preset.list.total, _TOP
    for success in (asking.success for asking in (preset.list, preset.detail) if asking):
        if success:
            yield "success", Finder(path=success.path), _TOP
            if success.message:
                yield "message", Finder(path=success.message), _TOP


def _parts(path: str) -> list[str]:
    return [part for chain in _CHAIN.findall(path) for part in chain.split(".")]


def _names(path: str, parents: Collection[str]) -> Iterator[str]:
    """The last step of every way that a path may go, with the one before it."""
    for chain in _CHAIN.findall(path):
        *_, before, last = ["", *chain.split(".")]
        yield from (f"{parent}.{last}" for parent in ([before] if before else parents))
