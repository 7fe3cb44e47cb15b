"""What each finder of a preset finds on the first page of the list and in the first letter."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from scrapy import Request
from scrapy.http import Response

from crawler.looking import Looking, Sight
from crawler.platforms.answers import Unreadable
from crawler.platforms.letterbox import LetterboxSpider
from crawler.platforms.letterbox.answer import Node, Row, found
from crawler.platforms.letterbox.columns import values_in
from crawler.platforms.letterbox.parsing import Letterbox
from crawler.platforms.letterbox.preset import Finder
from crawler.reading.times import read_time

Part = Literal["list", "detail", "reply", "comments", "post"]
_TIMES = ("posted_at", "replied_at")


class LetterboxLook(Looking, LetterboxSpider):
    """One page of the list, then one letter of it."""

    def read_list(self, response: Response, **_place: object) -> Iterator[Request]:
        """What is found in the list; then the first letter's own page."""
        listing = self.preset.list
        node = self.opened(response, listing)
        rows = node.rows(listing.rows)
        self.sights += looked_at_list(self.box, node, rows)
        if rows and self.preset.detail is None:
            self.sights += looked_at_letter(self.box, rows[0])
        elif rows and "id" in (row := values_in(rows[0], listing.fields)):
            yield self.ask_detail(self.read_letter, row)

    def read_letter(self, response: Response, row: Row) -> Iterator[Request]:
        """What is found in the letter."""
        detail = self.preset.detail
        node = self.opened(response, detail)
        needed = {"text", "posted_at"} - set(row)
        self.sights += columns(self.box.zone, "detail", [node], detail.fields if detail else {}, needed)
        self.sights += looked_at_letter(self.box, node)
        yield from ()


def looked_at_list(box: Letterbox, node: Node, rows: Sequence[Node]) -> list[Sight]:
    """What is found on a page of the list."""
    listing = box.preset.list
    in_detail = set(box.preset.detail.fields) if box.preset.detail else set()
    sights = [Sight("list", "rows", listing.rows, len(rows), len(rows), None, needed=True)]
    if listing.total:
        sights += columns(box.zone, "list", [node], {"total": listing.total}, {"total"})
    return sights + columns(box.zone, "list", rows, listing.fields, {"id", "text", "posted_at"} - in_detail)


def looked_at_letter(box: Letterbox, node: Node) -> list[Sight]:
    """What is found of answers and of what others said; it may be that there are none yet."""
    sights: list[Sight] = []
    reply, comments = box.preset.reply, box.preset.comments
    if reply:
        sights += _blocks(box, "reply", node, reply.rows, reply.fields, {"text", "replied_at"})
    if comments:
        sights += _blocks(box, "comments", node, comments.rows, comments.fields, {"text", "posted_at"})
    return sights


def _blocks(
    box: Letterbox, part: Part, node: Node, path: str | None, fields: Mapping[str, Finder], needed: set[str]
) -> list[Sight]:
    if path is None:
        there = found(node, fields["text"]) is not None
        return columns(box.zone, part, [node], fields, needed if there else set())
    rows = node.rows(path)
    return [
        Sight(part, "rows", path, len(rows), len(rows), None),
        *columns(box.zone, part, rows, fields, needed if rows else set()),
    ]


def columns(
    zone: ZoneInfo, part: Part, rows: Sequence[Node], fields: Mapping[str, Finder], needed: set[str]
) -> list[Sight]:
    """What each finder finds in these rows; times are in `zone` where they name none."""
    return [_column(zone, part, rows, name, finder, name in needed) for name, finder in fields.items()]


def _column(zone: ZoneInfo, part: Part, rows: Sequence[Node], name: str, finder: Finder, needed: bool) -> Sight:
    trouble, values = "", []
    try:
        values = [value for row in rows if (value := found(row, finder)) is not None]
        if values and name in _TIMES:
            read_time(values[0], datetime.now(UTC), zone)
    except (Unreadable, ValueError) as error:
        trouble = str(error)
    first = str(values[0]) if values else None
    path = f"{finder.path} ~ {finder.cut}" if finder.cut else finder.path
    return Sight(part, name, path, len(values), len(rows), first, needed, name == "author", trouble)
