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
from datetime import UTC, datetime
from typing import Literal
from urllib.parse import urljoin

from pydantic import AnyHttpUrl, Field
from scrapy import Request
from scrapy.http import Response

from crawler.items import Item
from crawler.platforms.answers import Json, Unreadable, field
from crawler.platforms.base import Options, PlatformSpider, Read
from crawler.platforms.liuyan import signed
from crawler.platforms.liuyan.unsigned import LETTER, moment_of, parse_full_text, parse_letter, parse_list

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

    def begin(self) -> Iterator[Request]:
        """The board's page first, as a reader would: it sets the cookies."""
        yield self.ask(self.read_board, self._url(BOARD.format(fid=self.options.fid)))

    def read_board(self, _response: Response) -> Iterator[Request]:
        """Nothing is read from the page itself."""
        if self.options.way == "signed":
            yield self._ask_signed_list(last="", seen=frozenset())
        else:
            yield self._ask_list(last=0)

    def read_list(self, response: Response, last: int) -> Iterator[Item | Request]:
        """One page of letters, and the page after it."""
        rows = parse_list(response.body)
        if not rows:
            return
        if last and rows[0]["tid"] >= last:
            raise Unreadable("翻页没有前进，已停止。")
        for row in rows:
            if self.too_old(moment_of(field(row, "dateline", int))):
                return
            if str(row.get("content")).endswith(_CUT):
                yield self.ask(self.read_letter, self._url(LETTER.format(tid=row["tid"])), row=row)
            else:
                yield from self._letter(row)
        yield self._ask_list(last=rows[-1]["tid"])

    def read_letter(self, response: Response, row: Json) -> Iterator[Item]:
        """A letter whose text the list had cut."""
        yield from self._letter({**row, "content": parse_full_text(response.text)})

    def read_signed_list(self, response: Response, last: str, seen: frozenset[int]) -> Iterator[Request]:
        """The letters of one page, each to be asked for, and the page after it."""
        rows, following = signed.parse_list(response.body)
        if not rows:
            return
        tids = {signed.tid_of(row) for row in rows}
        if tids <= seen or (last and following == last):
            raise Unreadable("翻页没有前进，已停止。")
        wanted = [row for row in rows if signed.tid_of(row) not in seen and not self._is_old(row)]
        if wanted and following:
            yield self._ask_signed_list(following, seen | tids)
        for row in wanted:
            yield self.ask_signed(self.read_content, signed.CONTENT, signed.content_of(signed.tid_of(row)), row=row)

    def read_content(self, response: Response, row: Json) -> Iterator[Item]:
        """A letter and its answers."""
        now = datetime.now(UTC)
        return signed.parse_content(response.body, row, self.entry.id, str(self.options.site), self.tally.run, now)

    def _is_old(self, row: Json) -> bool:
        return isinstance(row.get("dateline"), int) and self.too_old(moment_of(row["dateline"]))

    def _letter(self, row: Json) -> Iterator[Item]:
        return parse_letter(row, self.entry.id, str(self.options.site), self.tally.run, datetime.now(UTC))

    def _ask_list(self, last: int) -> Request:
        board = self._url(BOARD.format(fid=self.options.fid))
        form = {"fid": str(self.options.fid), "lastItem": str(last), "pageSize": "20"}
        headers = {"Referer": board, "X-Requested-With": "XMLHttpRequest"}
        return self.ask(self.read_list, self._url(LIST), form=form, headers=headers, last=last)

    def _url(self, path: str) -> str:
        return urljoin(str(self.options.site), path)

    def _ask_signed_list(self, last: str, seen: frozenset[int]) -> Request:
        path = signed.MINISTRY if self.options.ministry else signed.LOCAL
        param = signed.page_of(self.options.fid, last)
        return self.ask_signed(self.read_signed_list, path, param, last=last, seen=seen)

    def ask_signed(self, then: Read, path: str, param: str, **facts: object) -> Request:
        """A call of the signed interface."""
        data = signed.envelope(path, param, self.options.app_code)
        headers = {"Referer": self._url(BOARD.format(fid=self.options.fid))}
        return self.ask(then, self._url(path), headers=headers, data=data, **facts)
