"""Compressed answers: whole or not at all, and never larger than an answer may be.

Scrapy gives what a cut answer holds, which a parser may take for all there is.
"""

import zlib

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.downloadermiddlewares.retry import get_retry_request
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

ENCODINGS = b"gzip, deflate"
"""What we say we read; br and zstd cannot be told cut from whole by the means at hand."""

_CHUNK = 64 * 1024
_GZIP, _ZLIB, _RAW = 16 + zlib.MAX_WBITS, zlib.MAX_WBITS, -zlib.MAX_WBITS


class TooLarge(IgnoreRequest):
    """The answer is larger, unpacked, than an answer may be."""


class Cut(IgnoreRequest):
    """The answer ended before its end, at every try."""


class WholeCompression(HttpCompressionMiddleware):
    """Unpacks answers; asks again for those that were cut."""

    def __init__(self, *, crawler: Crawler) -> None:
        super().__init__(crawler=crawler)
        self._crawler = crawler

    def process_request(self, request: Request) -> None:
        """Say what we read."""
        request.headers.setdefault("Accept-Encoding", ENCODINGS)

    def process_response(self, request: Request, response: Response) -> Request | Response:
        """The answer unpacked. Raises TooLarge; raises Cut where asking again does not help."""
        try:
            return super().process_response(request, response)
        except _Cut as cut:
            again = get_retry_request(request, spider=self._crawler.spider, reason="cut")
            if again is None:
                raise Cut from cut
            return again

    @staticmethod
    def _decode(body: bytes, encoding: bytes, max_size: int) -> bytes:
        if encoding == b"deflate":
            try:
                return unpacked(body, max_size, _ZLIB)
            except zlib.error:  # some servers leave out the frame that the standard wants
                return unpacked(body, max_size, _RAW)
        return unpacked(body, max_size, _GZIP)


class _Cut(Exception):
    """Ended before its end."""


def unpacked(body: bytes, most: int, window: int) -> bytes:
    """All of a packed answer; of several gzip members all. Raises TooLarge beyond `most` bytes, zlib.error."""
    found = bytearray()
    while True:
        packed = zlib.decompressobj(window)
        while not packed.eof:
            piece = packed.decompress(body, _CHUNK)
            body = packed.unconsumed_tail
            found += piece
            if len(found) > most:
                raise TooLarge
            if not piece and not body and not packed.eof:
                raise _Cut
        body = packed.unused_data
        if window != _GZIP or not body.startswith(b"\x1f\x8b"):
            return bytes(found)
