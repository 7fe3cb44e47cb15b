"""The guard: a request goes to the hosts and ports its source declares, redirects included, and nowhere else.

Scrapy's own offsite filter drops such a request without telling the spider; that would be a silent loss. Nor does a
name lead into our own network, unless the source says that it lies there: the address it stands for is looked at, and
is the one that is then connected to, for names are looked up once.
"""

from collections.abc import Iterable
from contextlib import suppress
from ipaddress import ip_address
from typing import Self
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.utils.defer import maybe_deferred_to_future

from crawler.addresses import PORTS

_SITES = frozenset(PORTS.values())


class Elsewhere(IgnoreRequest):
    """The request would leave the source's hosts, or their ports."""


class Inside(IgnoreRequest):
    """The request would go into our own network."""


class Guard:
    """Stops a request to any place but the spider's `addresses`, or inside; the spider hears of it."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way to make a middleware."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Raise Elsewhere for a place that is not the source's, Inside for an address that is not public."""
        spider, place = self._crawler.spider, _place(request.url)
        if place is None or not _is_among(place, map(_place, spider.addresses())):
            raise Elsewhere(urlsplit(request.url).netloc.rpartition("@")[2] or urlsplit(request.url).scheme)
        host, _ = place
        if not spider.entry.inside and not ip_address(await _looked_up(host)).is_global:
            raise Inside(host)


def _place(url: str) -> tuple[str, int] | None:
    """Host and port; None for what is no address of the web."""
    with suppress(ValueError):  # a port that is none
        parts = urlsplit(url)
        if parts.hostname and parts.scheme in PORTS:
            return parts.hostname, parts.port or PORTS[parts.scheme]
    return None


def _is_among(place: tuple[str, int], declared: Iterable[tuple[str, int] | None]) -> bool:
    """Whether the host is declared with this port; a site may be asked by either scheme where both are usual ports."""
    host, port = place
    ports = {each[1] for each in declared if each is not None and each[0] == host}
    return port in ports or (port in _SITES and not _SITES.isdisjoint(ports))


async def _looked_up(host: str) -> str:
    with suppress(ValueError):
        return str(ip_address(host))
    from twisted.internet import reactor  # noqa: PLC0415 - it is chosen at its first import

    return await maybe_deferred_to_future(reactor.resolve(host))
