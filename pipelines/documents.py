"""CommentDocument, PostDocument and Run: what is stored in the index, field by field as in `index/mapping.py`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from functools import cache
from operator import attrgetter
from typing import TypeVar

from crawler.items import Comment, Post
from crawler.runs import Run

Value = str | int | float | bool | list[str] | list[dict[str, str]] | dict[str, int]
Source = dict[str, Value]


@dataclass(frozen=True, slots=True)
class OfficialReply:
    """One official reply as kept inside its comment."""

    id: str
    unit: str
    text: str
    replied_at: datetime
    url: str
    collected_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentDocument:
    """A comment in the index. Times are UTC; `None` and `()` mean not known."""

    id: str
    kind: str
    platform: str
    source: str
    url: str
    title: str
    text: str
    posted_at: datetime
    posted_precision: str
    collected_at: datetime
    first_seen: datetime
    last_seen: datetime
    run: str
    account: str | None = None
    unit: str | None = None
    region: str | None = None
    post_id: str | None = None
    parent_id: str | None = None
    root_id: str | None = None
    author: str | None = None
    author_region: str | None = None
    gone_at: datetime | None = None
    likes: int | None = None
    dislikes: int | None = None
    reply_count: int | None = None
    category: str | None = None
    status: str | None = None
    policies: tuple[str, ...] = ()
    policy_stages: tuple[str, ...] = ()
    attribution: tuple[str, ...] = ()
    sentiment: float | None = None
    label: str | None = None
    sentiment_model: str | None = None
    snownlp: float | None = None
    stance: str | None = None
    stance_by: str | None = None
    stance_labels: tuple[str, ...] = ()
    intent: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    domain: tuple[str, ...] = ()
    twin: str | None = None
    appeal: str | None = None
    due_at: datetime | None = None
    acknowledged_at: datetime | None = None
    answered_at: datetime | None = None
    answered_by: tuple[str, ...] = ()
    resolved_at: datetime | None = None
    reply_hours: float | None = None
    reply_flags: tuple[str, ...] = ()
    replies: tuple[OfficialReply, ...] = ()
    satisfaction: float | None = None
    reviewed_by: str | None = None
    reviewed_at: datetime | None = None
    erased: bool | None = None

    @property
    def words(self) -> str:
        """What its meaning is read from."""
        return words_of(self)


def words_of(comment: Comment | CommentDocument) -> str:
    """What a comment's meaning is read from; a letter's subject counts as its first sentence."""
    return f"{comment.title}。{comment.text}" if comment.title else comment.text


@dataclass(frozen=True, slots=True, kw_only=True)
class PostDocument:
    """A post in the index."""

    id: str
    platform: str
    source: str
    title: str
    text: str
    url: str
    posted_at: datetime
    posted_precision: str
    collected_at: datetime
    run: str
    account: str | None = None
    unit: str | None = None
    region: str | None = None
    original: bool | None = None
    purpose: str | None = None
    policies: tuple[str, ...] = ()
    policy_stages: tuple[str, ...] = ()
    attribution: tuple[str, ...] = ()
    comment_count: int | None = None
    comments_open: bool | None = None
    curated: bool | None = None
    twin: str | None = None
    gone_at: datetime | None = None


Document = CommentDocument | PostDocument | Run
LABEL, WORDS, MODEL = "label", "words", "model"
"""What tells a stance, the strongest first: staff's label, what is said outright, a policy's model."""

_PLAIN = frozenset({str, int, float, bool})
"""Kinds of values that most fields hold, and that are stored as they are."""

AnyDocument = TypeVar("AnyDocument", CommentDocument, PostDocument, Run)


def moment(value: datetime) -> str:
    """A moment as the index stores it: `2026-11-24T01:02:03.000Z`."""
    return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def to_source(document: Document | Post | Comment) -> Source:
    """The document, or an item field by field, as a JSON object; what is not known is left out."""
    names, values = _layout(type(document))
    return {
        name: value if type(value) in _PLAIN else _plain(value)
        for name, value in zip(names, values(document), strict=True)
        if value is not None and value != ()
    }


@cache
def _layout(kind: type[Document | Post | Comment]) -> tuple[tuple[str, ...], Callable[[Document], tuple[object, ...]]]:
    """The names of the fields and what gets all their values at once."""
    names = tuple(field.name for field in fields(kind))
    return names, attrgetter(*names)


def from_source(kind: type[AnyDocument], source: Source) -> AnyDocument:
    """The inverse of `to_source`. Raises KeyError or TypeError for a document that is not of this kind."""
    values: dict[str, object] = {}
    for field in fields(kind):
        if field.name in source:
            values[field.name] = _rich(field.name, source[field.name])
    return kind(**values)


def _plain(value: object) -> Value:
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, tuple):
        return [reply_source(part) if isinstance(part, OfficialReply) else part for part in value]
    if isinstance(value, Mapping):
        return dict(value)
    return value


def reply_source(reply: OfficialReply) -> dict[str, str]:
    """An official reply as a JSON object."""
    return {
        "id": reply.id,
        "unit": reply.unit,
        "text": reply.text,
        "replied_at": moment(reply.replied_at),
        "url": reply.url,
        "collected_at": moment(reply.collected_at),
    }


def _rich(name: str, value: Value) -> object:
    if name.endswith(("_at", "_seen", "_from", "_until")):
        return datetime.fromisoformat(str(value))
    if name == "replies" and isinstance(value, list):
        return tuple(_reply(part) for part in value if isinstance(part, dict))
    return tuple(value) if isinstance(value, list) else value


def _reply(source: Mapping[str, str]) -> OfficialReply:
    return OfficialReply(
        id=source["id"],
        unit=source["unit"],
        text=source["text"],
        replied_at=datetime.fromisoformat(source["replied_at"]),
        url=source["url"],
        collected_at=datetime.fromisoformat(source.get("collected_at", source["replied_at"])),  # not before version 3
    )
