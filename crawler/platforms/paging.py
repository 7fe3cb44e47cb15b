"""Paging: a walk from page to page that always ends, whatever the platform answers."""

from collections.abc import Mapping

from crawler.platforms.answers import Unreadable

MOST_PAGES = 2_000
"""Pages of one list after which nobody believes that it has an end."""

STALE_PAGES = 3
"""Pages in a row with nothing new after which a list is not read on. One alone proves nothing: lists are re-ranked
while they are read."""


class Paging:
    """One walk. `page` is the number of the page that is being read, from 1."""

    def __init__(self, most: int = MOST_PAGES) -> None:
        self.page = 1
        self._most = most
        self._stale = 0
        self._been: set[frozenset[tuple[str, str]]] = set()

    def turn(self, cursor: Mapping[str, str], fresh: int) -> None:
        """Go on to the page at `cursor`, after one that held `fresh` things not seen before.

        Raises Unreadable with the reason where going on leads nowhere.
        """
        place = frozenset(cursor.items())
        self._stale = 0 if fresh else self._stale + 1
        if place in self._been:
            raise Unreadable("翻页回到了读过的一页，没有前进，已停止。")
        if self._stale >= STALE_PAGES:
            raise Unreadable(f"连续 {STALE_PAGES} 页没有新的内容，翻页没有前进，已停止。")
        if self.page >= self._most:
            raise Unreadable(f"翻了 {self._most} 页还没有到头，已停止。")
        self._been.add(place)
        self.page += 1
