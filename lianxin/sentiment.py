"""`lianxin sentiment`: train the model that judges moods, and say how good it is."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table as Grid

from crawler.errors import Trouble, WrongUse
from sentiment.policy import PolicyModel, shipped

if TYPE_CHECKING:
    from sentiment.evaluate import Evaluation
    from sentiment.examples import Example
    from sentiment.leaving import Leaving
    from sentiment.metrics import Interval

app = typer.Typer(no_args_is_help=True)

_FEW_SOURCES = "校准要在没见过的来源上做：至少要两个来源，且都有中性的句子；请再给一个文件。"

Files = Annotated[
    list[Path],
    typer.Argument(help="带 text 和 label 的 CSV 或 JSONL 文件", metavar="FILE...", exists=True, dir_okay=False),
]

_ROWS = (
    ("两类准确率", "accuracy"),
    ("两类宏平均 F1", "two_classes"),
    ("三类宏平均 F1", "three_classes"),
    ("AUC", "auc"),
    ("校准误差", "calibration_error"),
)


@app.command("train", help="用带标签的文件训练情感模型。")
def train(files: Files, out: Annotated[Path, typer.Option(help="模型写到哪个文件夹", file_okay=False)]) -> None:
    """Write a model folder: two Bayes that SnowNLP can load, and what their sums are worth."""
    from sentiment.examples import digest  # noqa: PLC0415  scikit-learn takes a second, for two commands only
    from sentiment.saving import save_model  # noqa: PLC0415
    from sentiment.train import weigh_mood, weigh_neutral  # noqa: PLC0415

    leaving = _leaving(_examples(files))
    table = leaving.table
    digests = {path.name: digest(path) for path in files}
    identity = save_model(out, table, weigh_mood(table), weigh_neutral(table), leaving.calibration(), digests)
    _console().print(f"用 {len(table.label):,} 条句子训练了 {identity}，写在 {out}。")


@app.command("evaluate", help="在带标签的文件上评估情感模型，与原版 SnowNLP 对照。")
def evaluate(
    files: Files,
    model: Annotated[Path | None, typer.Option(help="模型文件夹；不写就用自带的模型", file_okay=False)] = None,
    leave_out: Annotated[
        bool, typer.Option("--leave-out", help="每个来源都用没有见过它的模型来评估（现场训练）")
    ] = False,
) -> None:
    """Print the table of each source, and of all where nothing is trained."""
    from sentiment.evaluate import evaluated, left_out_answers, policy_answers, stock_answers, truths  # noqa: PLC0415

    examples = _examples(files)
    leaving = _leaving(examples) if leave_out else None
    judge = None if leave_out else (_loaded(model) if model else shipped())
    for source in sorted({example.source for example in examples}):
        some = [example for example in examples if example.source == source]
        texts = [example.text for example in some]
        truth, answers = left_out_answers(leaving, source) if leaving else (truths(some), policy_answers(judge, texts))
        _show(
            source,
            judge.id if judge else "没见过这个来源的模型",
            evaluated(truth, answers),
            evaluated(truths(some), stock_answers(texts)),
        )


def _loaded(folder: Path) -> PolicyModel:
    try:
        return PolicyModel.load(folder)
    except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
        raise WrongUse(f"{folder} 不是模型文件夹，请用 lianxin sentiment train --out {folder} 训练一个。") from error


def _examples(files: Sequence[Path]) -> "list[Example]":
    from sentiment.examples import read_examples, without_twins  # noqa: PLC0415

    try:
        return without_twins([example for path in files for example in read_examples(path)])
    except (ValueError, OSError) as error:
        raise WrongUse(f"{error}。") from error


def _leaving(examples: "list[Example]") -> "Leaving":
    from sentiment.leaving import Leaving  # noqa: PLC0415
    from sentiment.train import tabulate  # noqa: PLC0415

    leaving = Leaving(tabulate(examples))
    if min(len(leaving.sources), len(leaving.with_neutral)) < 2:
        raise Trouble(_FEW_SOURCES)
    return leaving


def _show(source: str, name: str, ours: "Evaluation", stock: "Evaluation") -> None:
    grid = Grid("", name, "原版 SnowNLP", title=f"{source}（{ours.n:,} 条，去重后）", title_justify="left")
    for title, field in _ROWS:
        if getattr(ours, field) is not None:
            grid.add_row(title, _number(getattr(ours, field)), _number(getattr(stock, field)))
    for label, title in (("negative", "负面找回"), ("positive", "正面找回")):
        grid.add_row(title, f"{ours.recall[label]:.3f}", f"{stock.recall[label]:.3f}")
    grid.add_row("有判断的", f"{ours.coverage:.1%}", f"{stock.coverage:.1%}")
    console = _console()
    console.print(grid)
    table = Grid("实际＼判为", "负面", "中性", "正面", "未知", title="各类混淆", title_justify="left")
    for title, row in zip(("负面", "中性", "正面"), ours.table, strict=False):
        table.add_row(title, *(f"{count:,}" for count in row))
    console.print(table)


def _number(interval: "Interval") -> str:
    return f"{interval.value:.3f}（{interval.low:.3f}–{interval.high:.3f}）"


def _console() -> Console:
    return Console(soft_wrap=True, highlight=False)
