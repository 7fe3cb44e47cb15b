"""`lianxin sources` and `lianxin runs`: what we follow and how it went."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.table import Column, Table

from crawler.config import Config, load_config
from crawler.coverage import LETTERS, POSTS, gaps_between
from crawler.errors import ServiceAway
from crawler.ledger import Ledger
from crawler.locks import crawling_lock
from crawler.registry import FILES, load_registry
from crawler.runs import GOING_ON, INTERRUPTED, OUTCOME_NAMES, REPLAY, Run
from pipelines.journal import read

_WIDEST = 1000
"""Characters of a row that goes to a file or another command, in one line."""


def runs(
    source: Annotated[str | None, typer.Option(help="只看这个来源")] = None,
    last: Annotated[int, typer.Option(min=1, help="最近几次")] = 20,
) -> None:
    """The newest runs, as the journal has them."""
    config = load_config()
    found = [run for run in all_runs(config) if source in {None, run.source}][-last:]
    table = _table("开始", "来源", "结果", "取得", "入库", "未变", "拒收", "说明")
    for run in found:
        began = run.started_at.astimezone(config.zone)
        counts = (run.fetched, run.stored, run.unchanged, run.rejected) if run.finished_at else ("", "", "", "")
        outcome, reason = how_it_went(run, config)
        called = f"{run.source}（重读）" if run.id.endswith(REPLAY) else run.source
        table.add_row(f"{began:%Y-%m-%d %H:%M:%S}", called, outcome, *map(str, counts), reason)
    _console().print(table if found else "还没有采集过。先运行 lianxin crawl SOURCE。")


def sources() -> None:
    """Every source of the registry with its last run, the days that were read and those known to be missing."""
    config = load_config()
    registry = load_registry(config.data)
    newest = {run.source: run for run in all_runs(config) if not run.id.endswith(REPLAY)}
    table = _table("来源", "平台", "启用", "定时", "最近采集", "结果", "已读", "说明")
    with Ledger(config.ledger_path) as ledger:
        for entry in registry.sources.values():
            run = newest.get(entry.id)
            when = f"{run.started_at.astimezone(config.zone):%Y-%m-%d %H:%M}" if run else "还没有"
            outcome, reason = how_it_went(run, config) if run else ("", "")
            enabled, read_days = "是" if entry.enabled else "否", "；".join(coverage(ledger, entry.id, config.zone))
            table.add_row(entry.id, entry.platform, enabled, entry.schedule or "", when, outcome, read_days, reason)
    _console().print(table if registry.sources else "sources.toml 里还没有来源。")


def _table(*heads: str) -> Table:
    """Of cells that go on in the next line where there is no room: an id or a reason is there to be read whole."""
    return Table(*(Column(head, overflow="fold") for head in heads))


def _console() -> Console:
    """As wide as the terminal; where there is none, as wide as a row is."""
    console = Console(markup=False, highlight=False)
    return console if console.is_terminal else Console(markup=False, highlight=False, width=_WIDEST)


def how_it_went(run: Run, config: Config) -> tuple[str, str]:
    """A run's outcome and its reason in words. One without a closing record may go on: that its source's lock tells.

    An import takes no lock, and one that cannot be looked at tells nothing: there it stays open which it is.
    """
    outcome = OUTCOME_NAMES[run.outcome]
    if run.finished_at or run.platform == FILES:
        return outcome, run.reason
    try:
        held = crawling_lock(config, run.source).is_held()
    except ServiceAway:
        return outcome, run.reason
    return ("进行中", GOING_ON) if held else (outcome, INTERRUPTED)


def coverage(ledger: Ledger, source: str, zone: ZoneInfo) -> Iterator[str]:
    """Which days of a source's lists are read, which are missing, and how many lists are not read to their end."""
    for name in (POSTS, LETTERS):
        spans = ledger.spans(source, name)
        if spans and spans[-1].since == spans[0].until:
            broken_off = "" if spans[-1].cursor is None else "，没有读到头"
            yield f"{_day(spans[0].until, zone)} 读过{broken_off}（列表里没有日期）"
            continue
        if spans:
            yield f"{_day(spans[-1].since, zone)} 至 {_day(spans[0].until, zone)}"
        for first, until in gaps_between(spans, zone):
            yield f"缺 {first} 至 {until - timedelta(days=1)}"
        if spans and spans[-1].cursor is not None:
            yield f"{_day(spans[-1].since, zone)} 以前的没有读"
    threads = [name for name in ledger.broken_off(source) if name not in (POSTS, LETTERS)]
    if threads:
        yield f"{len(threads)} 篇的评论没有读完"


def _day(at: datetime, zone: ZoneInfo) -> date:
    return at.astimezone(zone).date()


def all_runs(config: Config) -> list[Run]:
    """Each run's newest record, oldest run first."""
    records = {entry.event.id: entry.event for entry in read(config.journal_folder) if isinstance(entry.event, Run)}
    return sorted(records.values(), key=lambda run: run.started_at)
