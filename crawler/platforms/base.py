"""PlatformSpider: the base of every platform. What it does, no platform needs to do again."""

from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from datetime import datetime
from typing import ClassVar, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from scrapy import FormRequest, Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider, IgnoreRequest
from scrapy.http import Response
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.internet.error import DNSLookupError
from twisted.internet.error import TimeoutError as TwistedTimeout
from twisted.python.failure import Failure

from crawler.items import Comment, Item, Post, Reply
from crawler.middlewares.guard import Elsewhere
from crawler.platforms.answers import Refused, Unreadable
from crawler.registry.policies import Entry
from crawler.registry.sources import SourceEntry
from crawler.runs import Mishap, Tally

REFUSALS = frozenset({401, 403, 407, 414, 418, 429, 432, 451, 511})
"""HTTP statuses with which platforms turn a reader away (platforms differ; all of these were seen)."""

Read = Callable[..., Iterator[Item | Request]]


class Options(Entry):
    """What a source may set for its platform; each platform has its own."""


class PlatformSpider(Spider):
    """One crawl of one source. To add a platform, write a module in `crawler/platforms`:

    1. pure parsers: bytes (or JSON) in, items out, no Scrapy in them; they raise Refused or Unreadable;
    2. a class of this kind with `name` (the module's name), `options_model`, and `begin`, which yields the first
       requests made with `ask`;
    3. methods that read an answer: generators of items and of further `ask(…)`. When there is no next page they just
       end. Nothing else: counting, outcomes, errors, pace and storing are done here and in the steps.

    Its docstring says how the platform pages, how it ends and how it refuses.
    """

    options_model: ClassVar[type[Options]] = Options

    def __init__(self, entry: SourceEntry, tally: Tally, zone: ZoneInfo, sample: int | None = None) -> None:
        super().__init__(name=self.name)
        self.entry = entry
        self.tally = tally
        self.zone = zone
        self.sample = sample
        self.options = self.options_model.model_validate(entry.options)
        self.allowed_domains = [host for url in self.addresses() if (host := urlsplit(url).hostname)]

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: object, **kwargs: object) -> Self:
        """Scrapy's way to make a spider; hears of every parser that breaks."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider.parser_broke, signal=signals.spider_error)
        return spider

    def addresses(self) -> list[str]:
        """The addresses whose hosts this source may be asked from. Requests to any other host are dropped."""
        raise NotImplementedError

    def begin(self) -> Iterator[Request]:
        """The first requests, made with `ask`."""
        raise NotImplementedError

    async def start(self) -> AsyncIterator[Request]:
        """Scrapy's entry."""
        for request in self.begin():
            yield request

    def ask(
        self,
        then: Read,
        url: str,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        **facts: object,
    ) -> Request:
        """A request whose answer is read by `then(response, **facts)`. With `form` it is a POST."""
        self.tally.asked += 1
        kind, more = (Request, {}) if form is None else (FormRequest, {"formdata": dict(form)})
        return kind(
            url,
            callback=self._read,
            errback=self.unanswered,
            headers=dict(headers or {}),
            cb_kwargs={"then": then, "facts": facts},
            **more,
        )

    def _read(self, response: Response, then: Read, facts: Mapping[str, object]) -> Iterator[Item | Request]:
        try:
            for result in then(response, **facts):
                if isinstance(result, (Post, Comment, Reply)):
                    self._count(result)
                yield result
        except Refused as refusal:
            self.refused(str(refusal))
        except Unreadable as broken:
            self.tally.mishaps.append(Mishap("failed", str(broken)))
        else:
            self.tally.answered += 1

    def _count(self, _item: Item) -> None:
        if self.sample is not None and self.tally.fetched >= self.sample:
            raise CloseSpider("sample")
        self.tally.fetched += 1

    def refused(self, sentence: str) -> None:
        """The platform turned us away: note it and stop, never push on."""
        self.tally.mishaps.append(Mishap("blocked", sentence))
        raise CloseSpider("blocked")

    def unanswered(self, failure: Failure) -> None:
        """A request that brought no usable answer."""
        if failure.check(HttpError):
            status = failure.value.response.status
            if status in REFUSALS:
                self.refused(f"平台拒绝访问（HTTP {status}）。请过一段时间再采集；若总是这样，请联系平台。")
            sentence = (
                "地址不存在（HTTP 404），请核对来源的地址和编号。" if status == 404 else f"平台出错（HTTP {status}）。"
            )
        elif failure.check(Elsewhere):
            self.refused(f"被转到了别的网站（{failure.value}，通常是登录或验证页），没有跟过去，已停止。")
        elif failure.check(IgnoreRequest):
            robots = "robots" in str(failure.value)
            self.refused(
                "robots.txt 不允许采集这个地址，已停止。" if robots else "平台把请求转来转去，没有给出内容，已停止。"
            )
        elif failure.check(DNSLookupError):
            sentence = "找不到这个网站的地址（域名解析失败），请核对网址。"
        elif failure.check(TwistedTimeout):
            sentence = "平台在限定时间内没有回答。"
        else:
            sentence = f"连不上平台，或回答中途断开（{failure.type.__name__}）。请核对网址和网络。"
        self.tally.mishaps.append(Mishap("failed", sentence))

    def parser_broke(self, failure: Failure) -> None:
        """A parser met something it was not written for; Scrapy logs where."""
        if not failure.check(CloseSpider):
            self.tally.mishaps.append(
                Mishap("failed", f"解析出错（{failure.type.__name__}），平台可能改版，请把日志交给工程师。")
            )

    def too_old(self, at: datetime) -> bool:
        """Whether a moment lies before the day, in the configured zone, from which this source is collected."""
        return self.entry.since is not None and at.astimezone(self.zone).date() < self.entry.since
