"""`lianxin sentiment`: train the model that judges moods, and say how good it is."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from crawler.errors import WrongUse, on_disk
from lianxin.labelled import LabelledFile, read_labelled
from lianxin.progress import progress
from pipelines.enrich.feeling import model_at_hand
from sentiment.mood_model import MoodModel, loaded, shipped

if TYPE_CHECKING:
    from sentiment.examples import Example
    from sentiment.leaving import Leaving

app = typer.Typer(no_args_is_help=True)

_TO_TRAIN, _TO_LEAVE_OUT = 2, 3
"""Sources that are needed: certainty is measured where the model has not been, by a model that has been elsewhere."""

_FEW_SOURCES = (
    "校准要在没见过的来源上做：至少要 {needed} 个来源既有正面又有负面的句子，{needed} 个来源有中性的句子；"
    "现在是 {moods} 个和 {neutral} 个（一个文件只有一类句子的不算）。请再给文件。"
)

Files = Annotated[
    list[Path],
    typer.Argument(help="带 text 和 label 两列的 CSV、XLSX 或 JSONL 文件", metavar="FILE..."),
]


@app.command("train", help="用带标签的文件训练情感模型；用 LIANXIN_SENTIMENT=文件夹 让程序用它。")
def train(files: Files, out: Annotated[Path, typer.Option(help="模型写到哪个文件夹", file_okay=False)]) -> None:
    """Write a model folder: two Bayes that SnowNLP can load, and what their sums are worth."""
    from sentiment.saving import save_model  # noqa: PLC0415  scikit-learn takes a second, for two commands only
    from sentiment.train import taught, weigh_mood, weigh_neutral  # noqa: PLC0415

    console = _console()
    read = _read(files, console)
    leaving = _leaving(_once(read, console), _TO_TRAIN)
    table = leaving.table
    weighs = taught(table)
    for source in leaving.sources:
        if not weighs[table.source == source].any():
            console.print(f"{source} 没有教给模型什么：同样长短的句子里只有一类标签，无从比较。", markup=False)
    with on_disk(out):  # minutes before there is something to write
        out.mkdir(parents=True, exist_ok=True)
        TemporaryDirectory(dir=out).cleanup()
    with progress("训练", len(leaving.asked()), "个来源") as watch, _enough_to_learn():
        calibration = leaving.calibration((), watch)
        mood, neutral = weigh_mood(table), weigh_neutral(table)
    digests = {file.path.name: file.digest for file in read}
    with on_disk(out):
        identity = save_model(out, table, mood, neutral, calibration, digests)
    unused = f"（另有 {(~weighs).sum():,} 条没有可比的句子，不起作用）" if not weighs.all() else ""
    console.print(f"用 {weighs.sum():,} 条句子训练了 {identity}{unused}，写在 {out}。", markup=False)


@app.command("evaluate", help="在带标签的文件上评估情感模型，与原版 SnowNLP 对照。")
def evaluate(
    files: Files,
    model: Annotated[Path | None, typer.Option(help="模型文件夹；不写就用自带的模型", file_okay=False)] = None,
    leave_out: Annotated[
        bool, typer.Option("--leave-out", help="每个来源都用没有见过它的模型来评估（现场训练）")
    ] = False,
) -> None:
    """Print the table of each source, and of its days where its file has a `date`."""
    from lianxin.sentiment_tables import show, show_days  # noqa: PLC0415
    from sentiment.daily import by_day  # noqa: PLC0415
    from sentiment.evaluate import evaluated, model_answers, stock_answers, truths  # noqa: PLC0415

    console = _console()
    read = _read(files, console)
    examples = _once(read, console)
    for source, judge in _unknowing(examples) if leave_out else _knowing(examples, model):
        some = [example for example in examples if example.source == source]
        texts = [example.text for example in some]
        for file in read:
            if file.examples[0].source == source and file.digest in judge.taught:
                console.print(
                    f"见过这个文件：{judge.id} 学过 {file.path.name}，下面的数字比没见过时好看。", markup=False
                )
        truth, name = truths(some), "没见过这个来源的模型" if leave_out else judge.id
        both = model_answers(judge, texts), stock_answers(texts)
        show(console, source, name, *(evaluated(truth, answers) for answers in both))
        days = [example.day for example in some]
        if any(days):
            show_days(console, name, *(by_day(days, truth, answers.expected) for answers in both))


def _knowing(examples: "Sequence[Example]", folder: Path | None) -> Iterator[tuple[str, MoodModel]]:
    with model_at_hand():
        judge = loaded(folder) if folder else shipped()
    for source in sorted({example.source for example in examples}):
        yield source, judge


def _unknowing(examples: "Sequence[Example]") -> Iterator[tuple[str, MoodModel]]:
    from sentiment.evaluate import without_source  # noqa: PLC0415

    leaving = _leaving(examples, _TO_LEAVE_OUT)
    for source in leaving.sources:
        with (
            TemporaryDirectory() as folder,
            progress(f"训练（没有 {source}）", len(leaving.asked([source])), "个来源") as watch,
            _enough_to_learn(),
        ):
            judge = without_source(leaving, source, Path(folder), watch)
        yield source, judge


def _read(files: Sequence[Path], console: Console) -> list[LabelledFile]:
    ((name, count),) = Counter(path.name for path in files).most_common(1)
    if count > 1:
        raise WrongUse(f"有 {count} 个文件都叫 {name}：来源按文件名来分。请给它们起不同的名字，同一个文件只写一次。")
    read = [read_labelled(path) for path in files]
    for file in read:
        if file.left_out:
            console.print(file.left_out, markup=False)
    return read


def _once(read: Sequence[LabelledFile], console: Console) -> "list[Example]":
    from sentiment.examples import without_twins  # noqa: PLC0415

    once = without_twins([example for file in read for example in file.examples])
    if once.twins:
        console.print(
            f"重复或几乎一样的只留最先读到的一句：去掉了 {once.twins:,} 句，"
            f"其中 {once.contradicting:,} 句的标签和留下的不同，以留下的为准。",
            markup=False,
        )
    return once.examples


def _leaving(examples: "Sequence[Example]", needed: int) -> "Leaving":
    from sentiment.leaving import Leaving  # noqa: PLC0415
    from sentiment.train import tabulate  # noqa: PLC0415

    with _enough_to_learn():
        leaving = Leaving(tabulate(examples))
    moods, neutral = len(leaving.with_moods), len(leaving.with_neutral)
    if min(moods, neutral) < needed or not leaving.asked():
        raise WrongUse(_FEW_SOURCES.format(needed=needed, moods=moods, neutral=neutral))
    return leaving


@contextmanager
def _enough_to_learn() -> Iterator[None]:
    """Training. Raises WrongUse where the sentences teach nothing."""
    from sentiment.train import TooLittle  # noqa: PLC0415

    try:
        yield
    except TooLittle as error:
        raise WrongUse(str(error)) from error


def _console() -> Console:
    return Console(soft_wrap=True, highlight=False)
