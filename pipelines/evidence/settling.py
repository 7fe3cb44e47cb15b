"""Settling: what a replay reads is compared with what is stored, as far as evidence can tell the two apart.

Evidence is masked more strictly than the journal: without knowing who speaks, a unit's own telephone is taken out, too,
and the name of anybody else who wrote on the same page. Where nothing else differs, the words that are stored stay.
"""

import asyncio
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from crawler.items import Comment, Gone, Item, Post, Reply
from crawler.labelling import StanceLabel
from crawler.portions import Portion
from crawler.runs import Run
from pipelines.digests import digest_of
from pipelines.journal import read
from pipelines.steps.record import Record

_MARK = re.compile(r"\[(?:电话|邮箱|证件|银行卡|账号|车牌|提及|姓名|门牌)\]")
_WORDS = ("text", "title", "unit", "category", "domain", "status")
_CUT = "…"


class RecordAgain(Record):
    """The last step of a replay: keeps what is new in a mended parser's reading, and nothing else."""

    async def open_spider(self) -> None:
        """Read what is stored of the source, then begin as any run."""
        source = self._crawler.spider.entry.id
        self._stored = await asyncio.to_thread(stored_of, self._config.journal_folder, source)
        await super().open_spider()

    async def process_item(self, portion: Portion) -> Portion:
        """Keep items in the words in which they are stored, where they say nothing else."""
        news = [new for item in portion.items if (new := self._new(item)) is not None]
        return await super().process_item(replace(portion, items=news))

    def _new(self, item: Item) -> Item | None:
        """An item with the stored words where it says the same in others; None where all of it is stored."""
        known = self._stored.get(item.id)
        if known is not None and _is_later(known, item.collected_at):
            self._pass(item)
            return None
        if known is not None and not isinstance(known, Gone):
            item = settled(item, known)
            if digest_of(item) == digest_of(known):
                self._pass(item)
                return None
        return item

    def _pass(self, item: Item) -> None:
        tally = self._crawler.spider.tally
        tally.covers(item.replied_at if isinstance(item, Reply) else item.posted_at)
        tally.heard += isinstance(item, Comment)
        tally.unchanged += 1


def stored_of(journal: Path, source: str) -> Mapping[str, Item | Gone]:
    """The newest state of each item of a source in the journal."""
    newest: dict[str, Item | Gone] = {}
    for event in _events(journal):
        if event.source == source and (event.id not in newest or not _is_later(newest[event.id], _moment(event))):
            newest[event.id] = event
    return newest


def settled(item: Item, stored: Item) -> Item:
    """An item with the stored words wherever its own differ by marks alone."""
    kept: dict[str, str] = {}
    for name in _WORDS:
        new, old = getattr(item, name, None), getattr(stored, name, None)
        if isinstance(new, str) and isinstance(old, str) and new != old and fits(new, old):
            kept[name] = old
    if isinstance(item, Post) and isinstance(stored, Post) and _cut_elsewhere(item, stored):
        kept["title"] = stored.title
    return replace(item, **kept)


def _cut_elsewhere(post: Post, stored: Post) -> bool:
    """Whether two titles are the beginning of one text, cut at other places because marks stand in it."""
    same = post.text == stored.text or fits(post.text, stored.text)
    return same and bool(_MARK.search(post.text)) and post.title.endswith(_CUT) and stored.title.endswith(_CUT)


def fits(marked: str, text: str) -> bool:
    """Whether a text can be what stood there before the marks were set. In time linear in both lengths."""
    first, *rest = _MARK.split(marked)
    if not rest:
        return marked == text
    *middle, last = rest
    if not text.startswith(first) or not text[len(first) :].endswith(last):
        return False
    place, end = len(first), len(text) - len(last)
    for piece in middle:
        found = text.find(piece, place + 1, end)
        if found < 0:
            return False
        place = found + len(piece)
    return place < end


def _events(journal: Path) -> Iterator[Item | Gone]:
    for entry in read(journal):
        if not isinstance(entry.event, Run | StanceLabel):
            yield entry.event


def _moment(event: Item | Gone) -> datetime:
    return event.gone_at if isinstance(event, Gone) else event.collected_at


def _is_later(event: Item | Gone, at: datetime) -> bool:
    return _moment(event) > at
