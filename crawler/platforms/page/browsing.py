"""Browsing: a page that was fetched as every page is, then opened in a browser that reaches nobody by itself.

scrapy-playwright starts the browser, gives it pages and closes it; `crawler.browser` says how it is started. What does
not come by way of `PageNetwork` does not come at all.
"""

import re
from asyncio import timeout
from contextlib import suppress
from http import HTTPStatus

from playwright.async_api import Error
from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.http import HtmlResponse, Response
from scrapy_playwright.handler import ScrapyPlaywrightDownloadHandler
from scrapy_playwright.page import PageMethod

from crawler.platforms.page.network import PageNetwork
from crawler.platforms.page.reading import Reading
from crawler.platforms.page.seen import OPENING, SEEN, Seen
from crawler.runs import Mishap

LIMIT = 20
"""Times `pace.timeout` that a page may take, all it fetches and all its rounds together; once more, and it hangs."""

_END = 30.0
"""Seconds in which a browser must have closed."""

_CLOSE = 5.0
"""Seconds in which a page must have closed; else the browser is."""

_GONE = re.compile("closed|crash", re.IGNORECASE)


class Browsing:
    """Opens in the browser what a request with OPENING brought, and gives the page as it then is."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._browser = ScrapyPlaywrightDownloadHandler(crawler)
        self._browser.config.target_closed_max_retries = 0  # a browser that went is said, not asked again in silence
        self._kept: dict[str, Response] = {}
        crawler.signals.connect(self._close, signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "Browsing":
        """Scrapy's way to make a middleware."""
        return cls(crawler)

    async def process_response(self, request: Request, response: Response) -> Response:
        """The page as the browser shows it, with SEEN; all that is no page as it came."""
        if OPENING not in request.meta or not _is_page(response):
            return response
        opening, gathered = request.meta[OPENING]
        spider = self._crawler.spider
        network = PageNetwork(
            self._crawler.engine.download_async, response, spider.zone, spider.options.skips, self._kept
        )
        seconds = spider.entry.pace.timeout * LIMIT
        reading = Reading(opening, network, gathered, seconds, lambda: self._crawler.crawling)
        shown = await self._shown(response, reading)
        seen = Seen(gathered.rows, reading.appeared, reading.walled, frozenset(network.foreign), tuple(network.mishaps))
        request.meta[SEEN] = seen
        return shown.replace(url=response.url, request=request)  # scripts may have gone on from there

    async def _shown(self, response: Response, reading: Reading) -> Response:
        """The page as it is in the end, or as it came where the browser does not get there: that is said."""
        network = reading.network
        try:
            async with timeout(reading.seconds + self._crawler.spider.entry.pace.timeout):
                return await self._browser.download_request(self._visit(response.url, reading))
        except TimeoutError:
            sentence = f"浏览器里的这一页卡住了，{reading.seconds:.0f} 秒内没有读完，已停止。"
        except Error as error:
            sentence = self._why(error, network)
        finally:
            await self._leave(network)
        network.mishaps.append(Mishap("failed", sentence))
        return response

    def _visit(self, url: str, reading: Reading) -> Request:
        spider = self._crawler.spider
        context = {
            "accept_downloads": False,
            "locale": "zh-CN",
            "service_workers": "block",
            "timezone_id": spider.zone.key,
            "user_agent": self._crawler.settings["USER_AGENT"],
        }
        meta = {
            "playwright": True,
            "playwright_context_kwargs": context,
            "playwright_page_init_callback": reading.network.attach,
            "playwright_page_goto_kwargs": {"wait_until": "commit"},
            "playwright_page_methods": [PageMethod(reading.read)],
        }
        return Request(url, meta=meta)

    @staticmethod
    def _why(error: Error, network: PageNetwork) -> str:
        line = error.message.partition("\n")[0][:200]
        if network.page is None:
            return f"浏览器开不起来（{line}），请运行 lianxin check。"
        if _GONE.search(line):
            return "浏览器中途退出了（被关掉，或内存不够），这一页没有读完。"
        return f"浏览器打不开这一页（{line}）。"

    async def _leave(self, network: PageNetwork) -> None:
        """Close a page; where it does not let itself be closed, the browser: the next page gets a new one."""
        if network.page is None or network.page.is_closed():
            return
        try:
            async with timeout(_CLOSE):
                await network.page.close()
        except (TimeoutError, Error):
            with suppress(TimeoutError, Error):
                async with timeout(_END):
                    await self._browser.browser.close()

    async def _close(self) -> None:
        with suppress(TimeoutError, Error):
            async with timeout(_END):
                await self._browser.close()


def _is_page(response: Response) -> bool:
    return response.status == HTTPStatus.OK and isinstance(response, HtmlResponse) and bool(response.body.strip())
