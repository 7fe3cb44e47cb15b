"""Crawling sources in this process, one after the other. One call a process: Twisted starts only once."""

import gc
import logging
import signal
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version

from pydantic import ValidationError
from scrapy.crawler import Crawler, CrawlerProcess
from scrapy.settings import Settings
from scrapy.utils.reactor import is_reactor_installed
from twisted.internet.defer import Deferred, inlineCallbacks
from twisted.internet.task import LoopingCall
from twisted.python.failure import Failure

from crawler import settings as project_settings
from crawler.config import Config
from crawler.errors import WrongUse
from crawler.evidence import Evidence, Fields
from crawler.ledger import Ledger
from crawler.locks import Held, crawling_lock
from crawler.logs import DiscreetRecord
from crawler.middlewares.robots import AGENT
from crawler.pacing import Turns
from crawler.platforms import spider_for
from crawler.platforms.base import PlatformSpider
from crawler.recalled import Noted, Recalled
from crawler.registry import FILES, Registry, SourceEntry
from crawler.registry.toml_file import sentence_of
from crawler.runs import INTERRUPTED, Run, Tally

Watch = Callable[[Sequence[Tally]], None]
WATCH_SECONDS = 0.5


def crawl(
    config: Config,
    entries: Sequence[SourceEntry],
    steps: Mapping[str, int],
    sample: int | None = None,
    watch: Watch | None = None,
    middlewares: Mapping[str, int] = {},
    evidence: Evidence | None = None,
) -> list[Run]:
    """Crawl sources one after the other and give each one's closing record, in order.

    `steps` are the item pipelines, by name and place, and `middlewares` what else stands between spider and network.
    `sample` stops each source after that many items. `watch` sees the tallies twice a second. With `evidence` that
    crawl of the source is read once more; among the middlewares must be one that answers from it. A source that
    another process is crawling is passed over. Such a source, and one whose run could not be recorded, is `failed` with
    the reason; where that is so for all, what kept the first from it is raised.
    """
    if evidence is None:
        contactable(config)
    spiders = [checked_spider(entry, config) for entry in entries]
    settings = partial(crawl_settings, config, steps, middlewares=middlewares, evidence=evidence)
    process = CrawlerProcess(settings())  # Scrapy puts the process's settings over those of a source
    begun = evidence and evidence.begun
    tallies = [Tally(entry.id, entry.platform, replayed=begun, changed=entry.changed) for entry in entries]
    failures: dict[str, Failure] = {}
    jobs = list(zip(entries, spiders, tallies, strict=True))
    _in_turn(process, config, settings, sample, jobs, failures)
    if watch:
        LoopingCall(watch, tallies).start(WATCH_SECONDS, now=False)
    # Looking through all that was imported for garbage takes longer than a reactor may stand still.
    gc.collect()
    gc.freeze()
    with _signals_given_back():
        process.start()
    gc.unfreeze()
    if len(failures) == len(tallies):
        next(iter(failures.values())).raiseException()
    return [tally.ending.result or _unrecorded(tally, failures.get(tally.source)) for tally in tallies]


@inlineCallbacks
def _in_turn(
    process: CrawlerProcess,
    config: Config,
    settings: Callable[..., Settings],
    sample: int | None,
    jobs: Sequence[tuple[SourceEntry, type[PlatformSpider], Tally]],
    failures: dict[str, Failure],
) -> Generator[Deferred[None], None, None]:
    """One source at a time: two sources may be one host, and its pace holds for both."""
    for entry, spider, tally in jobs:
        crawler = Crawler(spider, settings(entry=entry), init_reactor=not is_reactor_installed())
        crawling = _alone(process, crawler, config, entry, tally, sample)
        yield crawling.addErrback(partial(failures.__setitem__, entry.id))
        if tally.ending.finish_reason == "shutdown":
            return  # Ctrl+C is meant for all


@inlineCallbacks
def _alone(
    process: CrawlerProcess, crawler: Crawler, config: Config, entry: SourceEntry, tally: Tally, sample: int | None
) -> Generator[Deferred[None], None, None]:
    """Crawl a source while no other process does. Fails with Held where one is at it."""
    tally.started_at = datetime.now(UTC)
    with (
        crawling_lock(config, entry.id).taken(f"采集来源“{entry.id}”"),
        Ledger(config.ledger_path) as ledger,
        closing(Turns(config.ledger_path, entry.pace.delay)) as turns,
    ):
        evidence = crawler.settings["LIANXIN_EVIDENCE"]
        known = Recalled(evidence.told) if evidence else Noted(ledger, entry.id, tally.told)
        told = {"entry": entry, "tally": tally, "turns": turns, "zone": config.zone}
        yield process.crawl(crawler, sample=sample, known=known, **told)


@contextmanager
def _signals_given_back() -> Iterator[None]:
    """Scrapy leaves its handlers behind; they would swallow a Ctrl+C while the index is fed."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _unrecorded(tally: Tally, failure: Failure | None) -> Run:
    """A run without a closing record. It has no counts: nobody knows which of them are on disk."""
    if failure and failure.check(Held):
        reason = str(failure.value)
    elif tally.ending.trouble or failure:
        reason = f"{tally.ending.trouble or failure.value}详见 logs/crawl.log。"
    else:
        reason = INTERRUPTED if tally.asked else "被要求停止，还没有开始。"
    return replace(tally.opening(), reason=reason)


def contactable(config: Config) -> None:
    """Raise WrongUse where nobody who is asked could reach us."""
    if not config.contact:
        raise WrongUse(
            "采集要让对方能找到我们：请设环境变量 LIANXIN_CONTACT，写一个有人看的邮箱或网址，它会写在每次访问里。"
        )


def checked_spider(entry: SourceEntry, config: Config) -> type[PlatformSpider]:
    """The spider of a source, its options checked. Raises WrongUse that names the source and the option."""
    spider = spider_for(entry.platform)
    try:
        spider.options_model.model_validate(entry.options, context=config)
    except ValidationError as error:
        option = ".".join(["options", *(str(part) for part in error.errors()[0]["loc"])])
        raise WrongUse(f"sources.toml 里来源“{entry.id}”的 {option}：{sentence_of(error)}。") from error
    return spider


def fields_kept(config: Config, entry: SourceEntry) -> Fields | None:
    """What of a source's answers may be kept as evidence; None where nothing may. Asks nobody. Raises WrongUse."""
    spider = checked_spider(entry, config)
    with closing(Turns(config.ledger_path, entry.pace.delay)) as turns:
        return spider(entry, Tally(entry.id, entry.platform), turns, config.zone).fields_kept()


def chosen(registry: Registry, names: Sequence[str], everything: bool, now: datetime) -> list[SourceEntry]:
    """The sources a person named, or all that are enabled. Raises WrongUse for one that cannot be crawled now."""
    if everything:
        entries = [entry for entry in registry.sources.values() if entry.enabled and entry.platform != FILES]
        if not entries:
            raise WrongUse("sources.toml 里没有启用的来源（enabled = true）。")
        allowed = [entry for entry in entries if entry.pace.allows(now)]
        if not allowed:
            raise WrongUse("现在都不在允许采集的时段（sources.toml 的 pace.hours）。")
        return allowed
    if not names:
        raise WrongUse("请写要采集的来源，例如 lianxin crawl SOURCE，或写 --all 采集全部启用的来源。")
    return [_named(registry, name, now) for name in dict.fromkeys(names)]


def read_once_more(config: Config, registry: Registry, names: Sequence[str]) -> SourceEntry:
    """The one source whose kept answers are to be read: at any hour, enabled or not.

    Raises WrongUse for another number of sources, and for one of whose answers nothing is ever kept.
    """
    crawled = [entry.id for entry in registry.sources.values() if entry.platform != FILES]
    if len(names) != 1 or names[0] not in crawled:
        raise WrongUse(f"--replay 要写一个来源，已有：{'、'.join(crawled) or '（空）'}。")
    entry = registry.sources[names[0]]
    if fields_kept(config, entry) is None:
        raise WrongUse(
            f"来源“{entry.id}”的回答没有留下，不能重读：这个来源的网页里分不清哪里写着人名，遮盖不可靠，所以从不保存。"
            "解析改好以后请再采集一次。"
        )
    return entry.model_copy(update={"pace": entry.pace.model_copy(update={"hours": None})})


def _named(registry: Registry, name: str, now: datetime) -> SourceEntry:
    entry = registry.sources.get(name)
    if entry is None:
        raise WrongUse(f"sources.toml 里没有来源“{name}”，已有：{'、'.join(registry.sources) or '（空）'}。")
    if entry.platform == FILES:
        raise WrongUse(f"来源“{name}”来自文件，请用 lianxin import 文件 --as {name}。")
    if not entry.enabled:
        raise WrongUse(f"来源“{name}”还没有启用：写好 assessment 后，在 sources.toml 里写 enabled = true。")
    if not entry.pace.allows(now):
        raise WrongUse(f"来源“{name}”只在 {entry.pace.hours} 点之间采集（pace.hours），现在不在时段内。")
    return entry


def crawl_settings(
    config: Config,
    steps: Mapping[str, int],
    entry: SourceEntry | None = None,
    middlewares: Mapping[str, int] = {},
    evidence: Evidence | None = None,
) -> Settings:
    """Scrapy's settings for this installation, and for one source where it is given; from here on logs are discreet."""
    settings = Settings()
    settings.setmodule(project_settings, priority="project")
    log_file = config.data / "logs" / "crawl.log"
    log_file.parent.mkdir(parents=True, exist_ok=True)
    settings.set("LOG_FILE", str(log_file))
    logging.setLogRecordFactory(DiscreetRecord)
    settings.set("LIANXIN_CONFIG", config)
    settings.set("USER_AGENT", f"{AGENT}/{version('lianxin')} (+{config.contact}; reads public pages of public bodies)")
    settings.set("ITEM_PIPELINES", dict(steps))
    settings.set("DOWNLOADER_MIDDLEWARES", {**project_settings.DOWNLOADER_MIDDLEWARES, **middlewares})
    settings.set("LIANXIN_EVIDENCE", evidence)
    if entry is not None:
        for name in ("CONCURRENT_REQUESTS", "CONCURRENT_REQUESTS_PER_DOMAIN"):  # what waits can still be called off
            settings.set(name, entry.pace.concurrency)
        settings.set("DOWNLOAD_TIMEOUT", entry.pace.timeout)  # for all of an answer, however slowly it drips
    return settings
