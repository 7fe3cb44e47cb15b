"""How `lianxin sentiment evaluate` shows its numbers: by the label that is stored first, by mood alone after it."""

from collections.abc import Callable, Mapping
from math import isnan

from rich.console import Console
from rich.table import Table

from sentiment.daily import Days
from sentiment.evaluate import Evaluation, Moods
from sentiment.metrics import Interval

_DAYS = "每天的平均情绪（0 负面，1 正面）"

NAMES: Mapping[str, str] = {"negative": "负面", "neutral": "中性", "positive": "正面"}

_BY_LABEL: Mapping[str, Callable[[Evaluation], Interval | None]] = {
    "标签准确率": lambda found: found.accuracy,
    "标签宏平均 F1": lambda found: found.macro_f1,
    **{f"{name}找回": lambda found, label=label: found.recall.get(label) for label, name in NAMES.items()},
    "有情绪却标成中性": lambda found: found.called_neutral,
    "情绪值误差": lambda found: found.expected_error,
    "中性概率误差": lambda found: found.neutral_error,
}

_BY_MOOD: Mapping[str, Callable[[Moods], Interval | None]] = {
    "两类准确率": lambda found: found.accuracy,
    "两类宏平均 F1": lambda found: found.macro_f1,
    **{f"两类{name}找回": lambda found, label=label: found.recall.get(label) for label, name in NAMES.items()},
    "AUC": lambda found: found.auc,
    "校准误差": lambda found: found.calibration_error,
}
"""Without the neutral texts, and by the likelier mood even where the label says neutral."""


def show(console: Console, source: str, name: str, ours: Evaluation, stock: Evaluation) -> None:
    """Print the table of a source, the model called `name` beside stock SnowNLP, and what was taken for what."""
    grid = Table("", name, "原版 SnowNLP", title=f"{source}（{ours.n:,} 条，去重后）", title_justify="left")
    for title, of in _BY_LABEL.items():
        _add(grid, title, of(ours), of(stock))
    grid.add_row(f"平均情绪值（实际 {ours.true_mean:.3f}）", f"{ours.mean:.3f}", f"{stock.mean:.3f}")
    grid.add_row("有判断的", f"{ours.coverage:.1%}", f"{stock.coverage:.1%}")
    if ours.moods and stock.moods:
        grid.add_section()
        for title, of in _BY_MOOD.items():
            _add(grid, title, of(ours.moods), of(stock.moods))
    console.print(grid)
    table = Table("实际＼判为", "负面", "中性", "正面", "未知", title="各类混淆", title_justify="left")
    for title, row in zip(NAMES.values(), ours.table, strict=False):
        table.add_row(title, *(f"{count:,}" for count in row))
    console.print(table)


def show_days(console: Console, name: str, ours: Days, stock: Days) -> None:
    """Print the means of each day, and how well each model's follow the true ones."""
    grid = Table("日期", "条数", "实际均值", name, "原版 SnowNLP", title=_DAYS, title_justify="left")
    told = dict(zip(stock.day, stock.told, strict=True))
    for day, amount, true, mean in zip(ours.day, ours.amount, ours.true, ours.told, strict=True):
        grid.add_row(day, f"{amount:,}", f"{true:.3f}", f"{mean:.3f}", f"{told[day]:.3f}" if day in told else "")
    grid.add_section()
    grid.add_row("相关系数", "", "", _number(ours.correlation), _number(stock.correlation))
    grid.add_row("平均误差", "", "", _number(ours.error), _number(stock.error))
    console.print(grid)


def _add(grid: Table, title: str, ours: Interval | None, stock: Interval | None) -> None:
    if ours is not None:
        grid.add_row(title, _number(ours), _number(stock))


def _number(interval: Interval | None) -> str:
    if interval is None:
        return ""
    between = "条数太少" if isnan(interval.low) else f"{interval.low:.3f}–{interval.high:.3f}"
    return f"{interval.value:.3f}（{between}）"
