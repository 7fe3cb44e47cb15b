"""Asking again: what broke on the way, a few times; what the platform put off, when it said, and not before.

Retry-After (RFC 9110, 10.2.3) is seconds or a date. Its host is left alone for that long by every process here.
"""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.downloadermiddlewares.retry import RetryMiddleware
from scrapy.http import Response

from crawler.pacing import LONGEST_REST, PATIENCE

_PUTS_OFF = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)


class Patience(RetryMiddleware):
    """Scrapy's retries, and rests that a platform asks for."""

    async def process_response(self, request: Request, response: Response) -> Request | Response:
        """The answer, or the request to be made again. A 429 that names no time is a refusal: nobody asks again."""
        wait = retry_after(response, datetime.now(UTC)) if response.status in _PUTS_OFF else None
        if wait is None:
            return super().process_response(request, response)
        await self.crawler.spider.turns.rest(urlsplit(request.url).hostname or "", wait)
        if wait > PATIENCE:
            return response
        return self._retry(request, f"put off by {response.status}") or response


def retry_after(response: Response, now: datetime) -> float | None:
    """Seconds for which the platform wants to be left alone, at most LONGEST_REST; None where it names none."""
    told = (response.headers.get("Retry-After") or b"").decode("latin-1").strip()
    if told.isascii() and told.isdigit():
        return min(float(told), LONGEST_REST)
    try:
        at = parsedate_to_datetime(told)
    except (ValueError, OverflowError):
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return min(max((at - now).total_seconds(), 0.0), LONGEST_REST)
