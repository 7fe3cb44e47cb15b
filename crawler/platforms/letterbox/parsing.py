"""Letters of a letterbox: a preset and an answer in, rows and items out. Pure, no Scrapy in it."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from crawler.items import Comment, Item, Reply
from crawler.platforms.answers import Unreadable
from crawler.platforms.letterbox.answer import Data, Node, Row, count_of, missing
from crawler.platforms.letterbox.columns import likes_in, moment_in, text_in, values_in
from crawler.platforms.letterbox.filling import Addresses
from crawler.platforms.letterbox.preset import Preset
from crawler.reading.times import Moment

UNNAMED = "答复单位未注明"


@dataclass(frozen=True, slots=True)
class Batch:
    """One page of the list: its rows, each with at least an `id`, and how many letters it says there are."""

    rows: list[tuple[Row, Node]]
    total: int | None

    @property
    def data(self) -> list[object]:
        """The rows as the platform gave them in JSON; none of a page."""
        return [node.value for _, node in self.rows if isinstance(node, Data)]


@dataclass(frozen=True, slots=True)
class Letterbox:
    """One board as a source reads it in a run; its times are in `zone` where they name none."""

    addresses: Addresses
    source: str
    run: str
    zone: ZoneInfo

    @property
    def preset(self) -> Preset:
        """What is known of the board."""
        return self.addresses.preset

    def batch(self, page: Node) -> Batch:
        """The rows of a page of the list, each letter once.

        Raises Unreadable for a row without an id and for a page that is no list, Refused for a captcha or a sign-in.
        """
        listing = self.preset.list
        rows: dict[str, tuple[Row, Node]] = {}
        for number, node in enumerate(page.rows(listing.rows), 1):
            row = values_in(node, listing.fields)
            if "id" not in row:
                raise Unreadable(f"列表第 {number} 行没有找到 id（{listing.fields['id'].path}），平台可能改版了。")
            rows.setdefault(str(row["id"]), (row, node))
        total = count_of(page, listing.total)
        if not rows and not self._may_be_empty(page, total):
            raise missing(page, f"列表页里没有一处合得上“{listing.rows}”")
        return Batch(list(rows.values()), total)

    def _may_be_empty(self, page: Node, total: int | None) -> bool:
        """Whether a page without rows is a page of the list all the same."""
        return total is not None or page.has(self.preset.list.frame or self.preset.list.rows)

    def moment(self, row: Row, column: str, now: datetime) -> Moment:
        """The time in a column of a letter's row. Raises Unreadable where there is none, or none that can be read."""
        return moment_in(row, column, f"来信 {row['id']} ", now, self.zone)

    def letter_id(self, row: Row) -> str:
        """The id of the letter that a row is of."""
        return f"letterbox:{self.source}:{row['id']}"

    def letter(self, row: Row, page: Node, now: datetime) -> Iterator[Item]:
        """A letter, what was answered, what others said: from its row in the list and its own page."""
        if self.preset.detail:
            values = values_in(page, self.preset.detail.fields)
            if self.preset.detail.fields and not values:
                raise missing(page, f"来信 {row['id']} 的单页里什么也没有找到")
            row = {**row, **values}
        if "text" not in row:
            raise missing(page, f"来信 {row['id']} 没有找到正文（text）")
        said = self.moment(row, "posted_at", now)
        letter = Comment(
            id=self.letter_id(row),
            platform="letterbox",
            source=self.source,
            kind="letter",
            title=text_in(row, "title") or "",
            text=str(row["text"]),
            url=self.addresses.of_letter(row),
            posted_at=said.at,
            posted_precision=said.precision,
            collected_at=now,
            run=self.run,
            author=text_in(row, "author"),
            author_region=text_in(row, "author_region"),
            likes=likes_in(row),
            category=text_in(row, "category"),
            domain=text_in(row, "domain"),
            status=text_in(row, "status"),
        )
        yield letter
        yield from self._replies(letter, row, page)
        yield from self._remarks(letter, row, page)

    def _replies(self, letter: Comment, row: Row, page: Node) -> Iterator[Item]:
        block = self.preset.reply
        if block is None:
            return
        numbers: Counter[str] = Counter()
        for node in page.rows(block.rows) if block.rows else [page]:
            values = values_in(node, block.fields)
            if "text" not in values:
                continue  # waits, or has the unit's name and nothing else yet
            replied = self.moment({**values, "id": row["id"]}, "replied_at", letter.collected_at)
            yield Reply(
                id=f"{letter.id}-r{_number(values, replied, numbers)}",
                platform="letterbox",
                source=self.source,
                comment_id=letter.id,
                unit=text_in(values, "unit") or text_in(row, "unit") or UNNAMED,
                text=str(values["text"]),
                url=letter.url,
                replied_at=replied.at,
                replied_precision=replied.precision,
                collected_at=letter.collected_at,
                run=self.run,
                addressee=letter.author,
            )

    def _remarks(self, letter: Comment, row: Row, page: Node) -> Iterator[Item]:
        block = self.preset.comments
        if block is None:
            return
        numbers: Counter[str] = Counter()
        for node in page.rows(block.rows):
            values = values_in(node, block.fields)
            if "text" not in values:
                continue
            said = self.moment({**values, "id": row["id"]}, "posted_at", letter.collected_at)
            yield Comment(
                id=f"{letter.id}-c{_number(values, said, numbers)}",
                platform="letterbox",
                source=self.source,
                kind="comment",
                text=str(values["text"]),
                url=letter.url,
                posted_at=said.at,
                posted_precision=said.precision,
                collected_at=letter.collected_at,
                run=self.run,
                parent_id=letter.id,
                root_id=letter.id,
                author=text_in(values, "author"),
                likes=likes_in(values),
            )


def _number(values: Row, moment: Moment, known: Counter[str]) -> str:
    """The board's own number, else the moment: places in a list change when something comes before them."""
    name = text_in(values, "id") or f"{moment.at:%Y%m%d%H%M%S}"
    known[name] += 1
    return name if known[name] == 1 else f"{name}-{known[name]}"
