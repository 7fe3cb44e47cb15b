"""Comments of a page: the markup that a browser made of it in, items out. Pure: no Scrapy and no browser in it."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from parsel import Selector

from crawler.items import Comment, Item, Post, Reply
from crawler.platforms.answers import Unreadable
from crawler.platforms.letterbox.answer import Markup
from crawler.platforms.letterbox.columns import likes_in, moment_in, text_in, values_in
from crawler.platforms.letterbox.parsing import UNNAMED
from crawler.platforms.page.options import PageOptions

_COMMENT = "一条评论"
_RELATIVE = re.compile("刚刚|前|今天|昨天")


def markup(html: str) -> Markup:
    """A page, or a row of it, in which finders find."""
    return Markup(Selector(html.replace("\0", ""), type="html"))


@dataclass(frozen=True, slots=True)
class Reader:
    """Pages of one source as it reads them in a run; their times are in `zone` where they name none."""

    options: PageOptions
    source: str
    account: str | None
    run: str
    zone: ZoneInfo

    @property
    def numbered(self) -> bool:
        """Whether the site gives its comments ids of its own."""
        return "id" in self.options.comments.fields

    def identity(self, row: str) -> str:
        """What tells a comment from others for good: the site's own id, else a hash of author, time and words.

        A time that moves on (5分钟前) counts as its day. Raises Unreadable for a row without the id.
        """
        values = values_in(markup(row), self.options.comments.fields)
        if self.numbered:
            if "id" not in values:
                raise Unreadable("有一条评论没有找到编号（fields.id），平台可能改版了。")
            return str(values["id"])
        when = str(values.get("posted_at", ""))
        if _RELATIVE.search(when):
            now = datetime.now(self.zone)
            when = f"{moment_in(values, 'posted_at', _COMMENT, now, self.zone).at.astimezone(self.zone):%Y-%m-%d}"
        said = "\n".join((str(values.get("author", "")), when, str(values.get("text", ""))))
        return hashlib.blake2b(said.encode(errors="replace"), digest_size=12).hexdigest()

    def post(self, html: str, url: str, now: datetime) -> Post | None:
        """What a page publishes; None where the source does not say where that stands. Raises Unreadable."""
        heading = self.options.post
        if heading is None:
            return None
        wanted = {"title": heading.title, "text": heading.text, "posted_at": heading.posted_at}
        values = values_in(markup(html), wanted)
        for name in ("title", "text"):
            if name not in values:
                raise Unreadable(f"{urlsplit(url).path} 没有找到 post.{name}（{wanted[name].path}），平台可能改版了。")
        published = moment_in(values, "posted_at", f"{urlsplit(url).path} ", now, self.zone)
        return Post(
            id=f"page:{self.source}:{_place(url)}",
            platform="page",
            source=self.source,
            title=str(values["title"]),
            text=str(values["text"]),
            url=url,
            posted_at=published.at,
            posted_precision=published.precision,
            collected_at=now,
            run=self.run,
            account=self.account,
            comments_open=None,
        )

    def comment(self, identity: str, row: str, url: str, post: Post | None, now: datetime) -> Iterator[Item]:
        """A comment and what was officially answered to it; nothing for a row without words, such as a picture."""
        node = markup(row)
        values = values_in(node, self.options.comments.fields)
        if "text" not in values:
            return
        said = moment_in(values, "posted_at", _COMMENT, now, self.zone)
        comment = Comment(
            id=f"page:{self.source}:{identity}",
            platform="page",
            source=self.source,
            kind="comment",
            text=str(values["text"]),
            url=url,
            posted_at=said.at,
            posted_precision=said.precision,
            collected_at=now,
            run=self.run,
            post_id=post.id if post else None,
            author=text_in(values, "author"),
            author_region=text_in(values, "author_region"),
            likes=likes_in(values),
        )
        yield comment
        yield from self._replies(comment, node)

    def _replies(self, comment: Comment, node: Markup) -> Iterator[Reply]:
        block = self.options.comments.reply
        if block is None:
            return
        numbers: Counter[str] = Counter()
        for part in node.rows(block.rows) if block.rows else [node]:
            values = values_in(part, block.fields)
            if "text" not in values:
                continue
            replied = moment_in(values, "replied_at", "一条答复", comment.collected_at, self.zone)
            name = str(values.get("id") or f"{replied.at:%Y%m%d%H%M%S}")
            numbers[name] += 1
            yield Reply(
                id=f"{comment.id}-r{name}" + (f"-{numbers[name]}" if numbers[name] > 1 else ""),
                platform="page",
                source=self.source,
                comment_id=comment.id,
                unit=text_in(values, "unit") or UNNAMED,
                text=str(values["text"]),
                url=comment.url,
                replied_at=replied.at,
                replied_precision=replied.precision,
                collected_at=comment.collected_at,
                run=self.run,
                addressee=comment.author,
            )


def _place(url: str) -> str:
    address = urlsplit(url)
    return f"{address.path}?{address.query}" if address.query else address.path
