"""Judging: whether a row may be kept, under which id, and what may be shown of it where it may not. Writes nothing."""

import dataclasses
import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from crawler.items import Comment, Item, Reply
from crawler.registry import FILES
from pipelines.importing.mapping import ColumnField
from pipelines.importing.rows import RowReader, written
from pipelines.importing.tables import Cell, Row
from pipelines.masking import mask as mask_text
from pipelines.masking.pseudonyms import Pseudonyms, somebody
from pipelines.preparing import prepare
from pipelines.sentences import masked
from pipelines.steps import Rejected
from pipelines.steps.clean import tidy

_OFFICIAL: tuple[ColumnField, ...] = ("reply_text", "reply_unit")
_AS_IT_IS: tuple[ColumnField, ...] = ("id", "url")

LONGEST_REASON = 200
"""Characters."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What became of one row.

    items      masked, to be kept
    repeated   items that an earlier row of the file brought word for word
    refusals   one sentence for each item that may not be kept
    """

    row: Row
    items: tuple[Item, ...]
    repeated: int
    refusals: tuple[str, ...]
    marks: Mapping[str, int]


@dataclass(slots=True)
class Judge:
    """Judges the rows of one file in order; remembers the ids it has met."""

    reader: RowReader
    pseudonyms: Pseudonyms
    _met: dict[str, tuple[int, int]] = field(default_factory=dict)

    def judge(self, row: Row) -> Judged:
        """A refused comment takes its reply with it; a refused reply leaves its comment standing."""
        items: list[Item] = []
        marks: Counter[str] = Counter()
        try:
            if row.fault:
                raise Rejected(row.fault)
            comment = self._comment(row, marks)
            fresh = self._is_new(comment, row.line)
        except Rejected as rejected:
            return Judged(row, (), 0, (_sentence(rejected),), Counter())
        items += [comment] if fresh else []
        repeated, refusals = int(not fresh), ()
        try:
            reply = self._reply(row, comment, marks)
            if reply and self._is_new(reply, row.line):
                items.append(reply)
            elif reply:
                repeated += 1
        except Rejected as rejected:
            refusals = (f"信已导入，答复没有导入：{_sentence(rejected)}",)
        return Judged(row, tuple(items), repeated, refusals, marks)

    def kept_aside(self, row: Row) -> dict[str, object]:
        """The cells that the mapping reads, masked. Of a row that is out of step with its header, nothing."""
        meanings = {name: meaning for meaning, name in self.reader.mapping.columns.items()}
        names = [name for name in self.reader.mapping.names() if name in row.cells]
        writer = somebody(self.reader.words(row.cells, "author"))
        return {name: self._masked(row.cells[name], meanings.get(name), writer) for name in names}

    def _masked(self, value: Cell, meaning: ColumnField | None, writer: str | None) -> object:
        if meaning == "author":
            return self.pseudonyms.of(FILES, tidy(written(value))) or ""
        if not isinstance(value, str):
            return value
        text = tidy(value)
        return text if meaning in _AS_IT_IS else mask_text(text, official=meaning in _OFFICIAL, known=writer).text

    def _comment(self, row: Row, marks: Counter[str]) -> Comment:
        raw = self.reader.comment(row.cells)
        open_id = f"{FILES}:{raw.source}:"
        has_number = raw.id != open_id
        masked, found = prepare(raw if has_number else dataclasses.replace(raw, id=f"{open_id}?"), self.pseudonyms)
        marks.update(found)
        return masked if has_number else dataclasses.replace(masked, id=open_id + content_key(masked))

    def _reply(self, row: Row, comment: Comment, marks: Counter[str]) -> Reply | None:
        raw = self.reader.reply(row.cells, comment)
        if raw is None:
            return None
        masked, found = prepare(raw, self.pseudonyms)
        marks.update(found)
        return masked

    def _is_new(self, item: Item, line: int) -> bool:
        """False for the same again. Raises Rejected for the same id with other words."""
        before, content = self._met.setdefault(item.id, (line, hash(item)))
        if content != hash(item):
            raise Rejected(f"与第 {before} 行编号相同，或作者、时间、内容都相同，别的几格却不同，请核对留哪一行。")
        return before == line


def _sentence(rejected: Rejected) -> str:
    """The reason as it may be shown: it quotes the cell, which can be anything."""
    return masked(rejected.reason)[:LONGEST_REASON]


def content_key(comment: Comment) -> str:
    """32 hexadecimal digits for a comment without a number: who said what when, as it is kept.

    Made from the masked comment, so that the key leads back to nobody, and so that a refused row that was mended from
    its masked copy has the key of the original.
    """
    said = "\0".join((comment.source, comment.author or "", comment.posted_at.isoformat(), comment.title, comment.text))
    return hashlib.blake2b(said.encode(), digest_size=16).hexdigest()
