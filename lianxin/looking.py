"""`lianxin check --source`: what is found on a source's first page and in its first letter, before it is collected."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from crawler.config import Config
from crawler.crawling import contactable
from crawler.errors import WrongUse
from crawler.looking import Sight, look
from crawler.registry import FILES, SourceEntry, load_registry
from crawler.runs import Mishap
from pipelines.masking import mask
from pipelines.masking.pseudonyms import somebody
from pipelines.sentences import masked

SHOWN = 36
"""Characters of a first value."""

PARTS: Mapping[str, str] = {
    "list": "列表",
    "detail": "单页",
    "post": "发布",
    "comments": "评论",
    "reply": "答复",
    "boards": "版块",
}
MAKES_A_REPLY = ("rows", "text")
"""Columns without which there is no reply yet; the others may be missing in one."""

NOT_IN_ORDER = 1


def look_at(config: Config, name: str) -> None:
    """Look at a source and print a table. Leaves with 1 where something that is needed was not found."""
    entry = assessed(config, name)
    sights, mishaps = look(config, entry)
    console = Console(highlight=False, soft_wrap=True)
    if sights:
        Console().print(_table(sights))
    failing = [sight for sight in sights if sight.fails]
    for sight in failing:
        where = f"{sight.part}.{sight.column}（{sight.path}）"
        console.print(f"✗ {where}：{masked(sight.trouble) or '没有找到，没有它就不能采集。'}", markup=False)
    say_mishaps(console, mishaps)
    if failing or mishaps or not sights:
        raise typer.Exit(NOT_IN_ORDER)
    waiting = any(sight.part == "reply" and sight.column in MAKES_A_REPLY and not sight.count for sight in sights)
    console.print("✓ 需要的都找到了。" + ("这封来信还没有答复，答复那几项没有看到。" if waiting else ""))


def say_mishaps(console: Console, mishaps: Sequence[Mishap]) -> None:
    """What went wrong while a source was asked, one line each; the platform's words in it masked."""
    for mishap in mishaps:
        console.print(f"✗ {masked(mishap.sentence)}", markup=False)


def assessed(config: Config, name: str) -> SourceEntry:
    """A source that may be asked, enabled or not. Raises WrongUse for any other."""
    contactable(config)
    registry = load_registry(config.data)
    entry = registry.sources.get(name)
    if entry is None or entry.platform == FILES:
        crawled = [source.id for source in registry.sources.values() if source.platform != FILES]
        raise WrongUse(f"sources.toml 里没有要采集的来源“{name}”，已有：{'、'.join(crawled) or '（空）'}。")
    if entry.assessment is None:
        raise WrongUse(f"来源“{name}”要先写 assessment（影响评估）才能访问对方网站；不必写 enabled = true。")
    if not entry.pace.allows(datetime.now(config.zone)):
        raise WrongUse(f"来源“{name}”只在 {entry.pace.hours} 点之间采集（pace.hours），现在不在时段内。")
    return entry


def _table(sights: Sequence[Sight]) -> Table:
    table = Table("部分", "项", "位置", "找到", "第一个（已遮盖）")
    writers = [name for sight in sights if sight.personal and (name := somebody(sight.first))]
    for sight in sights:
        mark = "✗ " if sight.fails else ""
        shown = "" if sight.first is None or sight.personal else _masked(sight.first, writers)
        cut = shown if len(shown) <= SHOWN else shown[:SHOWN] + "…"
        count = f"{sight.count}" if sight.column == "rows" else f"{sight.count}/{sight.rows}"
        table.add_row(PARTS[sight.part], f"{mark}{sight.column}", escape(sight.path), count, escape(cut))
    return table


def _masked(value: str, writers: Sequence[str]) -> str:
    line = mask(" ".join(value.split())).text
    for writer in writers:
        line = mask(line, known=writer).text
    return line
