"""Crawling sources in this process, all at once, each at its own pace. One call a process: Twisted starts only once."""

from collections.abc import Callable, Sequence

from pydantic import ValidationError
from scrapy.crawler import Crawler, CrawlerProcess
from scrapy.settings import Settings
from twisted.internet.task import LoopingCall
from twisted.python.failure import Failure

from crawler import settings as project_settings
from crawler.config import Config
from crawler.errors import Trouble, WrongUse
from crawler.platforms import spider_for
from crawler.platforms.base import PlatformSpider
from crawler.registry import FILES, Registry, SourceEntry
from crawler.registry.toml_file import sentence_of
from crawler.runs import Run, Tally

Watch = Callable[[Sequence[Tally]], None]
WATCH_SECONDS = 0.5


def crawl(
    config: Config, entries: Sequence[SourceEntry], sample: int | None = None, watch: Watch | None = None
) -> list[Run]:
    """Crawl sources and give each one's closing record, in order.

    `sample` stops each after that many items. `watch` sees the tallies twice a second. Raises what kept a run
    from even being recorded, a Trouble where a person can mend it.
    """
    spiders = [checked_spider(entry) for entry in entries]
    process = CrawlerProcess(_settings(config))
    tallies: list[Tally] = []
    failures: list[Failure] = []
    for entry, spider in zip(entries, spiders, strict=True):
        tally = Tally(entry.id, entry.platform)
        crawler = Crawler(spider, _settings(config, entry), init_reactor=not tallies)
        tallies.append(tally)
        process.crawl(crawler, entry=entry, tally=tally, zone=config.zone, sample=sample).addErrback(failures.append)
    if watch:
        LoopingCall(watch, tallies).start(WATCH_SECONDS, now=False)
    process.start()
    return [_result(tally, failures) for tally in tallies]


def checked_spider(entry: SourceEntry) -> type[PlatformSpider]:
    """The spider of a source, its options checked. Raises WrongUse that names the source and the option."""
    spider = spider_for(entry.platform)
    try:
        spider.options_model.model_validate(entry.options)
    except ValidationError as error:
        option = ".".join(["options", *(str(part) for part in error.errors()[0]["loc"])])
        raise WrongUse(f"sources.toml 里来源“{entry.id}”的 {option}：{sentence_of(error)}。") from error
    return spider


def chosen(registry: Registry, names: Sequence[str], everything: bool) -> list[SourceEntry]:
    """The sources a person named, or all that are enabled. Raises WrongUse for one that cannot be crawled."""
    if everything:
        entries = [entry for entry in registry.sources.values() if entry.enabled and entry.platform != FILES]
        if not entries:
            raise WrongUse("sources.toml 里没有启用的来源（enabled = true）。")
        return entries
    if not names:
        raise WrongUse("请写要采集的来源，例如 lianxin crawl SOURCE，或写 --all 采集全部启用的来源。")
    return [_named(registry, name) for name in dict.fromkeys(names)]


def _named(registry: Registry, name: str) -> SourceEntry:
    entry = registry.sources.get(name)
    if entry is None:
        raise WrongUse(f"sources.toml 里没有来源“{name}”，已有：{'、'.join(registry.sources) or '（空）'}。")
    if entry.platform == FILES:
        raise WrongUse(f"来源“{name}”来自文件，请用 lianxin import 文件 --as {name}。")
    if not entry.enabled:
        raise WrongUse(f"来源“{name}”还没有启用：写好 assessment 后，在 sources.toml 里写 enabled = true。")
    return entry


def _settings(config: Config, entry: SourceEntry | None = None) -> Settings:
    settings = Settings()
    settings.setmodule(project_settings, priority="project")
    log_file = config.data / "logs" / "crawl.log"
    log_file.parent.mkdir(parents=True, exist_ok=True)
    settings.set("LOG_FILE", str(log_file))
    settings.set("LIANXIN_CONFIG", config)
    if entry is not None:
        settings.set("DOWNLOAD_DELAY", entry.pace.delay)
        settings.set("CONCURRENT_REQUESTS_PER_DOMAIN", entry.pace.concurrency)
    return settings


def _result(tally: Tally, failures: Sequence[Failure]) -> Run:
    if tally.result is not None:
        return tally.result
    for failure in failures:
        failure.raiseException()
    raise Trouble(f"来源“{tally.source}”的采集没有能够开始，原因见 logs/crawl.log。")
