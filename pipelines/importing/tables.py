"""Tables: the rows of a CSV, XLSX or JSON lines file, one after the other, each with its line number. Reads only."""

import csv
import json
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from io import StringIO, TextIOWrapper
from pathlib import Path
from typing import BinaryIO
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.cell.read_only import EmptyCell, ReadOnlyCell
from openpyxl.utils.escape import unescape
from openpyxl.worksheet._read_only import ReadOnlyWorksheet

from crawler.errors import WrongUse
from pipelines.importing.opening import LONGEST_LINE, is_workbook, open_bytes, open_text
from pipelines.importing.rejects import REASON, unguarded

Cell = str | int | float | bool | date | None
Values = Sequence[Cell]

LARGEST_CELL = 1024 * 1024
"""Characters."""

SAMPLE = 200
"""Rows that are looked at before anything is decided."""

_DEEPEST = 16
_DELIMITERS = (",", ";", "\t")
_BROKEN_WORKBOOK = (
    zipfile.BadZipFile,
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    IndexError,
    ParseError,
    EOFError,
)


class Broken(Exception):
    """Reading cannot go on; the text is one sentence. What came before it stands."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the line (or sheet row) it begins at, its cells by column. `fault` says why it cannot be read."""

    line: int
    cells: Mapping[str, Cell]
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A file's columns and rows. `rows` begins anew each time, and raises Broken where reading cannot go on.

    `rows_expected` is None where a workbook does not say.
    """

    path: Path
    columns: tuple[str, ...]
    rows: Callable[[], Iterator[Row]]
    form: str
    rows_expected: int | None


@contextmanager
def open_table(path: Path, sheet: str | None = None) -> Iterator[Table]:
    """The table in a file. `sheet` names a workbook's sheet, the first by default.

    Raises WrongUse, with a sentence that says what to do, for everything that is no table with at least one row.
    """
    with ExitStack() as stack:
        data = open_bytes(path, stack)
        try:
            if is_workbook(data, path):
                table = _workbook_table(data, path, sheet, stack)
            else:
                table = _text_table(stack.enter_context(open_text(data, path)), path)
            if next(table.rows(), None) is None:
                raise WrongUse(f"{path} 只有表头，没有内容，请核对导出的范围。")
        except Broken as broken:
            raise WrongUse(f"{path}：{broken}") from broken
        yield table


def _text_table(text: TextIOWrapper, path: Path) -> Table:
    csv.field_size_limit(LARGEST_CELL)
    head = text.read(LARGEST_CELL)
    first = head.lstrip()[:1]
    if not first:
        raise WrongUse(f"{path} 里只有空白，请重新导出。")
    if first == "<":
        raise WrongUse(f"{path} 是网页（HTML），不是表格。请用 Excel 打开，另存为 .xlsx 再导入。")
    if first == "[":
        raise WrongUse(f"{path} 是一整个 JSON 列表。请改成 JSONL：每行一个 {{…}}，行尾没有逗号，再导入。")
    if "\0" in head.partition("\n")[0]:
        raise WrongUse(f"{path} 不是文字表格（第一行有空字节），请在 Excel 里另存为“CSV UTF-8”再导入。")
    return _json_table(text, path) if first == "{" else _csv_table(text, path, head)


def _csv_table(text: TextIOWrapper, path: Path, head: str) -> Table:
    delimiter = _sniff(head)
    columns: tuple[str, ...] = ()

    def rows() -> Iterator[Row]:
        records = _csv_records(text, delimiter)
        next(records)
        read = unguarded if REASON in columns else str
        for line, values, fault in records:
            yield Row(line, {}, fault) if fault else _row(line, columns, [read(value) for value in values])

    line, values, fault = next(_csv_records(text, delimiter))
    if fault:
        raise WrongUse(f"{path} 第 {line} 行（表头）读不懂：{fault}")
    columns = _header(values)
    return Table(path, columns, rows, "CSV", sum(1 for _ in rows()))


def _sniff(head: str) -> str:
    """The delimiter that cuts the first line into most cells."""

    def cells(delimiter: str) -> int:
        try:
            return len(next(filter(_is_filled, csv.reader(StringIO(head, newline=""), delimiter=delimiter)), ()))
        except csv.Error:
            return 0

    return max(_DELIMITERS, key=cells)


def _csv_records(text: TextIOWrapper, delimiter: str) -> Iterator[tuple[int, list[str], str]]:
    """Line, cells and fault of each record that is not blank, the header first."""
    text.seek(0)
    reader = csv.reader(_lines(text), delimiter=delimiter, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            values = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield line, [], _csv_fault(error)
            continue
        if _is_filled(values):
            yield line, values, ""


def _is_filled(values: Values) -> bool:
    return any(value is not None and str(value).strip() for value in values)


def _csv_fault(error: csv.Error) -> str:
    if "unexpected end" in str(error):
        return "这一行有个引号没有闭合，从这里到文件末尾都没有读入。"
    if "field limit" in str(error):
        return "一个单元格超过 1,048,576 个字，多半是引号没有闭合。"
    return "引号用得不对：单元格里的引号要写成两个，整格用引号括起来。"


def _lines(text: TextIOWrapper) -> Iterator[str]:
    for number, line in enumerate(iter(lambda: text.readline(LONGEST_LINE), ""), 1):
        if len(line) == LONGEST_LINE:
            raise Broken(f"第 {number} 行长得不合理（超过 1600 万字），从这里起没有读入。请核对文件。")
        yield line


def _header(values: Values) -> tuple[str, ...]:
    return tuple(" ".join(str("" if value is None else value).split()) for value in values)


def _row(line: int, columns: tuple[str, ...], values: Values) -> Row:
    if len(values) < len(columns) or _is_filled(values[len(columns) :]):
        return Row(
            line,
            {},
            f"这一行有 {len(values)} 格，表头有 {len(columns)} 格，多半是正文里的分隔符或换行没有用引号括起来。",
        )
    return Row(line, {name: value for name, value in zip(columns, values, strict=False) if name})


def _json_table(text: TextIOWrapper, path: Path) -> Table:
    def rows() -> Iterator[Row]:
        text.seek(0)
        for line, content in enumerate(_lines(text), 1):
            if content.strip():
                yield _json_row(line, content)

    columns: dict[str, None] = {}
    count = 0
    for row in rows():
        count += 1
        columns.update(dict.fromkeys(row.cells))
        if count == SAMPLE and not columns:
            break
    if not columns:
        raise WrongUse(f"{path} 不是每行一个 JSON 对象。请改成 JSONL：每行一个 {{…}}，行内不换行，再导入。")
    return Table(path, tuple(columns), rows, "JSONL", count)


def _json_row(line: int, content: str) -> Row:
    try:
        record = json.loads(content)
    except (ValueError, RecursionError):
        record = None
    if not isinstance(record, dict):
        return Row(line, {}, "这一行不是 JSON 对象，应写成 {…}，中间不换行。")
    return Row(line, dict(_flat(record, "", _DEEPEST)))


def _flat(value: object, name: str, deepest: int) -> Iterator[tuple[str, Cell]]:
    """A nested object as cells: `{"user": {"name": …}}` has the column `user.name`, a list `replies.0`."""
    if isinstance(value, dict | list) and deepest:
        entries = value.items() if isinstance(value, dict) else enumerate(value)
        for key, inner in entries:
            yield from _flat(inner, f"{name}.{key}" if name else str(key), deepest - 1)
    elif value is None or isinstance(value, str | int | float):
        yield name, value


def _workbook_table(data: BinaryIO, path: Path, wanted: str | None, stack: ExitStack) -> Table:
    try:
        workbook = load_workbook(data, read_only=True, data_only=True)
        stack.callback(workbook.close)
        sheets = {sheet.title: sheet for sheet in workbook.worksheets}
        if wanted is not None and wanted not in sheets:
            raise WrongUse(f"{path} 里没有名为“{wanted}”的工作表，有：{'、'.join(sheets)}。")
        sheet = sheets[wanted] if wanted is not None else next(iter(sheets.values()))
        # Some programs write no extent, or a wrong one, and cells outside it would be lost.
        expected = sheet.max_row - 1 if (sheet.max_row or 0) > 1 else None
        sheet.reset_dimensions()
    except (*_BROKEN_WORKBOOK, StopIteration) as error:
        raise WrongUse(f"{path} 是损坏的 XLSX 文件（{error}），请在 Excel 里重新保存。") from error

    def rows() -> Iterator[Row]:
        records = _sheet_records(sheet)
        next(records)
        for line, values in records:
            yield _row(line, columns, values + [None] * (len(columns) - len(values)))

    header = next(_sheet_records(sheet), None)
    if header is None:
        raise WrongUse(f'{path} 的工作表“{sheet.title}”是空的，请核对是不是别的工作表，在对应文件里写 sheet = "…"。')
    columns = _header(header[1])
    return Table(path, columns, rows, "XLSX", expected)


def _sheet_records(sheet: ReadOnlyWorksheet) -> Iterator[tuple[int, list[Cell]]]:
    """Row number and cells of each row that is not blank, the header first."""
    try:
        for number, cells in enumerate(sheet.iter_rows(), 1):
            values = [_sheet_value(cell) for cell in cells]
            if _is_filled(values):
                yield number, values
    except _BROKEN_WORKBOOK as error:
        raise Broken(f"工作表“{sheet.title}”的内容损坏（{error}），后面没有读入，请在 Excel 里重新保存。") from error


def _sheet_value(cell: ReadOnlyCell | EmptyCell) -> Cell:
    value = cell.value
    if isinstance(value, str):
        return None if cell.data_type == "e" else unescape(value)
    if isinstance(value, datetime) and value.time() == time() and "h" not in cell.number_format.lower():
        return value.date()
    return value if isinstance(value, int | float | date) else None
