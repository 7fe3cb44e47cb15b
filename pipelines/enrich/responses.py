"""Whether a comment was answered, by whom, how long it took."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from pipelines.documents import CommentDocument, OfficialReply


def with_replies(document: CommentDocument, replies: Iterable[OfficialReply]) -> CommentDocument:
    """The document with official replies added to those it has, by id, in order of time.

    `reply_hours` runs from the comment to the first reply that is not dated before it. One that is (day precision,
    wrong clocks) is kept and flagged `before-comment`; it counts as an answer only where there is no other.
    """
    known = {reply.id: reply for reply in (*document.replies, *replies)}
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
