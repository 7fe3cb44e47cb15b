"""Whether a comment was answered, by whom, how long it took."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from crawler.items import Reply
from pipelines.documents import CommentDocument, OfficialReply


def official(reply: Reply) -> OfficialReply:
    """A collected reply as it is kept inside its comment."""
    return OfficialReply(reply.id, reply.unit, reply.text, reply.replied_at, reply.url, reply.collected_at)


def with_replies(document: CommentDocument, replies: Iterable[OfficialReply]) -> CommentDocument:
    """The document with official replies added to those it has, in order of time; of one id the one collected last.

    `reply_hours` runs from the comment to the first reply that is not dated before it. One that is (day precision,
    wrong clocks) is kept and flagged `before-comment`; it counts as an answer only where there is no other.
    """
    known: dict[str, OfficialReply] = {}
    for reply in (*document.replies, *replies):
        if reply.id not in known or known[reply.id].collected_at <= reply.collected_at:
            known[reply.id] = reply
    ordered = tuple(sorted(known.values(), key=lambda reply: (reply.replied_at, reply.id)))
    if not ordered:
        return document
    following = [reply for reply in ordered if reply.replied_at >= document.posted_at]
    answered_at = (following or ordered)[0].replied_at
    return replace(
        document,
        replies=ordered,
        answered_at=answered_at,
        answered_by=tuple(dict.fromkeys(reply.unit for reply in ordered)),
        reply_hours=(answered_at - document.posted_at) / timedelta(hours=1) if following else None,
        reply_flags=("before-comment",) if len(following) < len(ordered) else (),
    )
