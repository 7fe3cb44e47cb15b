"""A whole import: every row judged, kept or put aside, with a run record as for a crawl; and its rehearsal."""

import secrets
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from itertools import islice
from pathlib import Path
from threading import Event

from crawler.config import Config
from crawler.errors import WrongUse
from crawler.items import Item
from crawler.registry import FILES, Registry
from crawler.runs import Mishap, Run, Tally
from crawler.zones import zone_named
from pipelines.importing.judging import Judge, Judged
from pipelines.importing.mapping import FileMapping
from pipelines.importing.rejects import RejectsFile
from pipelines.importing.rows import Relative, RowReader
from pipelines.importing.tables import SAMPLE, Broken, Table
from pipelines.masking.pseudonyms import Pseudonyms, read_or_make_key
from pipelines.recorder import Recorder
from pipelines.steps import Rejected

REFUSALS_SHOWN = 10
ROWS_SHOWN = 5
"""How much a rehearsal shows."""

Advance = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Refusal:
    """A refused item: the line of its row, and why."""

    line: int
    reason: str


@dataclass(slots=True)
class Report:
    """What an import brought. `kinds` counts stored items by kind (letter, comment, submission, reply)."""

    run: Run | None = None
    rows: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    rejects: Path | None = None


@dataclass(slots=True)
class Rehearsal:
    """What an import would bring: the first items as they would be kept, the first refusals, and counts."""

    rows: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    marks: Counter[str] = field(default_factory=Counter)
    repeated: int = 0
    refused: int = 0
    items: list[Item] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    broken: str = ""


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be imported as what: `zone` and `as_of` as in RowReader."""

    source: str
    mapping: FileMapping
    zone: tzinfo
    as_of: datetime | None

    def reader(self, tally: Tally) -> RowReader:
        """The reader of a run's rows."""
        return RowReader(self.source, tally.run, self.mapping, self.zone, tally.started_at, self.as_of)


def task_for(source: str, mapping: FileMapping, config: Config, as_of: datetime | None) -> Task:
    """A task; the command's `as_of` and the mapping's zone go before the mapping's `as_of` and the installation's."""
    zone = zone_named(mapping.time_zone) if mapping.time_zone else config.zone
    saved = as_of or mapping.as_of
    return Task(source, mapping, zone, saved.replace(tzinfo=zone) if saved and not saved.tzinfo else saved)


def check_source(registry: Registry, source: str, folder: Path) -> None:
    """Raise WrongUse, with the lines to add, where a source is not one of files."""
    entry = registry.sources.get(source)
    if entry is None:
        raise WrongUse(
            f"来源“{source}”还没有登记。请在 {folder / 'sources.toml'} 末尾加上下面三行，再运行一次：\n\n"
            f'[[source]]\nid = "{source}"\nplatform = "{FILES}"\n'
        )
    if entry.platform != FILES:
        raise WrongUse(
            f'来源“{source}”是从 {entry.platform} 采集的，不能导入文件；请登记一个 platform = "{FILES}" 的来源。'
        )


def check_times(table: Table, task: Task) -> None:
    """Raise WrongUse where times are relative and nobody said to what."""
    reader = task.reader(Tally(task.source, FILES))
    for row in islice(table.rows(), SAMPLE):
        try:
            reader.reply(row.cells, reader.comment(row.cells))
        except Relative as relative:
            raise WrongUse(f"{table.path} 第 {row.line} 行：{relative.reason}") from relative
        except Rejected:
            continue


def bring_in(table: Table, task: Task, config: Config, advance: Advance, stop: Event) -> Report:
    """Import a table. The run's record, its items and the refused rows are on disk on return.

    Once `stop` is set no further row is begun, and the run is `partial`.
    """
    tally = Tally(task.source, FILES, asked=1)
    judge = Judge(task.reader(tally), Pseudonyms(read_or_make_key(config.key_path)))
    recorder = Recorder(config, tally)
    recorder.open().result()
    report = Report()
    columns = tuple(name for name in table.columns if name in task.mapping.names())
    with RejectsFile(config.rejected_folder, tally.run, columns, table.form == "JSONL") as rejects:
        try:
            for judged in _judged(table, judge, advance):
                report.rows += 1
                _keep(judged, recorder, report)
                for reason in judged.refusals:
                    rejects.add(judged.row.line, judge.kept_aside(judged.row), reason)
                if stop.is_set():
                    break
            else:
                tally.answered = 1
        except Broken as broken:
            tally.mishaps.append(Mishap("partial", str(broken)))
    report.rejects = rejects.path
    if tally.rejected:
        tally.mishaps.append(Mishap("partial", f"拒收 {tally.rejected} 条，见 {rejects.path.name}。"))
    report.run = recorder.close("被要求停止" if stop.is_set() else "finished").result()
    return report


def rehearse(table: Table, task: Task, advance: Advance) -> Rehearsal:
    """Judge a whole table with a throw-away key; nothing is written."""
    judge = Judge(task.reader(Tally(task.source, FILES)), Pseudonyms(secrets.token_bytes(32)))
    rehearsal = Rehearsal()
    try:
        for judged in _judged(table, judge, advance):
            rehearsal.rows += 1
            rehearsal.kinds.update(map(kind_of, judged.items))
            rehearsal.marks.update(judged.marks)
            rehearsal.repeated += judged.repeated
            rehearsal.refused += len(judged.refusals)
            if rehearsal.rows <= ROWS_SHOWN:
                rehearsal.items += judged.items
            room = REFUSALS_SHOWN - len(rehearsal.refusals)
            rehearsal.refusals += [Refusal(judged.row.line, reason) for reason in judged.refusals[:room]]
    except Broken as broken:
        rehearsal.broken = str(broken)
    return rehearsal


def kind_of(item: Item) -> str:
    """`letter`, `comment`, `submission` or `reply`."""
    return getattr(item, "kind", "reply")


def _judged(table: Table, judge: Judge, advance: Advance) -> Iterator[Judged]:
    with closing(table.rows()) as rows:
        for row in rows:
            yield judge.judge(row)
            advance(1)


def _keep(judged: Judged, recorder: Recorder, report: Report) -> None:
    """Keep a row's items and account for each of them."""
    tally = recorder.tally
    tally.fetched += len(judged.items) + judged.repeated + len(judged.refusals)
    tally.unchanged += judged.repeated
    tally.rejected += len(judged.refusals)
    tally.masks.update(judged.marks)
    for item, result in zip(judged.items, recorder.record(judged.items), strict=True):
        if result == "stored":
            report.kinds[kind_of(item)] += 1
    if recorder.full:
        recorder.flush().result()
