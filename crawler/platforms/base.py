"""PlatformSpider: the base of every platform. What it does, no platform needs to do again."""

import hashlib
import json
import re
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from functools import partial
from http import HTTPStatus
from typing import ClassVar, Self
from zoneinfo import ZoneInfo

from pydantic import JsonValue
from scrapy import FormRequest, Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider
from scrapy.http import JsonRequest, Response
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.python.failure import Failure

from crawler.coverage import LETTERS
from crawler.evidence import Fields
from crawler.items import Comment, Item, Post, Reply
from crawler.known import Known
from crawler.pacing import Turns
from crawler.platforms.answers import Refused, Unreadable
from crawler.platforms.failures import mishap_of
from crawler.platforms.walks import MOST_PAGES, Walk, Work
from crawler.portions import Portion, portions
from crawler.recalled import Recalled
from crawler.registry.policies import Entry
from crawler.registry.sources import SourceEntry
from crawler.runs import Mishap, Tally

ERRORS_IN_A_ROW = 5
"""Requests without a usable answer, one after the other, after which a crawl stops by itself."""

_NOT_THERE = (HTTPStatus.NOT_FOUND, HTTPStatus.GONE)

_HOST = re.compile(r'https?://[^/"]+')
"""What of an address does not decide what is read: the same is read from another port or mirror."""

WAITING = timedelta(days=180)
"""How old a letter may be whose answer is still looked for."""

Read = Callable[..., Iterator[Item | Request]]


class Options(Entry):
    """What a source may set for its platform; each platform has its own."""


class PlatformSpider(Spider):
    """One crawl of one source. To add a platform, write a module in `crawler/platforms`:

    1. pure parsers: bytes (or JSON) in, items out, no Scrapy in them; they raise Refused or Unreadable;
    2. a class of this kind with `name` (the module's name), `options_model`, and `begin`, which yields the first
       requests made with `ask`;
    3. methods that read an answer: generators of items and of further `ask(…)`. A list is read along a `walk`, which is
       told of each page at its end and says where to go on. Nothing else: counting, outcomes, errors, pace, storing
       and how far was read are done here and in the steps.

    `known` tells what is read already. The platform's docstring says how it pages, how it ends and
    how it refuses.
    """

    options_model: ClassVar[type[Options]] = Options
    against_refusals: ClassVar[str] = ""
    """What helps where this platform refuses by a status, as a sentence; empty where nothing more is known."""

    def __init__(
        self,
        entry: SourceEntry,
        tally: Tally,
        turns: Turns,
        zone: ZoneInfo,
        sample: int | None = None,
        known: Known | Recalled | None = None,
    ) -> None:
        super().__init__(name=self.name)
        self.entry = entry
        self.tally = tally
        self.turns = turns
        self.zone = zone
        self.sample = sample
        self._known = known
        self._at: tuple[Walk | None, Work | None] = (None, None)  # what is being read
        self.options = self.options_model.model_validate(entry.options)
        self._errors = 0
        self.tally.settings_digest = self._settings_digest()

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: object, **kwargs: object) -> Self:
        """Scrapy's way to make a spider; hears of every parser that breaks."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider.parser_broke, signal=signals.spider_error)
        return spider

    def addresses(self) -> list[str]:
        """The addresses whose hosts and ports this source may be asked from. Requests to any other are dropped."""
        raise NotImplementedError

    def officials(self) -> frozenset[str]:
        """The names and numbers under which public bodies speak there: they are no persons'."""
        return frozenset()

    def fields_kept(self) -> Fields | None:
        """What of an answer may be kept as evidence; None, as it comes, keeps nothing."""
        return None

    def settings_read(self) -> Mapping[str, JsonValue]:
        """What a person set that decides what is read: runs with anything else are no measure for this one."""
        return {"options": self.entry.options, "since": str(self.entry.since), "overlap": self.entry.overlap}

    def _settings_digest(self) -> str:
        told = _HOST.sub("", json.dumps(self.settings_read(), sort_keys=True))
        return hashlib.blake2b(told.encode(), digest_size=16).hexdigest()

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
        data: Mapping[str, JsonValue] | None = None,
        walk: Walk | None = None,
        **facts: object,
    ) -> Request:
        """A request whose answer is read by `then(response, **facts)`. With `form`, or `data` (JSON), it is a POST.

        With `walk` it is that walk's next page, and `then` is given the walk as well.
        """
        self.tally.asked += 1
        above = self._at[1]
        at = (walk, walk.open_page()) if walk else (self._at[0], above or Work())
        if walk is None and above:
            above.begin()
        given = facts if walk is None else {**facts, "walk": walk}
        kind, more = (Request, {}) if form is None else (FormRequest, {"formdata": dict(form)})
        if data is not None:
            kind, more = JsonRequest, {"data": dict(data)}
        return kind(
            url,
            callback=self._read,
            errback=self.unanswered,
            headers=dict(headers or {}),
            cb_kwargs={"then": then, "facts": given, "at": at},
            **more,
        )

    def walk(self, name: str | None = None, most: int = MOST_PAGES) -> Walk:
        """A reading of one of the source's lists (`crawler/coverage.py` has their names), to be told of each page.

        Without a name it is a list that belongs to the page that is being read.
        """
        since, known, now = self.entry.since, self._known, self.tally.replayed or datetime.now(UTC)
        return Walk(
            name,
            now,
            note=self.tally.lists.notes.append,
            spans=known.spans(name) if known and name else (),
            overlap=timedelta(days=self.entry.overlap),
            limit=datetime.combine(since, time(), self.zone) if since else None,
            waiting=known.waiting_since(now - WAITING) if known and name == LETTERS else None,
            above=self._at,
            most=most,
        )

    def _read(
        self, response: Response, then: Read, facts: Mapping[str, object], at: tuple[Walk | None, Work]
    ) -> Iterator[Portion | Request]:
        self.tally.retries += response.meta.get("retry_times", 0)
        try:
            yield from portions(self._results(then, response, facts, at), partial(self._portion, at[1]))
        except Refused as refusal:
            yield from self._turned_away(str(refusal), at[1])
        except Unreadable as broken:
            at[1].end()  # asked again it would be the same
            self._not_understood(at[0])
            self.erred(str(broken))
        else:
            self.tally.answered += 1
            self._errors = 0
            at[1].end()
        if not self.entry.pace.allows(datetime.now(self.zone)):
            raise CloseSpider("hours")

    def _results(
        self, then: Read, response: Response, facts: Mapping[str, object], at: tuple[Walk | None, Work]
    ) -> Iterator[Item | Request]:
        """What reading an answer gives. Others are read between two results: each says what it belongs to."""
        self._at = at
        results = iter(then(response, **facts))
        while True:
            self._at = at
            try:
                result = next(results)
            except StopIteration:
                return
            finally:
                self._at = (None, None)
            if isinstance(result, (Post, Comment, Reply)):
                self._count(result)
            yield result

    def _portion(self, work: Work, items: Sequence[Item]) -> Portion:
        """Some items of the answer that is being read: it is not done with before they are kept."""
        work.begin()
        return Portion(items, taken=work.end)

    def _count(self, _item: Item) -> None:
        if self.sample is not None and self.tally.fetched >= self.sample:
            raise CloseSpider("sample")
        self.tally.fetched += 1

    def no_longer_waiting(self) -> Sequence[Item]:
        """What was found and waits for what belongs to it, given once: it is kept when the platform turns us away."""
        return ()

    def _turned_away(self, sentence: str, work: Work) -> Iterator[Portion | Request]:
        """The platform turned us away: note it, keep what waits and stop, never push on."""
        self.tally.mishaps.append(Mishap("blocked", sentence))
        waiting = self.no_longer_waiting()
        for item in waiting:
            self._count(item)
        yield from portions(iter(waiting), partial(self._portion, work))
        raise CloseSpider("blocked")

    def unanswered(self, failure: Failure) -> Iterator[Portion | Request]:
        """A request that brought no usable answer."""
        self.tally.retries += failure.request.meta.get("retry_times", 0)
        mishap = mishap_of(failure.value, self.zone)
        work: Work = failure.request.cb_kwargs["at"][1]
        if failure.check(HttpError) and failure.value.response.status in _NOT_THERE:
            work.end()
        if mishap.outcome == "blocked":
            hint = self.against_refusals if failure.check(HttpError) else ""
            yield from self._turned_away(mishap.sentence + hint, work)
        self.erred(mishap.sentence)

    def erred(self, sentence: str) -> None:
        """Note what went wrong; after several in a row stop, for the platform or the way there is not well."""
        self.tally.mishaps.append(Mishap("failed", sentence))
        self._not_understood(self._at[0])
        self._errors += 1
        if self._errors >= ERRORS_IN_A_ROW:
            raise CloseSpider("errors")

    def _not_understood(self, walk: Walk | None) -> None:
        """What a list held and nobody could read is there all the same: nothing of it counts as taken down."""
        if walk:
            walk.falls_short()

    def leave_undone(self) -> None:
        """The page that is being read is not done with: what it lacks may be had another time, so it is read again."""
        if work := self._at[1]:
            work.begin()

    def fell_short(self, sentence: str) -> None:
        """Note that something could not be had whole; the crawl goes on."""
        self.tally.mishaps.append(Mishap("partial", sentence))
        if walk := self._at[0]:
            walk.falls_short()

    def parser_broke(self, failure: Failure) -> None:
        """A parser met something it was not written for; Scrapy logs where."""
        if not failure.check(CloseSpider):
            self.tally.mishaps.append(
                Mishap("failed", f"解析出错（{failure.type.__name__}），平台可能改版，请把日志交给工程师。")
            )

    def is_settled(self, letter: str, at: datetime | None) -> bool:
        """Whether a letter need not be asked for again: stored, answered, and older than what is looked at again."""
        again = datetime.now(UTC) - timedelta(days=self.entry.overlap)
        settled = at is not None and at < again and self._known is not None and self._known.is_answered(letter)
        if settled:
            self.tally.lists.settled.add(letter)
        return settled

    def answered_at(self, response: Response) -> datetime:
        """The moment from which an answer's times count back; in a replay that of the first reading."""
        return response.meta.get("answered_at") or datetime.now(UTC)

    def too_old(self, at: datetime) -> bool:
        """Whether a moment lies before the day, in the configured zone, from which this source is collected."""
        return self.entry.since is not None and at.astimezone(self.zone).date() < self.entry.since
