"""人民网领导留言板 (liuyan.people.com.cn): letters to a leader's board with their official answers.

Pages   unsigned: POST threads/queryThreadsList with `fid` and `lastItem` (0, then the last `tid` received); newest
        first, 10–20 a page, tids strictly falling. A text that the list cuts off is completed from the letter's page.
        signed: POST v1/threads/list/df (list/bw for a ministry) with `lastItem` ("", then the one received), then
        v1/threads/content for each letter, for the list has neither text nor answer.
Ends    with an empty list, or at letters older than the source's `since`.
Refuses with 403, 429 or an empty body when asked too fast; an unknown `fid` is `result: "fail"`; a signature that is
        not right is code SN0006.

Nicknames are already masked by the board and shared by many; the account number tells writers apart until it is
replaced by a pseudonym. Facts of the unsigned interface as recorded in 2021 and used in 2026, of the signed one 2026.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Literal
from urllib.parse import urljoin

from pydantic import AnyHttpUrl, Field
from scrapy import Request
from scrapy.http import Response

from crawler.coverage import LETTERS, Cursor
from crawler.evidence import Fields
from crawler.items import Item
from crawler.platforms.answers import Json, Unreadable, field
from crawler.platforms.base import Options, PlatformSpider, Read
from crawler.platforms.liuyan import signed
from crawler.platforms.liuyan.evidence import FIELDS
from crawler.platforms.liuyan.unsigned import LETTER, OF_LETTER, moment_of, parse_full_text, parse_letter, parse_list
from crawler.platforms.walks import Walk

LIST = "/pro-dfbbs-front/threads/queryThreadsList"
BOARD = "/pro-dfbbs-front/forum/list?fid={fid}"
_CUT = ("…", "...")


class LiuyanOptions(Options):
    """`fid` is the number of the leader's board.

    `way` is the interface; `app_code` and `ministry` (a board of a ministry's) are for the signed one, whose code the
    site may change. `site` is only changed in tests and in the made-up town.
    """

    fid: int = Field(gt=0)
    site: AnyHttpUrl = AnyHttpUrl("https://liuyan.people.com.cn")
    way: Literal["unsigned", "signed"] = "unsigned"
    app_code: str = signed.APP_CODE
    ministry: bool = False


class LiuyanSpider(PlatformSpider):
    """All letters of one board; see the module's docstring."""

    name = "liuyan"
    options_model = LiuyanOptions
    options: LiuyanOptions

    def addresses(self) -> list[str]:
        """The board's site."""
        return [str(self.options.site)]

    def fields_kept(self) -> Fields:
        """Letters without their writers."""
        return FIELDS

    def begin(self) -> Iterator[Request]:
        """The board's page first, as a reader would: it sets the cookies."""
        yield self.ask(self.read_board, self._url(BOARD.format(fid=self.options.fid)))

    def read_board(self, _response: Response) -> Iterator[Request]:
        """Nothing is read from the page itself."""
        self._seen: set[int] = set()
        walk = self.walk(LETTERS)
        yield self._ask_signed_list(walk, {}) if self.options.way == "signed" else self._ask_list(walk, {})

    def read_list(self, response: Response, cursor: Cursor, walk: Walk) -> Iterator[Item | Request]:
        """One page of letters, and the page after it."""
        rows = parse_list(response.body)
        self.tally.profile.saw("来信", rows, OF_LETTER)
        if rows and cursor and rows[0]["tid"] >= int(cursor["lastItem"]):
            raise Unreadable("翻页没有前进，已停止。")
        moments = [moment_of(field(row, "dateline", int)) for row in rows]
        for row, at in zip(rows, moments, strict=True):
            if self.too_old(at):
                continue
            if str(row.get("content")).endswith(_CUT):
                yield self.ask(self.read_letter, self._url(LETTER.format(tid=row["tid"])), row=row)
            else:
                yield from self._letter(row, response)
        lowest = {"lastItem": str(rows[-1]["tid"])} if rows else None
        following = walk.turn(lowest, len(rows), min(moments, default=None))
        if following is not None:
            yield self._ask_list(walk, following)

    def read_letter(self, response: Response, row: Json) -> Iterator[Item]:
        """A letter whose text the list had cut."""
        yield from self._letter({**row, "content": parse_full_text(response.text)}, response)

    def read_signed_list(self, response: Response, cursor: Cursor, walk: Walk) -> Iterator[Request]:
        """The letters of one page, each to be asked for, and the page after it."""
        rows, last = signed.parse_list(response.body)
        self.tally.profile.saw("来信列表", rows, OF_LETTER)
        fresh = [row for row in rows if signed.tid_of(row) not in self._seen]
        if rows and (not fresh or {"lastItem": last} == cursor):
            raise Unreadable("翻页没有前进，已停止。")
        self._seen.update(map(signed.tid_of, fresh))
        moments = [at for row in rows if (at := _said_at(row)) is not None]
        following = walk.turn({"lastItem": last} if rows and last else None, len(fresh), min(moments, default=None))
        if following is not None:
            yield self._ask_signed_list(walk, following)
        for row in fresh:
            at = _said_at(row)
            if at is not None and (self.too_old(at) or self.is_settled(f"liuyan:{signed.tid_of(row)}", at)):
                continue
            yield self.ask_signed(self.read_content, signed.CONTENT, signed.content_of(signed.tid_of(row)), row=row)

    def read_content(self, response: Response, row: Json) -> Iterator[Item]:
        """A letter and its answers."""
        now = self.answered_at(response)
        return signed.parse_content(response.body, row, self.entry.id, str(self.options.site), self.tally.run, now)

    def _letter(self, row: Json, response: Response) -> Iterator[Item]:
        now = self.answered_at(response)
        return parse_letter(row, self.entry.id, str(self.options.site), self.tally.run, now)

    def _ask_list(self, walk: Walk, cursor: Cursor) -> Request:
        board = self._url(BOARD.format(fid=self.options.fid))
        form = {"fid": str(self.options.fid), "lastItem": "0", "pageSize": "20", **cursor}
        headers = {"Referer": board, "X-Requested-With": "XMLHttpRequest"}
        return self.ask(self.read_list, self._url(LIST), form=form, headers=headers, walk=walk, cursor=cursor)

    def _url(self, path: str) -> str:
        return urljoin(str(self.options.site), path)

    def _ask_signed_list(self, walk: Walk, cursor: Cursor) -> Request:
        path = signed.MINISTRY if self.options.ministry else signed.LOCAL
        param = signed.page_of(self.options.fid, cursor.get("lastItem", ""))
        return self.ask_signed(self.read_signed_list, path, param, walk, cursor=cursor)

    def ask_signed(self, then: Read, path: str, param: str, walk: Walk | None = None, **facts: object) -> Request:
        """A call of the signed interface."""
        data = signed.envelope(path, param, self.options.app_code)
        headers = {"Referer": self._url(BOARD.format(fid=self.options.fid))}
        return self.ask(then, self._url(path), headers=headers, data=data, walk=walk, **facts)


def _said_at(row: Json) -> datetime | None:
    return moment_of(row["dateline"]) if isinstance(row.get("dateline"), int) else None
