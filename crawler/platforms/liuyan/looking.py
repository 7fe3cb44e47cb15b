"""The boards that the site names, with the number (`fid`) of each, and whether the source's own is one."""

from collections.abc import Iterator

from scrapy import Request
from scrapy.http import Response

from crawler.looking import Looking, Sight
from crawler.platforms.liuyan import LiuyanSpider, signed
from crawler.platforms.liuyan.unsigned import parse_list

_UNKNOWN = "网站列出的版块里没有这个编号，它下面也没有来信：请核对 fid。"


class LiuyanLook(Looking, LiuyanSpider):
    """Asks which boards there are, of places or (`ministry`) of ministries."""

    def read_board(self, _response: Response) -> Iterator[Request]:
        """The call that lists boards; the one for ministries is a plain GET."""
        if self.options.ministry:
            yield self.ask(self.read_boards, self._url(signed.MINISTRIES))
        else:
            yield self.ask_signed(self.read_boards, signed.BOARDS, "{}")

    def read_boards(self, response: Response) -> Iterator[Request]:
        """Every board as a sight; then the letters of the source's own where it is not among them: not all may be."""
        boards = signed.parse_boards(response.body)
        self.sights += [Sight("boards", fid, "fid", 1, 1, name) for fid, name in boards.items()]
        if str(self.options.fid) not in boards:
            yield from super().read_board(response)

    def read_list(self, response: Response, **_place: object) -> Iterator[Request]:
        """How many letters a board has on its first page."""
        return self._letters(len(parse_list(response.body)))

    def read_signed_list(self, response: Response, **_place: object) -> Iterator[Request]:
        """The same, signed."""
        return self._letters(len(signed.parse_list(response.body)[0]))

    def _letters(self, rows: int) -> Iterator[Request]:
        trouble = "" if rows else _UNKNOWN
        self.sights.append(Sight("list", "rows", f"fid = {self.options.fid}", rows, rows, None, trouble=trouble))
        yield from ()
