"""Posts and comments of Weibo: rows of either site in, items out. Knows no network."""

import re
from collections.abc import Container
from dataclasses import dataclass
from datetime import datetime

from crawler.items import Comment, Post, Reply
from crawler.platforms.answers import Json, field
from crawler.platforms.weibo.rows import (
    account_of,
    answered_by,
    answered_name_of,
    count_of,
    identity,
    is_by,
    moment_of,
    name_of,
    words_of,
)
from crawler.reading.html import text_of

OPEN, CURATED = -1, 1
LONGEST_TITLE = 40

_HEADING = re.compile(r"\s*[【《](.{2,60}?)[】》]")


@dataclass(frozen=True, slots=True)
class Crawl:
    """What the parsers have to know of the crawl. `uid` is the account's number, `unit` who runs it, where known."""

    source: str
    run: str
    site: str
    uid: int
    account: str | None = None
    unit: str | None = None


def parse_post(row: Json, crawl: Crawl, now: datetime, full_text: str | None = None) -> Post:
    """A post; of one that passes another on, the other's words are added."""
    text = text_of(str(field(row, "text", str)) if full_text is None else full_text)
    passed_on = row.get("retweeted_status")
    if isinstance(passed_on, dict) and isinstance(passed_on.get("text"), str):
        text = f"{text}\n转发：{text_of(passed_on['text'])}"
    at = moment_of(row, now)
    managed = row.get("comment_manage_info")
    rules = managed if isinstance(managed, dict) else {}
    permission = rules.get("comment_permission_type")
    return Post(
        id=f"weibo:{identity(row)}",
        platform="weibo",
        source=crawl.source,
        title=title_of(text),
        text=text,
        url=f"{crawl.site}/detail/{identity(row)}",
        posted_at=at.at,
        posted_precision=at.precision,
        collected_at=now,
        run=crawl.run,
        account=crawl.account,
        comment_count=count_of(row, "comments_count"),
        comments_open=permission == OPEN if isinstance(permission, int) else None,
        curated=rules.get("approval_comment_type") == CURATED,
    )


def title_of(text: str) -> str:
    """Posts have no title: what stands in 【】 or 《》 at the beginning, else the first line, cut."""
    if found := _HEADING.match(text):
        return found[1]
    line = text.strip().partition("\n")[0]
    return line if len(line) <= LONGEST_TITLE else line[: LONGEST_TITLE - 1] + "…"


def parse_comment(
    row: Json, post: Post, crawl: Crawl, now: datetime, root: Json | None, own: Container[str]
) -> Comment | Reply | None:
    """A comment, or the account's reply to one.

    `root` is the comment under which the row is shown; `own` are the numbers of what the account itself said. None
    where nothing was said, and for what the account says to nobody, or to itself.
    """
    text = words_of(row).text
    if not text:
        return None
    answered = answered_by(row, root)
    if is_by(row, crawl.uid):
        if root is None or answered is None or answered in own:
            return None
        return _reply(row, answered, root, post, crawl, now)
    at, source = moment_of(row, now), row.get("source")
    return Comment(
        id=f"weibo:{identity(row)}",
        platform="weibo",
        source=crawl.source,
        kind="comment",
        text=text,
        url=post.url,
        posted_at=at.at,
        posted_precision=at.precision,
        collected_at=now,
        run=crawl.run,
        post_id=post.id,
        parent_id=f"weibo:{answered}" if answered else None,
        root_id=f"weibo:{identity(root)}" if root else None,
        author=account_of(row) or name_of(row),
        author_name=name_of(row),
        author_region=source if isinstance(source, str) else None,
        likes=count_of(row, "like_count", "like_counts"),
        reply_count=count_of(row, "total_number"),
    )


def _reply(row: Json, answered: str, root: Json, post: Post, crawl: Crawl, now: datetime) -> Reply:
    """What the account said to the comment with the number `answered`, under `root` or that one itself."""
    words, at = words_of(row), moment_of(row, now)
    name_of_root = name_of(root) if answered == identity(root) else None
    return Reply(
        id=f"weibo:{identity(row)}",
        platform="weibo",
        source=crawl.source,
        comment_id=f"weibo:{answered}",
        unit=crawl.unit or name_of(row) or "答复单位未注明",
        text=words.text,
        url=post.url,
        replied_at=at.at,
        replied_precision=at.precision,
        collected_at=now,
        run=crawl.run,
        addressee=words.addressee or answered_name_of(row) or name_of_root,
    )
