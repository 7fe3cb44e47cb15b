"""`lianxin score`: JSON lines in, JSON lines out, in the same order, any number of them."""

import sys
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Annotated, BinaryIO

import orjson
import typer

from crawler.config import load_config
from crawler.errors import ServiceAway, WrongUse
from crawler.registry import load_registry
from pipelines.enrich.feeling import model_at_hand
from pipelines.importing.opening import open_file
from sentiment.intent import Intent, intents_of
from sentiment.labels import Score
from sentiment.moods import Model, feel
from sentiment.stance import Stance, explicit_stance

STANDARD_INPUT = Path("-")

BATCH = 500
LONGEST_BATCH = 200_000
"""Lines, and bytes of them, from which they are scored, and written, together."""

NOT_COMPLETE = 1
"""Exit code where a line could not be scored, or nobody read to the end."""


def score_lines(
    file: Annotated[Path, typer.Argument(help="JSON 行文件；不写就读标准输入")] = STANDARD_INPUT,
    policy: Annotated[str, typer.Option(help="这些话说的是哪项政策（policies.toml 里的 id），只用来判断立场")] = "",
) -> None:
    """Write one line a line. Leaves with 1 where a line was none.

    WrongUse where there is nothing to read from or to write to, ServiceAway where the disk refuses.
    """
    if sys.stdout is None:  # `>&-`
        raise WrongUse("标准输出是关着的，打的分没有地方写。请写到文件里：lianxin score 输入文件 > 结果文件。")
    config = load_config()
    names = load_registry(config.data).policy(policy).names if policy else ()
    with ExitStack() as stack:
        lines = _opened(file, stack)
        try:
            whole = scored(lines, sys.stdout.buffer, config.sentiment, names)
        except BrokenPipeError:  # whoever read has enough, as `head` has
            whole = False
    if not whole:
        raise typer.Exit(NOT_COMPLETE)


def scored(lines: Iterable[bytes], out: IO[bytes], model: Model, names: Sequence[str] = ()) -> bool:
    """Score lines as they come, in bounded memory; whether every one could be scored. Blank lines are passed over.

    `names` are those of the policy that the lines are about; the stance is only what is said outright.
    ServiceAway where a line cannot be read or written, BrokenPipeError where nobody reads on.
    """
    whole = True
    for batch in _batches(_readable(lines)):
        read = [_read(number, line) for number, line in batch]
        texts = [row["text"] for row in read if "error" not in row]
        stances = [explicit_stance(text, names) for text in texts]
        with model_at_hand():
            felt = feel(texts, model)
        answers = zip(felt, stances, intents_of(texts), strict=True)
        rows = [row if "error" in row else _answer(row["id"], *next(answers)) for row in read]
        with _told("写不下结果", "磁盘是否已满"):
            for row in rows:
                out.write(orjson.dumps(row) + b"\n")
            out.flush()
        whole = whole and not any("error" in row for row in read)
    return whole


def _opened(file: Path, stack: ExitStack) -> BinaryIO:
    """The file, or standard input. WrongUse where there is none to be read."""
    if file != STANDARD_INPUT:
        return open_file(file, stack)
    if sys.stdin is None:  # `<&-`
        raise WrongUse("标准输入是关着的，没有可读的。请写上文件：lianxin score 输入文件。")
    return sys.stdin.buffer


def _readable(lines: Iterable[bytes]) -> Iterator[bytes]:
    with _told("读不了输入", "输入的文件和它所在的磁盘"):
        yield from lines


@contextmanager
def _told(what: str, look_at: str) -> Iterator[None]:
    """Reading or writing. Raises ServiceAway where the disk refuses."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        why = error.strerror or str(error) or type(error).__name__
        raise ServiceAway(f"{what}（{why}），没有打完分。请检查{look_at}，再运行一次。") from error


def _batches(lines: Iterable[bytes]) -> Iterator[list[tuple[int, bytes]]]:
    batch: list[tuple[int, bytes]] = []
    amount = 0
    for number, line in enumerate(lines, 1):
        if line.strip():
            batch.append((number, line))
            amount += len(line)
        if len(batch) == BATCH or amount >= LONGEST_BATCH:
            yield batch
            batch, amount = [], 0
    if batch:
        yield batch


def _read(number: int, line: bytes) -> dict[str, object]:
    """The line's id and text, or its number and what is wrong with it."""
    try:
        row = orjson.loads(line.removeprefix(BOM_UTF8))  # Windows begins files with the mark, and `cat` joins them
    except orjson.JSONDecodeError:
        return {"line": number, "error": '这一行不是 UTF-8 的 JSON，应写成 {"id": …, "text": …}。'}
    if not isinstance(row, dict) or not isinstance(row.get("text"), str):
        named = {"id": row["id"]} if isinstance(row, dict) and isinstance(row.get("id"), str | int) else {}
        fault = "的 text 不是加了引号的文字" if isinstance(row, dict) and "text" in row else "没有 text"
        return {"line": number, **named, "error": f'这一行{fault}，应写成 {{"id": …, "text": …}}。'}
    if isinstance(row.get("id"), float):  # as which a long number is read; it would come out as another
        return {"line": number, "error": "这一行的 id 是小数，或者是太长的数字，请给它加上引号。"}
    return {"id": row.get("id"), "text": row["text"]}


def _answer(identity: object, felt: Score, stance: Stance, intents: Sequence[Intent]) -> dict[str, object]:
    mood = {"score": felt.score, "label": felt.label, "snownlp": felt.snownlp, "model": felt.model}
    reason = {"reason": felt.reason} if felt.reason else {}
    return {"id": identity, **mood, **reason, "stance": stance, "intent": intents}
