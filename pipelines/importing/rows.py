"""Rows: one row of a table as a comment and, where it has one, its reply; raw, before the steps. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from crawler.items import Comment, Reply
from crawler.reading.counts import read_count
from crawler.reading.quoting import quoted
from crawler.reading.times import Moment, read_time
from crawler.registry import FILES
from pipelines.importing.mapping import ColumnField, FileMapping, Satisfaction
from pipelines.importing.tables import Cell
from pipelines.steps import Rejected
from pipelines.steps.clean import tidy

RELATIVE = '是相对的时间，要从文件保存的时刻往回算：请加 --as-of，例如 --as-of "2026-11-23 15:00"'

_LATER = timedelta(days=400)
_SCIENTIFIC = re.compile(r"[0-9](?:\.[0-9]+)?E\+?[0-9]{2}", re.IGNORECASE)

Cells = Mapping[str, Cell]


@dataclass(frozen=True, slots=True)
class RowReader:
    """Reads the rows of one file in one run.

    zone    where times without a zone were written
    now     when the file is imported
    as_of   when it was saved, None where nobody said so; relative times count back from it
    """

    source: str
    run: str
    mapping: FileMapping
    zone: tzinfo
    now: datetime
    as_of: datetime | None = None

    def comment(self, cells: Cells) -> Comment:
        """What the row says. Without a number of its own its id is left open: `file:SOURCE:`. Raises Rejected."""
        posted = self._moment(cells, "posted_at")
        if posted is None:
            raise Rejected("没有时间。")
        return Comment(
            id=f"{FILES}:{self.source}:{self._native_id(cells) or ''}",
            platform=FILES,
            source=self.source,
            kind=self.mapping.kind,
            title=self.words(cells, "title") or "",
            text=(self.words(cells, "text") or "").removeprefix(self.mapping.drop_prefix),
            url=self.words(cells, "url") or "",
            posted_at=posted.at,
            posted_precision=posted.precision,
            collected_at=self.now,
            run=self.run,
            author=self.words(cells, "author"),
            author_region=self.words(cells, "author_region"),
            likes=self._count(cells, "likes"),
            dislikes=self._count(cells, "dislikes"),
            reply_count=self._count(cells, "reply_count"),
            category=self.words(cells, "category"),
            domain=self.words(cells, "domain"),
            status=self.words(cells, "status"),
            satisfaction=self._satisfaction(cells),
        )

    def reply(self, cells: Cells, comment: Comment) -> Reply | None:
        """The official reply to the row's comment, None where it has none. Raises Rejected."""
        text, replied = self.words(cells, "reply_text"), self._moment(cells, "replied_at")
        if text is None and replied is None:
            return None
        if text is None:
            raise Rejected("有答复时间，没有答复内容。")
        if replied is None:
            raise Rejected("有答复内容，没有答复时间。")
        if self._is_before(replied, Moment(comment.posted_at, comment.posted_precision)):
            local = [at.astimezone(self.zone).isoformat(" ", "minutes") for at in (replied.at, comment.posted_at)]
            raise Rejected(f"答复时间（{local[0]}）早于留言时间（{local[1]}）。")
        return Reply(
            id=f"{comment.id}-reply",
            platform=FILES,
            source=self.source,
            comment_id=comment.id,
            unit=self.words(cells, "reply_unit") or self.mapping.reply_unit,
            text=text,
            url=comment.url,
            replied_at=replied.at,
            replied_precision=replied.precision,
            addressee=self.words(cells, "author"),
            collected_at=self.now,
            run=self.run,
        )

    def words(self, cells: Cells, field: ColumnField) -> str | None:
        """A cell's text, None where it says nothing."""
        return self._text(self._cell(cells, field))

    def _cell(self, cells: Cells, field: ColumnField) -> Cell:
        return cells.get(self.mapping.columns.get(field, ""))

    def _text(self, value: Cell) -> str | None:
        text = tidy(written(value))
        return None if text in self.mapping.null else text

    def _native_id(self, cells: Cells) -> str | None:
        native = self.words(cells, "id")
        if native and _SCIENTIFIC.fullmatch(native):
            raise Rejected(f"编号“{native}”被 Excel 改成了科学计数，原来的数字丢了，请从原系统重新导出。")
        return native

    def _count(self, cells: Cells, field: ColumnField) -> int | None:
        try:
            return read_count(self.words(cells, field))
        except ValueError as error:
            raise Rejected(f"“{self.mapping.columns[field]}”一列：{error}") from error

    def _moment(self, cells: Cells, field: ColumnField) -> Moment | None:
        value = self._cell(cells, field)
        if self._text(value) is None:
            return None
        try:
            moment = read_time(value, self.as_of or self.now, self.zone)
            # What means another moment when read later counts back from the moment of reading.
            is_relative = isinstance(value, str) and read_time(value, self.now + _LATER, self.zone) != moment
        except ValueError as error:
            raise Rejected(f"“{self.mapping.columns[field]}”一列：{error}") from error
        if is_relative and self.as_of is None:
            raise Relative(f"时间“{value}”{RELATIVE}。")
        return moment

    def _satisfaction(self, cells: Cells) -> float | None:
        rating = self.mapping.satisfaction
        if rating is None:
            return None
        marks = [mark for name in rating.columns if (mark := self._mark(cells.get(name), rating)) is not None]
        return sum(marks) / len(marks) if marks else None

    def _mark(self, value: Cell, rating: Satisfaction) -> float | None:
        """One mark brought to 0–1."""
        text = self._text(value)
        if text is None or text in rating.unrated:
            return None
        worst, best = rating.scale
        try:
            mark = (float(text) - worst) / (best - worst)
        except ValueError as error:
            raise Rejected(f"评价“{quoted(text)}”不是数字。") from error
        if not 0 <= mark <= 1:
            raise Rejected(f"评价 {quoted(text)} 不在 {worst:g} 到 {best:g} 之间。")
        return mark

    def _is_before(self, earlier: Moment, later: Moment) -> bool:
        """Whether a moment is surely before another, given how exactly both are known."""
        precisions = {earlier.precision, later.precision}
        first, second = earlier.at.astimezone(self.zone), later.at.astimezone(self.zone)
        if "day" in precisions:
            return first.date() < second.date()
        if "minute" in precisions:
            return first.replace(second=0, microsecond=0) < second.replace(second=0, microsecond=0)
        return first < second


class Relative(Rejected):
    """A time that counts back from a moment that nobody gave."""


def written(value: Cell) -> str:
    """A cell as a person would write it: whole numbers without a fraction, dates without a midnight."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.isoformat(" ") if value.time() != time() else value.date().isoformat()
    return value.isoformat() if isinstance(value, date) else str(value)
