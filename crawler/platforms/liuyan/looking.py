"""The boards that the site names, with the number (`fid`) of each."""

from collections.abc import Iterator

from scrapy import Request
from scrapy.http import Response

from crawler.looking import Looking, Sight
from crawler.platforms.liuyan import LiuyanSpider, signed


class LiuyanLook(Looking, LiuyanSpider):
    """Asks which boards there are, of places or (`ministry`) of ministries."""

    def read_board(self, _response: Response) -> Iterator[Request]:
        """The call that lists boards; the one for ministries is a plain GET."""
        if self.options.ministry:
            yield self.ask(self.read_boards, self._url(signed.MINISTRIES))
        else:
            yield self.ask_signed(self.read_boards, signed.BOARDS, "{}")

    def read_boards(self, response: Response) -> Iterator[Request]:
        """Every board as a sight."""
        boards = signed.parse_boards(response.body)
        self.sights += [Sight("boards", fid, "fid", 1, 1, name) for fid, name in boards.items()]
        yield from ()
