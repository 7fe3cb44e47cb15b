"""Downloading: Scrapy's own, each request when its host's turn has come."""

from time import monotonic
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler
from scrapy.http import Response


class PacedDownload(HTTP11DownloadHandler):
    """The last thing before the wire: here no queue, retry or redirect can come between a turn and its request."""

    async def download_request(self, request: Request) -> Response:
        """Wait for the turn, then ask. Raises Resting where the host wants to be left alone."""
        turns = self._crawler.spider.turns
        host = urlsplit(request.url).hostname or ""
        await turns.come(host)
        begun = monotonic()
        response = await super().download_request(request)
        turns.learn(host, monotonic() - begun, response.status)
        return response
