"""The guard: a request goes to the hosts its source declares, redirects included, and nowhere else.

Scrapy's own offsite filter drops such a request without telling the spider; that would be a silent loss.
"""

from typing import Self
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest


class Elsewhere(IgnoreRequest):
    """The request would leave the source's hosts."""


class Guard:
    """Stops a request to any host but the spider's `allowed_domains`; the spider hears of it."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way to make a middleware."""
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Raise Elsewhere for a host that is not the source's."""
        host = urlsplit(request.url).hostname
        if host not in self._crawler.spider.allowed_domains:
            raise Elsewhere(host)
