"""Answers of Isso, and pages of the site around it: bytes and rows in, items out. Pure, no Scrapy in it."""

from datetime import UTC, datetime
from urllib.parse import urlsplit

from crawler.items import Comment, Post, Reply
from crawler.platforms.answers import Json, field, json_object, page_for_page
from crawler.reading.html import text_of
from crawler.reading.pages import read_page

_DELETED = 4
OF_COMMENT = frozenset({
    "id", "mode", "created", "text", "author", "hash", "likes", "dislikes", "replies", "total_replies",
    "hidden_replies",
})  # fmt: skip
"""What is read of a row."""


def parse_post(body: str, url: str, source: str, account: str | None, run: str, now: datetime) -> Post:
    """The post on a page of the site."""
    try:
        page = read_page(body)
    except ValueError as error:
        raise page_for_page(body, f"{urlsplit(url).path}：{error}") from error
    return Post(
        id=f"isso:{source}:{urlsplit(url).path}",
        platform="isso",
        source=source,
        title=page.title,
        text=page.text,
        url=url,
        posted_at=page.published_at,
        collected_at=now,
        run=run,
        account=account,
        comments_open=True,
    )


def parse_comment(row: Json, post: Post, officials: frozenset[str], parent: Json | None) -> Comment | Reply | None:
    """A comment, or the unit's reply where an official name answers one.

    `parent` is the comment under which the row is nested. None for a deleted comment, and for what a unit says to
    nobody in particular: that is neither the public's voice nor an answer.
    """
    if field(row, "mode", int) == _DELETED:
        return None
    author = row.get("author")
    if author in officials:
        return _reply(row, str(author), post, parent) if parent else None
    native_id = field(row, "id", int)
    answered = f"isso:{post.source}:{parent['id']}" if parent else None
    return Comment(
        id=f"isso:{post.source}:{native_id}",
        platform="isso",
        source=post.source,
        kind="comment",
        text=text_of(str(field(row, "text", str))),
        url=f"{post.url}#isso-{native_id}",
        posted_at=_said_at(row),
        collected_at=post.collected_at,
        run=post.run,
        post_id=post.id,
        parent_id=answered,
        root_id=answered,
        author=str(author or row.get("hash") or "") or None,
        likes=row.get("likes"),
        dislikes=row.get("dislikes"),
        reply_count=row.get("total_replies"),
    )


def _reply(row: Json, unit: str, post: Post, parent: Json) -> Reply:
    native_id = field(row, "id", int)
    return Reply(
        id=f"isso:{post.source}:{native_id}",
        platform="isso",
        source=post.source,
        comment_id=f"isso:{post.source}:{parent['id']}",
        unit=unit,
        text=text_of(str(field(row, "text", str))),
        url=f"{post.url}#isso-{native_id}",
        replied_at=_said_at(row),
        collected_at=post.collected_at,
        run=post.run,
        addressee=str(parent.get("author") or "") or None,
    )


def _said_at(row: Json) -> datetime:
    return datetime.fromtimestamp(float(str(field(row, "created", (int, float)))), UTC)


def parse_thread(body: bytes) -> tuple[list[Json], int]:
    """The comments of one answer and how many more there are."""
    thread = json_object(body)
    return field(thread, "replies", list), int(str(field(thread, "hidden_replies", int)))
