"""The guard: a request goes to the hosts its source declares, redirects included, and nowhere else.

Scrapy's own offsite filter drops such a request without telling the spider; that would be a silent loss. Nor does a
name lead into our own network, unless the source says that it lies there: the address it stands for is looked at, and
is the one that is then connected to, for names are looked up once.
"""

from contextlib import suppress
from ipaddress import ip_address
from typing import Self
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.utils.defer import maybe_deferred_to_future

_SCHEMES = ("http", "https")


class Elsewhere(IgnoreRequest):
    """The request would leave the source's hosts."""


class Inside(IgnoreRequest):
    """The request would go into our own network."""


class Guard:
    """Stops a request to any host but the spider's `allowed_domains`, or inside; the spider hears of it."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way to make a middleware."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Raise Elsewhere for a host that is not the source's, Inside for an address that is not public."""
        spider, address = self._crawler.spider, urlsplit(request.url)
        if address.scheme not in _SCHEMES or address.hostname not in spider.allowed_domains:
            raise Elsewhere(address.hostname or address.scheme)
        if not spider.entry.inside and not ip_address(await _looked_up(address.hostname)).is_global:
            raise Inside(address.hostname)


async def _looked_up(host: str) -> str:
    with suppress(ValueError):
        return str(ip_address(host))
    from twisted.internet import reactor  # noqa: PLC0415 - it is chosen at its first import

    return await maybe_deferred_to_future(reactor.resolve(host))
