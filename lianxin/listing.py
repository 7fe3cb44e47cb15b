"""`lianxin sources` and `lianxin runs`: what we follow and how it went."""

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from crawler.config import Config, load_config
from crawler.registry import load_registry
from crawler.runs import OUTCOME_NAMES, Run
from pipelines.journal import read


def runs(
    source: Annotated[str | None, typer.Option(help="只看这个来源")] = None,
    last: Annotated[int, typer.Option(min=1, help="最近几次")] = 20,
) -> None:
    """The newest runs, as the journal has them."""
    config = load_config()
    found = [run for run in all_runs(config) if source in {None, run.source}][-last:]
    table = Table("开始", "来源", "结果", "取得", "入库", "未变", "拒收", "说明")
    for run in found:
        began = run.started_at.astimezone(config.zone)
        counts = (str(count) for count in (run.fetched, run.stored, run.unchanged, run.rejected))
        table.add_row(f"{began:%Y-%m-%d %H:%M:%S}", run.source, OUTCOME_NAMES[run.outcome], *counts, run.reason)
    Console().print(table if found else "还没有采集过。先运行 lianxin crawl SOURCE。")


def sources() -> None:
    """Every source of the registry with its last run."""
    config = load_config()
    registry = load_registry(config.data)
    newest = {run.source: run for run in all_runs(config)}
    table = Table("来源", "平台", "启用", "定时", "最近采集", "结果", "说明")
    for entry in registry.sources.values():
        run = newest.get(entry.id)
        when = f"{run.started_at.astimezone(config.zone):%Y-%m-%d %H:%M}" if run else "还没有"
        outcome, reason = (OUTCOME_NAMES[run.outcome], run.reason) if run else ("", "")
        table.add_row(
            entry.id, entry.platform, "是" if entry.enabled else "否", entry.schedule or "", when, outcome, reason
        )
    Console().print(table if registry.sources else "sources.toml 里还没有来源。")


def all_runs(config: Config) -> list[Run]:
    """Each run's newest record, oldest run first."""
    records = {entry.event.id: entry.event for entry in read(config.journal_folder) if isinstance(entry.event, Run)}
    return sorted(records.values(), key=lambda run: run.started_at)
