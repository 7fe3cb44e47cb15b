"""Cookies without a request of their own.

Scrapy tells cookie domains apart with tldextract, which fetches the newest public-suffix list from the internet on
first use, past robots.txt, pace and `allowed_domains`. The list that ships with tldextract does as well.
"""

from scrapy.downloadermiddlewares import cookies
from tldextract import TLDExtract

_domains = TLDExtract(suffix_list_urls=(), include_psl_private_domains=True)
_domains("localhost")  # reads the list now: it takes a while, and at the first request the reactor would stand still
cookies._split_domain = _domains


class OfflineCookies(cookies.CookiesMiddleware):
    """Scrapy's cookies; asks nobody but the platform."""
