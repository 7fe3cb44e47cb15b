"""Whether a comment was answered, by whom, how long it took."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from pipelines.documents import CommentDocument, OfficialReply


def with_replies(document: CommentDocument, replies: Iterable[OfficialReply]) -> CommentDocument:
    """The document with official replies added to those it has, by id, in order of time.

    `reply_hours` runs from the comment to the first reply. A reply dated before its comment (day precision, wrong
    clocks) is kept and flagged `before-comment`; no negative time is computed from it.
    """
    known = {reply.id: reply for reply in (*document.replies, *replies)}
    ordered = tuple(sorted(known.values(), key=lambda reply: (reply.replied_at, reply.id)))
    if not ordered:
        return document
    waited = ordered[0].replied_at - document.posted_at
    backwards = waited < timedelta(0)
    return replace(
        document,
        replies=ordered,
        answered_at=ordered[0].replied_at,
        answered_by=tuple(dict.fromkeys(reply.unit for reply in ordered)),
        reply_hours=None if backwards else waited / timedelta(hours=1),
        reply_flags=("before-comment",) if backwards else (),
    )
