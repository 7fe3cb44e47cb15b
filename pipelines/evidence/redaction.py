"""Redaction: an answer of a platform without what could lead to a person, in the shape in which it came. Pure."""

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from lxml.etree import LxmlError

from crawler.evidence import Fields
from pipelines.evidence.markup import is_markup, masked_fragment, masked_page
from pipelines.masking import mask
from pipelines.masking.contacts import MENTION
from pipelines.masking.provinces import province
from pipelines.masking.pseudonyms import Pseudonyms, somebody
from pipelines.spelling import fold_in_place
from pipelines.steps.clean import tidy

NOBODY = "匿名"
DEEPEST = 40
"""Levels of JSON below which nothing is kept; platforms need ten."""

SMALL = 100_000
"""Below this a number counts something, and is nobody's."""

LONGEST_FACT = 200

_CALLED = re.compile(r"\s*([\w$.&|= ]{0,100}\()(\{.*\})\s*(\);?)\s*", re.DOTALL)
_NAME = re.compile(r"[A-Za-z_][\w-]{0,63}", re.ASCII)

Known = Mapping[str, str]
"""People's names, by their folded form."""

Kind = Literal["people", "places", "facts", "words"]
_KINDS: tuple[Kind, ...] = ("people", "places", "facts", "words")
Kinds = Mapping[str, Kind]
"""What each name tells."""


@dataclass(frozen=True)
class Redaction:
    """How the answers of one platform are made fit to be kept. `officials` are the names and numbers under which public
    bodies speak there: they stay."""

    platform: str
    fields: Fields
    officials: Collection[str]
    pseudonyms: Pseudonyms

    def of(self, text: str, names: Collection[str]) -> str | None:
        """An answer in JSON, JSONP or HTML; None where nothing of it may be kept, or where its markup is such that
        nobody can say what would be.

        `names` are people's that are known from before: they, and those that the answer itself tells, are taken out of
        all its words.
        """
        try:
            return self._answer(text, names)
        except (LxmlError, RecursionError, ValueError):
            return None

    def _answer(self, text: str, names: Collection[str]) -> str | None:
        if not text.strip():
            return ""
        called = _CALLED.fullmatch(text)
        before, data, after = called.groups() if called else ("", text, "")
        try:
            value = json.loads(data)
        except (ValueError, RecursionError):
            return self._page(text, names)
        known = _folded({*names, *self.names_in(value)})
        return before + json.dumps(self._value(value, "", "", known), ensure_ascii=False) + after

    def names_in(self, value: object, parent: str = "", depth: int = 0) -> Iterator[str]:
        """The people's names and numbers that JSON tells, but for the officials'."""
        if depth > DEEPEST:
            return
        if isinstance(value, list):
            for each in value:
                yield from self.names_in(each, parent, depth + 1)
        elif isinstance(value, dict):
            kinds = self._kinds_in(parent)
            official = self._is_official(value, kinds)
            for name, inner in value.items():
                if isinstance(inner, dict | list):
                    yield from self.names_in(inner, name, depth + 1)
                elif not official and kinds.get(name) == "people" and (person := somebody(_told(inner))):
                    yield person

    def _value(self, value: object, parent: str, name: str, known: Known, depth: int = 0) -> object:
        if isinstance(value, dict | list) and depth > DEEPEST:
            return None
        if isinstance(value, list):
            return [self._value(each, parent, name, known, depth + 1) for each in value]
        if isinstance(value, dict):
            return self._record(value, name, known, depth)
        return self._leaf(value, self._kinds_in(parent).get(name), known)

    def _record(self, record: dict[str, object], name: str, known: Known, depth: int) -> dict[str, object]:
        kinds = self._kinds_in(name)
        official = self._is_official(record, kinds)
        return {
            key: inner
            if official and not isinstance(inner, dict | list) and kinds.get(key) == "people"
            else self._value(inner, name, key, known, depth + 1)
            for key, inner in record.items()
            if _NAME.fullmatch(key)
        }

    def _leaf(self, value: object, kind: Kind | None, known: Known) -> object:
        if value is None or isinstance(value, bool) or value == "":
            return value
        match kind:
            case "people":
                return self.pseudonyms.of(self.platform, tidy(_told(value))) or NOBODY
            case "places":
                return province(_told(value)) or ""
            case "facts":
                return value if not isinstance(value, str) or len(value) <= LONGEST_FACT else None
            case "words" if isinstance(value, str):
                return self._words(value, known)
        return value if isinstance(value, int | float) and abs(value) < SMALL else None

    def _words(self, text: str, known: Known) -> str:
        if not is_markup(text):
            return masked(text, known)
        named = _named(text, known)
        if named:  # people call themselves <b>
            text = masked(text, known)
        inside = known if named or "&" in text else {}  # a part of what names nobody names nobody
        return masked_fragment(text, lambda part: masked(part, inside), lambda whole: masked(whole, known))

    def _page(self, text: str, names: Collection[str]) -> str | None:
        css, known = self.fields.pages, _folded(names)
        return masked_page(text, css, lambda part: masked(part, known)) if css and text.lstrip()[:1] == "<" else None

    def _kinds_in(self, parent: str) -> Kinds:
        return self._kinds_under.get(parent, self._kinds)

    @cached_property
    def _kinds(self) -> Kinds:
        """Where a name tells two things, what is more of a person."""
        return {name: kind for kind in reversed(_KINDS) for name in getattr(self.fields, kind)}

    @cached_property
    def _kinds_under(self) -> Mapping[str, Kinds]:
        """The same under the parents that are told with a name."""
        under: dict[str, dict[str, Kind]] = {}
        for told, kind in self._kinds.items():
            parent, dot, name = told.rpartition(".")
            if dot:
                under.setdefault(parent, dict(self._kinds))[name] = kind
        return under

    def _is_official(self, record: dict[str, object], kinds: Kinds) -> bool:
        return bool(self.officials) and any(
            _told(value) in self.officials for key, value in record.items() if kinds.get(key) == "people"
        )


def masked(text: str, known: Known) -> str:
    """A text in which neither what `mask` finds nor any of the known names is to be read. Changes nothing twice.

    A mention keeps its @: parsers look for it.
    """
    for name in _named(text, known) or [None]:
        text = mask(text, known=name).text
    return text.replace(MENTION, f"@{MENTION}")


def _named(text: str, known: Known) -> list[str]:
    """Which of the known names stand in a text."""
    if not known:
        return []
    folded = fold_in_place(text)
    return [name for short, name in known.items() if short in folded]


def _folded(names: Iterable[str]) -> Known:
    return {fold_in_place(name): name for name in names}


def _told(value: object) -> str:
    return str(value) if isinstance(value, str | int | float) else ""
