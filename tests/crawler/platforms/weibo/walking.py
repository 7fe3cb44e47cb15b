"""A crawl of Weibo without a network: the spider's requests are answered by a function, one after the other."""

from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import parse_qsl, urlsplit
from zoneinfo import ZoneInfo

from scrapy.exceptions import CloseSpider
from scrapy.http import HtmlResponse, Request
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.python.failure import Failure

from crawler.config import Config
from crawler.items import Comment, Item, Post, Reply
from crawler.pacing import Turns
from crawler.platforms.weibo import WeiboSpider
from crawler.registry import SourceEntry
from crawler.runs import Tally, verdict
from crawler.town.server import Answering, Asked
from crawler.town.weibo_rows import UID

SITES = {
    "m": "http://m.test",
    "m_visitor": "http://v.test/weibo.cn",
    "web": "http://w.test",
    "web_visitor": "http://v.test/weibo.com",
}


@dataclass
class Walked:
    """What came of it. `closed` is why it stopped before its end."""

    tally: Tally
    items: list[Item] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    closed: str = ""

    @property
    def posts(self) -> dict[str, Post]:
        return {item.id: item for item in self.items if isinstance(item, Post)}

    @property
    def comments(self) -> dict[str, Comment]:
        return {item.id: item for item in self.items if isinstance(item, Comment)}

    @property
    def replies(self) -> dict[str, Reply]:
        return {item.id: item for item in self.items if isinstance(item, Reply)}

    @property
    def outcome(self) -> tuple[str, str]:
        """As the run would say, were all items stored."""
        self.tally.stored = len(self.items)
        self.tally.heard = len(self.comments)
        return verdict(self.tally, self.closed or "finished", ())

    def count(self, path: str) -> int:
        return sum(asked.path == path for asked in self.asked)


def walk(answer: Answering, data: Path, since: str | None = None, account: str | None = None, **more: object) -> Walked:
    """Crawl the account of the town; `more` are options."""
    options = {"uid": UID, "sites": SITES, **more}
    entry = SourceEntry.model_validate(
        {"id": "weibo", "platform": "weibo", "since": since, "account": account, "options": options}
    )
    for name in ("policies", "accounts", "sources"):
        (data / f"{name}.toml").touch()
    walked = Walked(Tally("weibo", "weibo"))
    spider = WeiboSpider(entry, walked.tally, Turns(data / "ledger.sqlite", 0), ZoneInfo("Asia/Shanghai"))
    spider.crawler = SimpleNamespace(settings={"LIANXIN_CONFIG": Config(data=data)})
    waiting = deque(spider.begin())
    try:
        while waiting:
            _answer(waiting.popleft(), answer, walked, waiting)
    except CloseSpider as stopped:
        walked.closed = stopped.reason
    return walked


def _answer(request: Request, answer: Answering, walked: Walked, waiting: deque[Request]) -> None:
    target = urlsplit(request.url)
    cookies = dict(
        pair.strip().partition("=")[::2] for pair in request.headers.get("Cookie", b"").decode().split(";") if pair
    )
    form = dict(parse_qsl(request.body.decode()))
    asked = Asked(request.method, target.path, dict(parse_qsl(target.query)), form, cookies=cookies)
    walked.asked.append(asked)
    answered = answer(asked)
    response = HtmlResponse(
        request.url,
        status=answered.status,
        body=answered.body,
        request=request,
        headers={"Set-Cookie": list(answered.cookies)},
        encoding="utf-8",
    )
    if answered.status >= 400:
        failure = Failure(HttpError(response))
        failure.request = request  # as Scrapy has it
        results = request.errback(failure)
    else:
        results = request.callback(response, **request.cb_kwargs)
    for result in results:
        if isinstance(result, Request):
            waiting.append(result)
        else:
            walked.items += result.items
            result.taken()
