"""`lianxin crawl`: crawl sources, then bring the index up to date."""

import signal
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Console

from crawler.config import Config, load_config
from crawler.crawling import chosen, crawl, read_once_more
from crawler.errors import ServiceAway
from crawler.evidence import Evidence, forget_old, kept_run
from crawler.registry import SourceEntry, load_registry
from crawler.runs import OUTCOME_NAMES, Run, Tally
from lianxin.indexing import feed_collected
from lianxin.progress import progress
from pipelines.evidence import KEEPING, REPLAYING, STEPS_AGAIN
from pipelines.steps import STEPS

NOT_COMPLETE = 1
"""Exit code where at least one run is not complete."""


def crawl_sources(
    sources: Annotated[list[str] | None, typer.Argument(help="sources.toml 里的来源 id", metavar="SOURCE…")] = None,
    everything: Annotated[bool, typer.Option("--all", help="全部启用的来源")] = False,
    sample: Annotated[int | None, typer.Option(min=1, help="每个来源取到这么多条就停")] = None,
    replay: Annotated[
        str | None,
        typer.Option(metavar="RUN", help="不访问平台，把这次采集留下的回答重读一遍：采集的编号，或 last（最近一次）"),
    ] = None,
) -> None:
    """Crawl, index, report. Leaves with 1 unless every run is complete."""
    config = load_config()
    registry = load_registry(config.data)
    if replay is None:
        entries, evidence = chosen(registry, sources or [], everything, datetime.now(config.zone)), None
    else:
        entries = [read_once_more(config, registry, sources or [])]
        _tidy(config)
        evidence = Evidence(config, kept_run(config, entries[0].id, replay))
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # while the index is fed; Scrapy has its own handlers
    runs = crawl_watched(config, entries, sample, evidence)
    try:
        feed_collected(config, registry)
    finally:
        report(Console(soft_wrap=True), runs)
    if any(run.outcome != "complete" for run in runs):
        raise typer.Exit(NOT_COMPLETE)


def _tidy(config: Config) -> None:
    """Where old evidence cannot be deleted, that is said; what is kept can be read all the same."""
    try:
        forget_old(config, datetime.now(UTC))
    except ServiceAway as trouble:
        console = Console(stderr=True, soft_wrap=True, highlight=False)
        console.print(f"以前留下的平台回答到期了却删不掉：{trouble}", markup=False)


def crawl_watched(
    config: Config, entries: Sequence[SourceEntry], sample: int | None = None, evidence: Evidence | None = None
) -> list[Run]:
    """Crawl with a progress display. Never talks to the index: a slow or lost one cannot hold up a crawl.

    With `evidence` no platform is asked: that crawl's answers are read once more.
    """
    steps, middlewares = (STEPS, KEEPING) if evidence is None else (STEPS_AGAIN, REPLAYING)
    with progress("采集" if evidence is None else "重读", None) as advance:
        seen = 0

        def watch(tallies: Sequence[Tally]) -> None:
            nonlocal seen
            now = sum(tally.fetched for tally in tallies)
            advance(now - seen)
            seen = now

        return crawl(config, entries, steps, sample, watch, middlewares, evidence)


def report(console: Console, runs: Sequence[Run]) -> None:
    """What was crawled, stored, masked, by outcome: one line a run, one for all.

    A run without a closing record has no counts.
    """
    closed = [run for run in runs if run.finished_at]
    for run in runs:
        counts = (
            f"取得 {run.fetched} 条 = 入库 {run.stored} + 未变 {run.unchanged} + 拒收 {run.rejected}，"
            f"{run.requests} 次请求。"
        )
        console.print(
            f"{run.source}：{OUTCOME_NAMES[run.outcome]}。{counts if run in closed else ''}{run.reason}",
            markup=False,
            highlight=False,
        )
    marks: dict[str, int] = {}
    for run in closed:
        for mark, count in run.masks.items():
            marks[mark] = marks.get(mark, 0) + count
    shown = "、".join(f"{mark} {count}" for mark, count in sorted(marks.items(), key=lambda entry: -entry[1]))
    outcomes = "、".join(
        f"{name} {count}"
        for outcome, name in OUTCOME_NAMES.items()
        if (count := sum(run.outcome == outcome for run in runs))
    )
    masked = f"遮盖个人信息 {sum(marks.values())} 处" + (f"（{shown}）" if shown else "")
    console.print(f"{masked}。", markup=False, highlight=False)
    uncounted = f"（没有收尾的 {len(runs) - len(closed)} 次不计在内）" if len(closed) < len(runs) else ""
    console.print(
        f"合计{uncounted}：取得 {sum(run.fetched for run in closed)}，入库 {sum(run.stored for run in closed)}，"
        f"未变 {sum(run.unchanged for run in closed)}，拒收 {sum(run.rejected for run in closed)}；结果：{outcomes}。",
        markup=False,
        highlight=False,
    )
