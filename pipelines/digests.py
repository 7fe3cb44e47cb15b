"""What the ledger keeps of an event in the journal: where it stands, and a digest that tells a new version. Pure."""

import hashlib
from collections.abc import Mapping
from dataclasses import fields
from datetime import timedelta, timezone

import orjson

from crawler.coverage import WORDS_DIGEST_BYTES, Kept, list_of
from crawler.items import Comment, Gone, Item, Post, Reply
from crawler.registry import FILES
from crawler.runs import REPLAY

_NOT_CONTENT = frozenset({"collected_at", "run", "url", "source", "author_name"})
"""What may differ between two collections of the same words. An address may name another port or mirror. A name is
always gone here."""

_CHINA = timezone(timedelta(hours=8))
_TIMES = {
    Post: ("posted_at", "posted_precision"),
    Comment: ("posted_at", "posted_precision"),
    Reply: ("replied_at", "replied_precision"),
}

_SAID = frozenset({"title", "text", "status", "satisfaction"})
"""What is news where it changes; likes, counts of replies and other marks are none."""

_CONTENT = {kind: tuple(field.name for field in fields(kind) if field.name not in _NOT_CONTENT) for kind in _TIMES}


def kept(event: Item | Gone, digest: bytes | None = None) -> Kept:
    """What the ledger keeps of an event; `digest` where it is known already."""
    if isinstance(event, Gone):
        return Kept(event.id, b"", event.source, event.list)
    at = event.replied_at if isinstance(event, Reply) else event.posted_at
    answers = event.comment_id if isinstance(event, Reply) else None
    day = None if event.run.endswith(REPLAY) else event.collected_at.date().isoformat()
    return Kept(event.id, digest or digest_of(event), event.source, list_kept_in(event), at.timestamp(), answers, day)


def list_kept_in(item: Item) -> str | None:
    """The list in which an item stands; None where nobody could say that it is gone."""
    return None if item.platform == FILES else list_of(item)  # what a file leaves out is not gone


def digest_of(item: Item) -> bytes:
    """24 bytes that change when what was said, or the marks people gave it, changed: the first
    `WORDS_DIGEST_BYTES` only with words.

    Of a time that is not known to the second only its day counts: a platform that counts back (3小时前) tells it
    otherwise at every look, and later more vaguely.
    """
    content = {name: getattr(item, name) for name in _CONTENT[type(item)]}
    time, precision = _TIMES[type(item)]
    if content[precision] != "second":
        content[time] = content[time].astimezone(_CHINA).date()
        content[precision] = "day"
    said = {name: content[name] for name in _SAID & content.keys()}
    return _digest(said, WORDS_DIGEST_BYTES) + _digest(content, 16)


def _digest(content: Mapping[str, object], size: int) -> bytes:
    return hashlib.blake2b(orjson.dumps(content, option=orjson.OPT_SORT_KEYS), digest_size=size).digest()
