"""Keeping: each answer a spider gets is masked and added to the evidence of its run before the spider reads it."""

from asyncio import wrap_future
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured
from scrapy.http import Response, TextResponse
from scrapy.http.request import NO_CALLBACK

from crawler.config import Config
from crawler.errors import ServiceAway
from crawler.evidence import Answer, EvidenceWriter, digest_of, evidence_path, forget_old
from crawler.platforms.base import PlatformSpider
from crawler.recalled import Told
from pipelines.evidence.redaction import Redaction
from pipelines.masking.pseudonyms import Pseudonyms, read_or_make_key


class Keeping:
    """Keeps the answers to a spider whose platform says what may be kept. Masks and writes in a thread of its own.

    Where the disk does not take them any more the run says so, and goes on without.
    """

    def __init__(self, spider: PlatformSpider, redaction: Redaction, path: Path) -> None:
        self._spider = spider
        self._redaction = redaction
        self._path = path
        self._writer: EvidenceWriter | None = None
        self._thread: ThreadPoolExecutor | None = ThreadPoolExecutor(1, "evidence")

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Scrapy's way to make a middleware. What is older than it may be is deleted first."""
        config: Config = crawler.settings["LIANXIN_CONFIG"]
        spider: PlatformSpider = crawler.spider
        try:
            forget_old(config, datetime.now(UTC))
        except ServiceAway as trouble:
            spider.fell_short(f"以前留下的平台回答到期了却删不掉，这次的没有留，以后不能重读：{trouble}")
            raise NotConfigured from trouble
        fields = spider.fields_kept()
        if not config.evidence_days or fields is None:
            raise NotConfigured
        pseudonyms = Pseudonyms(read_or_make_key(config.key_path))
        redaction = Redaction(spider.name, fields, spider.officials(), pseudonyms)
        keeping = cls(spider, redaction, evidence_path(config, spider.tally.run))
        crawler.signals.connect(keeping.close, signal=signals.spider_closed)
        return keeping

    def process_request(self, request: Request) -> None:
        """Remember the question as the spider put it, wherever it is redirected to."""
        request.meta.setdefault("asked", digest_of(request))

    async def process_response(self, request: Request, response: Response) -> Response:
        """Keep an answer to the spider; robots.txt is none."""
        if request.callback is NO_CALLBACK:
            return response
        at = request.meta["answered_at"] = datetime.now(UTC)
        told = dict(self._spider.tally.told)
        self._spider.tally.told.clear()
        if self._thread is not None:
            try:
                await wrap_future(self._thread.submit(self._keep, request, response, at, told))
            except ServiceAway as trouble:
                self._thread = None
                self._fell_short(trouble)
        return response

    def close(self) -> None:
        """Add what the ledger told after the last answer, and let go of the file.

        Waits for the disk: the run's accounts are closed next, and are to say where it refuses. Without an answer there
        is nothing to read again, and no file.
        """
        if self._thread is not None:
            self._thread.shutdown()
        if self._writer is not None:
            try:
                if self._thread is not None and self._spider.tally.told:
                    self._writer.keep_told(self._spider.tally.told)
            except ServiceAway as trouble:
                self._fell_short(trouble)
            finally:
                self._writer.close()

    def _fell_short(self, trouble: ServiceAway) -> None:
        self._spider.fell_short(f"平台的回答没有留下来，以后不能重读：{trouble}")

    def _keep(self, request: Request, response: Response, at: datetime, told: Told) -> None:
        if self._writer is None:
            self._writer = EvidenceWriter(self._path)
        if told:
            self._writer.keep_told(told)
        names = set(self._redaction.names_in(list(request.cb_kwargs["facts"].values())))
        is_text = isinstance(response, TextResponse)
        self._writer.keep(
            Answer(
                asked=request.meta["asked"],
                url=response.url.partition("?")[0],
                at=at,
                status=response.status,
                content_type=_content_type(response),
                cookies=tuple(
                    line.decode("latin-1").partition("=")[0] for line in response.headers.getlist("Set-Cookie")
                ),
                body=self._redaction.of(response.text, names) if is_text else None,
            )
        )


def _content_type(response: Response) -> str:
    """The answer's, in the encoding in which it is kept."""
    told = (response.headers.get("Content-Type") or b"text/html").decode("latin-1")
    return f"{told.partition(';')[0].strip()}; charset=utf-8"
