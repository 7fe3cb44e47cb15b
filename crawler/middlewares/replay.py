"""Replay: every request is answered from the evidence of an earlier crawl, and none leaves the machine.

Stands before everything else, so that robots.txt, pace and names of hosts are not asked for either.
"""

from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.responsetypes import responsetypes

from crawler.evidence import Answer, Evidence, digest_of


class NotKept(IgnoreRequest):
    """The evidence has no answer to the request, or none of which anything could be kept."""


class Replay:
    """Answers from the evidence in the settings."""

    def __init__(self, evidence: Evidence) -> None:
        self._evidence = evidence

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way to make a middleware."""
        return cls(crawler.settings["LIANXIN_EVIDENCE"])

    def process_request(self, request: Request) -> Response:
        """The kept answer, and its moment in the request's `meta`. Raises NotKept."""
        answer = self._evidence.answer(digest_of(request))
        if answer is None or answer.body is None:
            raise NotKept
        request.meta["answered_at"] = answer.at
        return _response(request, answer)


def _response(request: Request, answer: Answer) -> Response:
    body = (answer.body or "").encode("utf-8", "surrogatepass")
    url = request.url if request.url.partition("?")[0] == answer.url else answer.url
    headers = {"Content-Type": answer.content_type, "Set-Cookie": [f"{name}=kept" for name in answer.cookies]}
    kind = responsetypes.from_args(headers={"Content-Type": answer.content_type}, url=url, body=body)
    return kind(url, status=answer.status, headers=headers, body=body, request=request)
