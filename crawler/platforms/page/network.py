"""The network of a page: all that a page in the browser asks for is fetched by the crawl's own engine, or not at all.

So hosts, inner addresses, robots.txt, pace, certificates, sizes and redirects are judged as for every other request.
The browser itself reaches nobody (see `browsing`).
"""

from asyncio import gather
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from html import escape
from time import monotonic
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from playwright.async_api import Dialog, Error, Page, Route
from playwright.async_api import Request as Wanted
from scrapy import Request
from scrapy.http import Response
from scrapy.spidermiddlewares.httperror import HttpError

from crawler.middlewares.guard import Elsewhere
from crawler.platforms.failures import mishap_of
from crawler.platforms.walls import in_message
from crawler.runs import Mishap

Fetch = Callable[[Request], Awaitable[Response]]
Given = Mapping[str, str | int | bytes | Mapping[str, str]]

_FETCHED = frozenset({"document", "script", "stylesheet", "xhr", "fetch"})
"""Kinds of things that words and their order may need; pictures, films, fonts and streams are not asked for."""

_NEEDED = _FETCHED - {"stylesheet"}
"""Kinds without which words may be missing: that one could not be had is said."""

_KEPT = frozenset({"script", "stylesheet"})
_DATA = frozenset({"xhr", "fetch"})
_METHODS = frozenset({"GET", "HEAD", "POST"})
_OURS = ("host", "user-agent", "cookie", "accept-encoding", "content-length", "connection")
_OF_THE_WIRE = frozenset({"content-encoding", "content-length", "transfer-encoding", "connection", "keep-alive"})
_ERROR = 400
_SHORT = 2_000
"""Bytes of a data answer that may be nothing but a refusal."""


class PageNetwork:
    """What one page may have. `document` is the page itself, already fetched; `kept` are scripts of earlier pages.

    mishaps      what the page needed and could not have
    foreign      hosts that the page wanted and the source does not declare
    turned_away  whether an answer or a dialog since `turned_away` was set to False asked for a sign-in or a captcha
    """

    def __init__(
        self, fetch: Fetch, document: Response, zone: ZoneInfo, skips: tuple[str, ...], kept: dict[str, Response]
    ) -> None:
        self.mishaps: list[Mishap] = []
        self.foreign: set[str] = set()
        self.turned_away = False
        self.page: Page | None = None
        self._fetch = fetch
        self._document: Response | None = document
        self._zone = zone
        self._skips = skips
        self._kept = kept
        self._under_way = 0
        self._last = monotonic()

    async def attach(self, page: Page, _request: Request) -> None:
        """Stand between a page and the world."""
        self.page = page
        page.on("dialog", self._dialog)
        page.on("popup", lambda popup: popup.close())
        await page.route("**/*", self.serve)

    def quiet_since(self, moment: float) -> float:
        """Seconds for which nothing has been under way, counted from a moment on."""
        return 0.0 if self._under_way else monotonic() - max(self._last, moment)

    async def serve(self, route: Route, wanted: Wanted) -> None:
        """Give a page what it wants, if it may have it."""
        with self._busy():
            answer = await self._answer(wanted)
            with suppress(Error):  # the page may be gone by now
                if answer is None:
                    await route.abort()
                else:
                    await route.fulfill(**answer)

    @contextmanager
    def _busy(self) -> Iterator[None]:
        self._under_way += 1
        try:
            yield
        finally:
            self._under_way -= 1
            self._last = monotonic()

    async def _answer(self, wanted: Wanted) -> Given | None:
        if self._document is not None and wanted.is_navigation_request():
            document, self._document = self._document, None
            return _given(document)
        path = urlsplit(wanted.url).path
        if wanted.resource_type not in _FETCHED or wanted.method not in _METHODS or path.startswith(self._skips):
            return None
        if wanted.url in self._kept:
            return _given(self._kept[wanted.url])
        [answer] = await gather(self._fetch(_request_for(wanted)), return_exceptions=True)
        if isinstance(answer, BaseException):
            self._note(wanted, answer)
            return None
        self._look_at(wanted, answer)
        redirected = wanted.resource_type == "document" and "redirect_urls" in answer.meta
        return _sent_on(answer.url) if redirected else _given(answer)

    def _look_at(self, wanted: Wanted, answer: Response) -> None:
        if answer.status >= _ERROR:
            self._note(wanted, HttpError(answer))
        elif wanted.resource_type in _KEPT:
            self._kept[wanted.url] = answer
        elif wanted.resource_type in _DATA and len(answer.body) <= _SHORT:
            self._hear(answer.body.decode("utf-8", "replace"))

    def _note(self, wanted: Wanted, error: BaseException) -> None:
        address = urlsplit(wanted.url)
        if isinstance(error, Elsewhere) and not self._is_page(wanted):
            self.foreign.add(address.hostname or address.scheme)
        elif wanted.resource_type in _NEEDED:
            mishap = mishap_of(error, self._zone)
            self.mishaps.append(Mishap(mishap.outcome, f"页面要的 {address.path[:80]}：{mishap.sentence}"))

    def _is_page(self, wanted: Wanted) -> bool:
        """Whether this is where the page itself goes, not one of its frames."""
        return wanted.is_navigation_request() and self.page is not None and wanted.frame == self.page.main_frame

    def _hear(self, words: str) -> None:
        wall = in_message(words)
        self.turned_away = self.turned_away or (wall is not None and wall.kind != "too often")

    async def _dialog(self, dialog: Dialog) -> None:
        self._hear(dialog.message)
        await dialog.dismiss()


def _request_for(wanted: Wanted) -> Request:
    """The engine's request for what a page wants: in our name, with the cookies of the crawl."""
    headers = {
        name: value for name, value in wanted.headers.items() if name not in _OURS and not name.startswith("sec-")
    }
    return Request(wanted.url, method=wanted.method, headers=headers, body=wanted.post_data_buffer or b"")


def _given(answer: Response) -> Given:
    """An answer as Playwright gives it to a page."""
    headers = {
        name.decode("latin-1").lower(): "\n".join(value.decode("latin-1") for value in values)
        for name, values in answer.headers.items()
        if name.decode("latin-1").lower() not in _OF_THE_WIRE
    }
    return {"status": answer.status, "headers": headers, "body": answer.body}


def _sent_on(url: str) -> Given:
    """A document that was redirected: its frame must know where it is, so that it is sent there."""
    page = f'<meta http-equiv="refresh" content="0;url={escape(url)}">'
    return {"status": 200, "content_type": "text/html; charset=utf-8", "body": page}
