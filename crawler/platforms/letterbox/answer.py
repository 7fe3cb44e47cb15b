"""Answers of a letterbox, HTML or JSON, as nodes in which a preset's finders find values. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import jmespath
import pyjson5
from jmespath.exceptions import JMESPathError
from parsel import Selector
from w3lib.encoding import html_to_unicode

from crawler.platforms import walls
from crawler.platforms.answers import Refused, Unreadable, json_object, no_data, page_for_page
from crawler.platforms.letterbox.preset import Asking, Finder
from crawler.reading.html import text_of
from crawler.reading.quoting import quoted

Value = str | int | float
Row = Mapping[str, Value]
"""What the columns of a row or a page hold; a column that holds nothing is not there."""


@dataclass(frozen=True, slots=True)
class Markup:
    """A page or a part of it."""

    selector: Selector

    def rows(self, path: str) -> list["Node"]:
        """The parts that a selector fits."""
        return [Markup(found) for found in self.selector.css(path)]

    def has(self, path: str) -> bool:
        """Whether a selector fits anything."""
        return bool(self.selector.css(path))

    def raw(self, finder: Finder) -> Value | None:
        """What stands there, as text; of an attribute its value."""
        if not finder.path:
            return str(self.selector.get())
        fitting = self.selector.css(finder.path)
        chosen = fitting if finder.every else fitting[finder.nth - 1 : finder.nth]
        texts = [str(part.get()) if "::" in finder.path else text_of(str(part.get())) for part in chosen]
        return "\n".join(texts) if texts else None


@dataclass(frozen=True, slots=True)
class Data:
    """An answer in JSON or a part of it."""

    value: object

    def rows(self, path: str) -> list["Node"]:
        """The elements of the list at a path; none where there is nothing. Raises Unreadable for anything else."""
        found = self._at(path)
        if found is None:
            return []
        if not isinstance(found, list):
            raise Unreadable(f"回答里的“{path}”不是列表（{type(found).__name__}），平台可能改版了。")
        return [Data(row) for row in found]

    def has(self, path: str) -> bool:
        """Whether there is anything at a path, an empty list included."""
        return self._at(path) is not None

    def raw(self, finder: Finder) -> Value | None:
        """The text or number at a path. Raises Unreadable where something else stands there."""
        found = self._at(finder.path) if finder.path else self.value
        if isinstance(found, bool):
            return str(found).lower()
        if found is None or isinstance(found, int | float):
            return found
        if isinstance(found, str):
            return text_of(found) if finder.html else found
        raise Unreadable(f"回答里的“{finder.path}”换了类型（{type(found).__name__}），平台可能改版了。")

    def _at(self, path: str) -> object:
        try:
            return jmespath.search(path, self.value)
        except JMESPathError as error:
            raise Unreadable(f"回答里找不了“{path}”，平台可能改版了。") from error


Node = Markup | Data


def opened(body: bytes, content_type: str, asking: Asking) -> Node:
    """An answer as a node.

    Raises Refused for an empty one and for a captcha or a sign-in where data were due, Unreadable for another form than
    was due and for one that says that it is no success.
    """
    if asking.answer == "html":
        return _page(body, content_type)
    node = Data(json_object(body) if asking.answer == "json" else _json5(body))
    success = asking.success
    if success and str(node.raw(Finder(path=success.path))).lower() != str(success.value).lower():
        why = str((node.raw(Finder(path=success.message)) if success.message else None) or "没有说明")
        raise no_data(why, f"平台没有给出数据（{quoted(why)}）。")
    return node


def _page(body: bytes, content_type: str) -> Node:
    if not body.strip():
        raise Refused(walls.BLANK.sentence)
    if body.lstrip()[:1] in b"{[":
        raise Unreadable("要的是网页，得到的是数据（JSON），平台可能改版了。")
    return Markup(Selector(html_to_unicode(content_type, body)[1].replace("\0", ""), type="html"))


def missing(node: Node, sentence: str) -> Refused | Unreadable:
    """What to raise where an answer does not hold what was due: it may be a captcha or a sign-in instead.

    Only then is that looked for: people write letters about sign-ins, too.
    """
    if isinstance(node, Markup):
        return page_for_page(str(node.selector.get()), sentence)
    return Unreadable(f"{sentence}，平台可能改版了。")


def _json5(body: bytes) -> object:
    """What JavaScript would read as an object: names without quotes, single quotes, commas too many (JSON5)."""
    if not body.strip() or body.lstrip()[:1] == b"<":
        return json_object(body)  # says what is wrong with it
    try:
        value = pyjson5.decode_utf8(body)
    except pyjson5.Json5Exception as error:
        raise Unreadable(f"回答的数据（JSON5）断了或写错了，共 {len(body)} 字节。") from error
    if not isinstance(value, dict):
        raise Unreadable("回答的数据不是预期的结构（最外层应当是对象）。")
    return value


def found(node: Node, finder: Finder) -> Value | None:
    """A value as the preset wants it: the part cut out, a code as its words; None where there is nothing."""
    value = node.raw(finder)
    if value is None:
        return None
    if finder.cut is not None:
        part = re.search(finder.cut, str(value))
        if part is None:
            return None
        value = next((group for group in part.groups() if group), part[0])
    if isinstance(value, str):
        value = value.strip()
    return finder.words.get(str(value), value) if value != "" else None


def count_of(node: Node, finder: Finder | None) -> int | None:
    """How many letters a list says it has; None where it does not."""
    value = found(node, finder) if finder else None
    return int(value) if value is not None and re.fullmatch(r"[0-9]{1,9}", str(value)) else None
