"""Letterboxes of cities and provinces (12345, 市长信箱, 百姓呼声): one spider, and a preset that knows the board.

Pages   a list by page number or by offset, then each letter's own page with the official answer, where there is one.
Ends    when as many rows came as the list says there are; with a page without rows; with the last page once more where
        the preset says that the board repeats it; when all of a page is older than what is to be read.
Refuses with 403, 429, an empty body, a captcha or a sign-in. A page that came before, or pages without end, end the
        crawl with the reason.

Where the list tells no dates, all of it is read at each crawl. docs/letterbox.md tells how to write a preset.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cached_property
from itertools import takewhile

from pydantic import JsonValue
from scrapy import Request
from scrapy.http import Response

from crawler.coverage import LETTERS, Cursor
from crawler.evidence import Fields
from crawler.items import Comment, Item
from crawler.platforms.answers import Unreadable
from crawler.platforms.base import PlatformSpider, Read
from crawler.platforms.letterbox.answer import Node, Row, opened
from crawler.platforms.letterbox.evidence import fields_of
from crawler.platforms.letterbox.filling import Addresses
from crawler.platforms.letterbox.options import LetterboxOptions
from crawler.platforms.letterbox.parsing import Batch, Letterbox
from crawler.platforms.letterbox.preset import Asking, Preset, read_preset
from crawler.platforms.walks import Walk


class LetterboxSpider(PlatformSpider):
    """All letters of one board; see the module's docstring."""

    name = "letterbox"
    options_model = LetterboxOptions
    options: LetterboxOptions

    @cached_property
    def preset(self) -> Preset:
        """What is known of the board."""
        return read_preset(self.options.preset)

    @cached_property
    def box(self) -> Letterbox:
        """The board as this source reads it."""
        known = {**self.preset.parameters, **self.options.parameters}
        addresses = Addresses(self.preset, self.addresses()[0], known)
        return Letterbox(addresses, self.entry.id, self.tally.run, self.zone)

    @cached_property
    def seen(self) -> set[str]:
        """The ids of the rows that came in this crawl."""
        return set()

    def addresses(self) -> list[str]:
        """The board's site."""
        return [str(self.options.site or self.preset.site)]

    def fields_kept(self) -> Fields | None:
        """What the preset's paths name; nothing of web pages."""
        return fields_of(self.preset)

    def settings_read(self) -> Mapping[str, JsonValue]:
        """The preset as well, which may be a file of one's own."""
        return {**super().settings_read(), "preset": self.preset.model_dump(mode="json")}

    def begin(self) -> Iterator[Request]:
        """The page that sets the cookies, where there is one; else the first page of the list."""
        if visit := self.preset.visit:
            yield self.ask(self.read_visit, self.box.addresses.address(visit, {}), headers=self.preset.headers)
        else:
            yield self._begin_list()

    def read_visit(self, _response: Response) -> Iterator[Request]:
        """Nothing is read from the page itself."""
        yield self._begin_list()

    def read_list(self, response: Response, page: int, offset: int, walk: Walk) -> Iterator[Item | Request]:
        """The page after this one, then the letters of this one that did not come before."""
        batch = self.box.batch(self.opened(response, self.preset.list))
        self.tally.profile.saw("来信列表", batch.data, self.preset.list.keys)
        rows = [(row, node) for row, node in batch.rows if str(row["id"]) not in self.seen]
        if not rows:
            self._check_end(batch, page, offset)
            walk.turn(None, 0)
            return
        self.seen.update(str(row["id"]) for row, _ in rows)
        now = self.answered_at(response)
        moments = [self._moment(row, now) for row, _ in batch.rows]
        known = [at for at in moments if at is not None]
        # The newest of the page: not every board keeps to the order of its dates.
        reached = max(known) if len(known) == len(moments) else None
        asked = self._following(page, offset + len(batch.rows), batch.total)
        if (following := walk.turn(asked, len(rows), reached)) is not None:
            yield self._ask_list(walk, following if following is asked else self._one_back(following))
        for row, node in rows:
            try:
                at = self._moment(row, now)
                if at is None or not (self.too_old(at) or self.is_settled(self.box.letter_id(row), at)):
                    yield from self._letter(row, node, now)
            except Unreadable as broken:  # one letter; the others of the page are read
                self.erred(str(broken))

    def read_letter(self, response: Response, row: Row) -> Iterator[Item]:
        """A letter from its own page."""
        now = self.answered_at(response)
        page = self.opened(response, self.preset.detail)
        yield from takewhile(self._is_wanted, self.box.letter(row, page, now))

    def opened(self, response: Response, asking: Asking | None) -> Node:
        """An answer in the form that the preset says."""
        content_type = (response.headers.get("Content-Type") or b"").decode("latin-1")
        return opened(response.body, content_type, asking or self.preset.list)

    def _letter(self, row: Row, node: Node, now: datetime) -> Iterator[Item | Request]:
        if self.preset.detail:
            yield self.ask_detail(self.read_letter, row)
        else:
            yield from self.box.letter(row, node, now)

    def _moment(self, row: Row, now: datetime) -> datetime | None:
        try:
            return self.box.moment(row, "posted_at", now).at if "posted_at" in row else None
        except Unreadable:
            return None  # said when the letter is read

    def _is_wanted(self, item: Item) -> bool:
        return not (isinstance(item, Comment) and item.kind == "letter" and self.too_old(item.posted_at))

    def _check_end(self, batch: Batch, page: int, offset: int) -> None:
        """Raise Unreadable where the list ends in a way in which it should not."""
        listing = self.preset.list
        if batch.rows and not listing.repeats:
            raise Unreadable(f"列表第 {page} 页都是前面给过的来信，翻页没有前进，已停止。")
        if batch.total and offset < batch.total and not batch.rows:
            raise Unreadable(f"列表说共有 {batch.total} 封来信，只给出 {offset} 封。")

    def _following(self, page: int, offset: int, total: int | None) -> Cursor | None:
        listing = self.preset.list
        if not listing.paged or (total is not None and offset >= total):
            return None
        if page + 1 - listing.first >= listing.most_pages:
            sentence = f"翻了 {listing.most_pages} 页还没有到头，已停止；若真有这么多，请在预设里写 list.most_pages。"
            self.fell_short(sentence)
            return None
        return {"page": str(page + 1), "offset": str(offset)}

    def _one_back(self, cursor: Cursor) -> Cursor:
        """A page before: since it was saved, what stood there may have moved."""
        listing = self.preset.list
        page, offset = int(cursor["page"]) - 1, int(cursor["offset"]) - listing.size
        return {"page": str(max(page, listing.first)), "offset": str(max(offset, 0))}

    def _begin_list(self) -> Request:
        walk = self.walk(LETTERS, self.preset.list.most_pages + 1)
        return self._ask_list(walk, {"page": str(self.preset.list.first), "offset": "0"})

    def _ask_list(self, walk: Walk, cursor: Cursor) -> Request:
        listing = self.preset.list
        page, offset = int(cursor["page"]), int(cursor["offset"])
        places = self.box.addresses.of_page(page, offset)
        return self._asked(self.read_list, listing, listing.url, places, walk, page=page, offset=offset)

    def ask_detail(self, then: Read, row: Row) -> Request:
        """The request for a letter's own page. Raises Unreadable where the row does not lead there."""
        address = self.box.addresses.detail(row)
        if self.preset.detail is None or address is None:
            raise Unreadable("这个信箱没有来信的单页。")
        return self._asked(then, self.preset.detail, address, row, row=row)

    def _asked(
        self, then: Read, asking: Asking, address: str, places: Row, walk: Walk | None = None, **facts: object
    ) -> Request:
        made = self.box.addresses
        form, data = made.form(asking, places), made.data(asking, places)
        return self.ask(then, made.address(address, places), form, self.preset.headers, data, walk, **facts)
