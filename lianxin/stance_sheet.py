"""A sheet of stances: the file in which comments are labelled in Excel or WPS, and by which labels are passed on."""

import csv
from collections.abc import Iterable, Mapping
from io import StringIO
from pathlib import Path

from crawler.errors import WrongUse
from crawler.labelling import TaughtStance
from dashboards.export.inert import inert
from pipelines.documents import CommentDocument
from pipelines.files import write_safely
from pipelines.importing.tables import Cell, Row, open_table

STANCES: Mapping[str, TaughtStance] = {
    "s": "support", "support": "support", "支持": "support",
    "o": "oppose", "oppose": "oppose", "反对": "oppose",
    "u": "unclear", "unclear": "unclear", "看不出": "unclear",
}  # fmt: skip
"""What a person may write, and what it means."""

NAMES: Mapping[TaughtStance, str] = {"support": "支持", "oppose": "反对", "unclear": "看不出"}

ID, STANCE, WORDS = "编号", "立场", "内容"
_CALLED = {ID: (ID, "id", "评论编号"), STANCE: (STANCE, "stance")}


def write_sheet(path: Path, rows: Iterable[tuple[CommentDocument, TaughtStance | None]]) -> None:
    """Write comments with their labels, those without to be filled in.

    Raises WrongUse where the disk refuses, or a file is there already: somebody may have filled it in.
    """
    if path.exists():
        raise WrongUse(f"{path} 已经有了，里面也许有填好的立场。请换一个名字，或者读入以后删去它。")
    text = StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([ID, STANCE, WORDS])
    writer.writerows([comment.id, NAMES[stance] if stance else "", inert(comment.words)] for comment, stance in rows)
    try:
        write_safely(path, text.getvalue().encode("utf-8-sig"))  # the mark tells Excel the encoding
    except OSError as error:
        raise WrongUse(f"写不到 {path}：{error.strerror}。请换一个有权限、有空间的位置。") from error


def read_sheet(path: Path) -> dict[str, TaughtStance]:
    """Labels by comment; lines without a stance are not labelled yet. Raises WrongUse with the line that is wrong."""
    given: dict[str, TaughtStance] = {}
    with open_table(path) as table:
        names = {
            column: next((name for name in table.columns if name.lower() in _CALLED[column]), "") for column in _CALLED
        }
        if not all(names.values()):
            raise WrongUse(f"{path} 的第一行要有“{ID}”和“{STANCE}”两列（或 id 和 stance）。")
        for row in table.rows():
            identity, stance = (_said(row, names[column], path) for column in (ID, STANCE))
            if not stance:
                continue
            if not identity or stance.lower() not in STANCES:
                raise WrongUse(
                    f"{path} 第 {row.line} 行读不懂：要有{ID}，{STANCE}要写{'、'.join(NAMES.values())}，或者空着。"
                )
            if given.setdefault(identity, STANCES[stance.lower()]) != STANCES[stance.lower()]:
                raise WrongUse(
                    f"{path} 第 {row.line} 行的 {identity} 前面已经标成“{NAMES[given[identity]]}”，请只留一行。"
                )
    return given


def _said(row: Row, column: str, path: Path) -> str:
    if row.fault:
        raise WrongUse(f"{path} 第 {row.line} 行读不懂：{row.fault}")
    cell: Cell = row.cells.get(column)
    return "" if cell is None else str(cell).strip()
