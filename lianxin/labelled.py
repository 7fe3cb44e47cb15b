"""Labelled files: sentences with their moods, read as every table is, and what of them was left out."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from crawler.errors import WrongUse
from pipelines.importing.opening import open_bytes, open_text
from pipelines.importing.tables import Broken, Row, Table, open_table
from sentiment.examples import Example, Labelled, digest, examples_of_lines, examples_of_rows, is_lines

TEXT, LABEL, DATE = "text", "label", "date"

_LABELS = "label 应是 positive、neutral 或 negative，也可以写正面、中性、负面。"

_SHOWN = 5
"""Labels that are named where some are not known."""


@dataclass(frozen=True, slots=True)
class LabelledFile:
    """A file's examples, its SHA-256, and one sentence (Chinese) on what was left out, if anything was."""

    path: Path
    digest: str
    examples: list[Example]
    left_out: str


def read_labelled(path: Path) -> LabelledFile:
    """The examples of a CSV, XLSX or JSONL file with `text` and `label`, or of a file of lines that all mean the same.

    A `date` gives them their days.

    Raises WrongUse where it is no such file, or no row is an example.
    """
    faults: list[Row] = []
    if is_lines(path.name):
        with ExitStack() as stack:
            lines = stack.enter_context(open_text(open_bytes(path, stack), path))
            found = examples_of_lines(path.name, lines)
    else:
        with open_table(path) as table:
            columns = _columns(table)
            try:
                found = examples_of_rows(path.name, _cells(table.rows(), columns, faults))
            except Broken as broken:
                raise WrongUse(f"{path}：{broken}") from broken
    left_out = "；".join(_left_out(found, faults))
    if not found.examples:
        raise WrongUse(f"{path} 里没有能用的句子：{left_out}。{_LABELS}")
    sentence = f"{path.name} 有没用上的行：{left_out}。" if left_out else ""
    return LabelledFile(path, digest(path), found.examples, sentence)


def _columns(table: Table) -> Sequence[str]:
    names = {name.lower(): name for name in table.columns}
    if not {TEXT, LABEL} <= names.keys():
        raise WrongUse(f"{table.path} 里要有 {TEXT} 和 {LABEL} 两列，现在的列是：{'、'.join(table.columns)}。")
    return [names[column] for column in (TEXT, LABEL, DATE) if column in names]


def _cells(rows: Iterable[Row], columns: Sequence[str], faults: list[Row]) -> Iterator[tuple[str, ...]]:
    for row in rows:
        if row.fault:
            faults.append(row)
        else:
            yield tuple("" if row.cells.get(name) is None else str(row.cells[name]) for name in columns)


def _left_out(found: Labelled, faults: Sequence[Row]) -> Iterator[str]:
    if found.unknown:
        named = "、".join(f"“{label}” {count:,} 行" for label, count in found.unknown.most_common(_SHOWN))
        more = "等" if len(found.unknown) > _SHOWN else ""
        yield f"不认得的标签 {found.unknown.total():,} 行（{named}{more}）"
    if found.without_text:
        yield f"没有文字的 {found.without_text:,} 行"
    if faults:
        yield f"读不懂的 {len(faults):,} 行（第 {faults[0].line} 行：{faults[0].fault.rstrip('。')}）"
