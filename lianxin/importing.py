"""`lianxin import`: bring a table of comments or letters in, or show what would come in."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table as Grid
from rich.text import Text

from crawler.config import Config, load_config
from crawler.errors import WrongUse
from crawler.items import Item, Reply
from crawler.reading.times import read_time
from crawler.registry import load_registry
from crawler.runs import OUTCOME_NAMES
from lianxin.indexing import feed_collected
from lianxin.progress import progress
from pipelines.importing.mapping import FileMapping, check_fits, matching, named
from pipelines.importing.run import (
    Rehearsal,
    Report,
    Task,
    bring_in,
    check_source,
    check_times,
    kind_of,
    rehearse,
    task_for,
)
from pipelines.importing.tables import Table, open_table

NOT_COMPLETE = 1
"""Exit code where something was refused or not read."""

LONGEST_SHOWN = 60
"""Characters of a text in the preview."""

_KINDS = {"letter": "来信", "comment": "评论", "submission": "征集意见", "reply": "答复"}


def import_file(
    file: Annotated[Path, typer.Argument(help="CSV、XLSX 或 JSONL 文件，可以是 .gz", metavar="FILE")],
    source: Annotated[str, typer.Option("--as", help="sources.toml 里 platform = file 的来源 id", metavar="SOURCE")],
    mapping: Annotated[str | None, typer.Option("--map", help="哪一列是什么：对应文件或预设的名字")] = None,
    as_of: Annotated[str | None, typer.Option(help="文件保存的时刻，相对时间（8分钟前）从它往回算")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只看会怎样，什么也不写")] = False,
) -> None:
    """Import, index, report. Leaves with 1 unless every row was taken whole."""
    config = load_config()
    registry = load_registry(config.data)
    check_source(registry, source, config.data)
    console = Console(soft_wrap=True, highlight=False)
    given = named(mapping) if mapping else None
    with open_table(file, given.sheet if given else None) as table:
        name = mapping or matching(file, table.columns)
        task = task_for(source, given or named(name), config, _saved_at(as_of, given, config))
        check_fits(task.mapping, file, table.columns)
        check_times(table, task)
        if dry_run:
            _show_rehearsal(console, table, name, task)
            return
        with progress("导入", table.rows_expected) as advance, _stop_on_interrupt() as stop:
            report = bring_in(table, task, config, advance, stop)
    _show_report(console, report, name)
    feed_collected(config, registry)
    if report.run.outcome != "complete":
        raise typer.Exit(NOT_COMPLETE)


def _saved_at(as_of: str | None, mapping: FileMapping | None, config: Config) -> datetime | None:
    if as_of is None:
        return None
    zone = task_for("", mapping, config, None).zone if mapping else config.zone
    try:
        moment = read_time(as_of, datetime.now(UTC), zone)
    except ValueError as error:
        raise WrongUse(f"--as-of：{error}") from error
    if moment.precision == "day":
        raise WrongUse(f'--as-of 要写到分钟，例如 --as-of "{as_of} 15:00"。')
    return moment.at


@contextmanager
def _stop_on_interrupt() -> Iterator[Event]:
    """Ctrl+C sets the event instead of breaking off in the middle of a row."""
    stop = Event()
    before = signal.signal(signal.SIGINT, lambda _number, _frame: stop.set())
    try:
        yield stop
    finally:
        signal.signal(signal.SIGINT, before)


def _show_report(console: Console, report: Report, name: str) -> None:
    run = report.run
    lines = [
        f"{run.source}：{OUTCOME_NAMES[run.outcome]}。读了 {report.rows} 行（按 {name}），取得 {run.fetched} 条"
        f" = 入库 {run.stored} + 未变 {run.unchanged} + 拒收 {run.rejected}。{run.reason}",
        f"入库：{_kinds(report.kinds)}。",
        _masks(run.masks),
    ]
    if report.rejects:
        lines.append(f"拒收的行在 {report.rejects}：照“拒收原因”改好，用同样的命令导入这个文件，原来的行不会重复。")
    for line in lines:
        console.print(line, markup=False)


def _show_rehearsal(console: Console, table: Table, name: str, task: Task) -> None:
    with progress("试读", table.rows_expected) as advance:
        rehearsal = rehearse(table, task, advance)
    console.print(_preview(rehearsal, task))
    used = "，".join(f"{meaning} = {column}" for meaning, column in task.mapping.columns.items())
    lines = [
        f"对应：{name}（{_KINDS[task.mapping.kind]}）：{used}。",
        f"读了 {rehearsal.rows} 行。会入库 {rehearsal.kinds.total()} 条（{_kinds(rehearsal.kinds)}），"
        f"重复 {rehearsal.repeated} 条，会拒收 {rehearsal.refused} 条。{rehearsal.broken}",
        _masks(rehearsal.marks),
        *(f"第 {refusal.line} 行：{refusal.reason}" for refusal in rehearsal.refusals),
        "这是试读，什么也没有写。去掉 --dry-run 就会导入。",
    ]
    for line in lines:
        console.print(line, markup=False)


def _preview(rehearsal: Rehearsal, task: Task) -> Grid:
    grid = Grid("类别", "编号", "时间", "作者或单位", "标题", "内容", title="前几行入库后的样子（代号用临时密钥）")
    for item in rehearsal.items:
        grid.add_row(*(Text(cell) for cell in _cells(item, task)))
    return grid


def _cells(item: Item, task: Task) -> tuple[str, ...]:
    is_reply = isinstance(item, Reply)
    at = item.replied_at if is_reply else item.posted_at
    precision = item.replied_precision if is_reply else item.posted_precision
    local = at.astimezone(task.zone)
    return (
        _KINDS[kind_of(item)],
        item.id,
        f"{local:%Y-%m-%d}" if precision == "day" else f"{local:%Y-%m-%d %H:%M:%S}",
        (item.unit if is_reply else item.author) or "",
        "" if is_reply else item.title,
        " ".join(item.text.split())[:LONGEST_SHOWN],
    )


def _kinds(kinds: dict[str, int]) -> str:
    return "，".join(f"{_KINDS[kind]} {count:,}" for kind, count in kinds.items() if count) or "没有新的"


def _masks(marks: dict[str, int]) -> str:
    shown = "、".join(f"{mark} {count}" for mark, count in sorted(marks.items(), key=lambda mark: -mark[1]))
    return f"遮盖个人信息 {sum(marks.values())} 处{f'（{shown}）' if shown else ''}。"
