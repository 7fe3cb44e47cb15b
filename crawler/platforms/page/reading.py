"""Reading a page in the browser to its end: waiting for what is due, pressing or scrolling for more."""

from asyncio import sleep
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from time import monotonic
from typing import Literal, TypeVar

from playwright.async_api import Error, FrameLocator, Locator, Page

from crawler.platforms.answers import Unreadable
from crawler.platforms.page.covering import is_walled
from crawler.platforms.page.gathering import Gathered
from crawler.platforms.page.network import PageNetwork
from crawler.platforms.page.options import Opening
from crawler.platforms.walls import SHOWN
from crawler.runs import Mishap

STALE_ROUNDS = 3
"""Presses or scrolls in a row that bring nothing new, after which a page has come to its end."""

AT_REST = 0.3
"""Seconds without a request under way after which it is looked what came."""

STILL = 1.5
"""Seconds without a request under way after which nothing more is expected of a press or a scroll."""

GONE_BY = 5.0
"""Seconds without a request under way after which what has not appeared on a new page never will."""

Seen = TypeVar("Seen")

_BEAT = 0.1
_MARKUP = "rows => rows.map(row => row.outerHTML)"
_SCROLL = "rows => { rows.at(-1)?.scrollIntoView(); scrollTo(0, document.documentElement.scrollHeight); }"
_WALLS = ", ".join(f"{shown}:visible" for shown in SHOWN.values())
_LEFT = "context was destroyed"
"""In Playwright's message when a page goes somewhere while it is looked at."""


@dataclass(slots=True)
class Reading:
    """One page that is read. `seconds` is how long that may take, `crawling` whether the crawl goes on.

    appeared  whether what was due came, and nobody must sign in to see it
    walled    whether a captcha or a sign-in stands in the way
    """

    opening: Opening
    network: PageNetwork
    gathered: Gathered
    seconds: float
    crawling: Callable[[], bool]
    appeared: bool = False
    walled: bool = False
    _begun: float = 0.0

    async def read(self, page: Page) -> None:
        """Read a page that is open. What is wrong with it is added to the network's mishaps."""
        self._begun = monotonic()
        place = page.frame_locator(self.opening.frame).first if self.opening.frame else page
        rows = place.locator(self.opening.rows)
        self.appeared = await self._appears(rows, place.locator(self.opening.waits_for or self.opening.rows))
        if not self.appeared:
            self.walled = self.network.turned_away or await _walls(page) > 0
            return
        await self._rest(AT_REST)
        if await self._is_walled(rows):
            self.appeared = False
            return
        walls = await _walls(page)
        try:
            stale = await self._rounds(place, rows)
        except Unreadable as broken:
            self._say("failed", str(broken))
            return
        self.walled = self.walled or (stale and (self.network.turned_away or await _walls(page) > walls))

    async def _rounds(self, place: Page | FrameLocator, rows: Locator) -> bool:
        """Take what there is, and more as long as more comes. Whether the last rounds brought nothing."""
        await self._take(rows)
        stale = number = 0
        while stale < STALE_ROUNDS and (self.opening.more or self.opening.scroll):
            if not self._may_go_on(number):
                return False
            if not await self._ask_for_more(place, rows):
                return stale > 0
            number += 1
            stale = 0 if await self._brings_more(rows) else stale + 1
        return stale > 0

    def _may_go_on(self, rounds: int) -> bool:
        if rounds >= self.opening.most_rounds:
            self._say("partial", f"要了 {rounds} 次更多还没有到头，已停止；若真有这么多，请写大 most_rounds。")
        elif not self._has_time():
            self._say("partial", f"这一页在 {self.seconds:.0f} 秒内没有读到头，后面的没有采集。")
        elif not self.crawling():
            self._say("partial", "采集被要求停止，这一页没有读到头。")
        else:
            return True
        return False

    async def _ask_for_more(self, place: Page | FrameLocator, rows: Locator) -> bool:
        """Scroll, or press the button; False where there is none any more, or a wall lies over it."""
        if self.opening.scroll:
            if await self._is_walled(rows.last):
                return False
            self.network.turned_away = False
            await _unless_it_leaves(rows.evaluate_all(_SCROLL), None)
            return True
        button = place.locator(f"{self.opening.more} >> visible=true").first
        if not await button.count() or not await button.is_enabled() or await self._is_walled(button):
            return False
        self.network.turned_away = False
        await button.dispatch_event("click")
        return True

    async def _is_walled(self, what: Locator) -> bool:
        """Look whether a wall lies over the first of these that shows."""
        self.walled = await _unless_it_leaves(is_walled(what.locator("visible=true").first), False)
        return self.walled

    async def _brings_more(self, rows: Locator) -> bool:
        return await self._brings(rows, AT_REST) or await self._brings(rows, STILL)

    async def _brings(self, rows: Locator, seconds: float) -> bool:
        await self._rest(seconds)
        return await self._take(rows) > 0

    async def _take(self, rows: Locator) -> int:
        return self.gathered.take(await _unless_it_leaves(rows.evaluate_all(_MARKUP), []))

    async def _appears(self, rows: Locator, due: Locator) -> bool:
        """Wait for what is due, at the end of the page: many fetch their comments when one comes down to them."""
        begun = monotonic()
        while not await _unless_it_leaves(due.count(), 0):
            await _unless_it_leaves(rows.evaluate_all(_SCROLL), None)
            if self.network.quiet_since(begun) >= GONE_BY or not self._has_time():
                return False
            await sleep(_BEAT)
        return True

    async def _rest(self, seconds: float) -> None:
        """Return when nothing has been under way for some seconds, or the time is up."""
        begun = monotonic()
        while self.network.quiet_since(begun) < seconds and self._has_time():
            await sleep(_BEAT)

    def _has_time(self) -> bool:
        return monotonic() - self._begun < self.seconds

    def _say(self, outcome: Literal["partial", "failed"], sentence: str) -> None:
        self.network.mishaps.append(Mishap(outcome, sentence))


async def _walls(page: Page) -> int:
    return await _unless_it_leaves(page.locator(_WALLS).count(), 0)


async def _unless_it_leaves(look: Awaitable[Seen], otherwise: Seen) -> Seen:
    """What a look sees, or `otherwise` where the page goes somewhere meanwhile: the next look sees where."""
    try:
        return await look
    except Error as error:
        if _LEFT not in error.message:
            raise
        return otherwise
