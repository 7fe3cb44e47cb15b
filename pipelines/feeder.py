"""The feeder: journal ► enrich ► index. Takes in what the index has not yet acknowledged, batch by batch.

Feeding twice changes nothing; a killed feeder goes on from the last acknowledged byte.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from crawler.config import Config
from crawler.items import Comment, Post, Reply
from crawler.registry import Registry
from crawler.runs import Run
from pipelines.documents import CommentDocument, OfficialReply, PostDocument, from_source, to_source
from pipelines.enrich.documenting import comment_document, post_document
from pipelines.enrich.feeling import with_feeling
from pipelines.enrich.responses import with_replies
from pipelines.index import Index
from pipelines.index.mapping import COMMENTS, POSTS, RUNS
from pipelines.journal import Event, bytes_of, read

BATCH = 500
"""Journal entries that are enriched and indexed at once."""


@dataclass(slots=True)
class Fed:
    """What a feeding took in. `orphans` are replies whose comment was never stored; they stay in the journal only."""

    posts: int = 0
    comments: int = 0
    replies: int = 0
    runs: int = 0
    orphans: int = 0


@dataclass(slots=True)
class _Batch:
    """The newest version of each item among some entries, and when each comment first came."""

    posts: dict[str, Post] = field(default_factory=dict)
    comments: dict[str, Comment] = field(default_factory=dict)
    replies: dict[str, Reply] = field(default_factory=dict)
    runs: dict[str, Run] = field(default_factory=dict)
    first_seen: dict[str, datetime] = field(default_factory=dict)

    @classmethod
    def of(cls, events: Iterable[Event]) -> "_Batch":
        batch = cls()
        for event in events:
            match event:
                case Post():
                    batch.posts[event.id] = event
                case Comment():
                    batch.comments[event.id] = event
                    batch.first_seen.setdefault(event.id, event.collected_at)
                case Reply():
                    batch.replies[event.id] = event
                case Run():
                    batch.runs[event.id] = event
        return batch


def feed(config: Config, registry: Registry, index: Index, progress: Callable[[int], None] | None = None) -> Fed:
    """Bring the index up to the journal's end. `progress` gets the number of entries of each batch taken in."""
    offsets = index.acknowledged()
    entries = read(config.journal_folder, offsets)
    fed = Fed()
    while chunk := list(islice(entries, BATCH)):
        _take(_Batch.of(entry.event for entry in chunk), config, registry, index, fed)
        offsets.update({entry.segment: entry.end for entry in chunk})
        index.acknowledge(offsets)
        if progress:
            progress(len(chunk))
    return fed


def rebuild(config: Config, registry: Registry, index: Index, progress: Callable[[int], None] | None = None) -> Fed:
    """Empty the index and feed it from the journal's beginning."""
    index.empty()
    return feed(config, registry, index, progress)


def behind(config: Config, index: Index) -> int:
    """How many bytes of the journal the index has not taken in."""
    taken = index.acknowledged()
    return sum(size - taken.get(segment, 0) for segment, size in bytes_of(config.journal_folder).items())


def _take(batch: _Batch, config: Config, registry: Registry, index: Index, fed: Fed) -> None:
    posts = {post.id: post_document(post, registry, config.zone) for post in batch.posts.values()}
    index.put(POSTS, [to_source(document) for document in posts.values()])
    comments = _comment_documents(batch, config, registry, index, posts, fed)
    index.put(COMMENTS, [to_source(document) for document in comments])
    index.put(RUNS, [to_source(run) for run in batch.runs.values()])
    fed.posts += len(posts)
    fed.comments += len(batch.comments)
    fed.runs += len(batch.runs)


def _comment_documents(
    batch: _Batch,
    config: Config,
    registry: Registry,
    index: Index,
    posts: Mapping[str, PostDocument],
    fed: Fed,
) -> list[CommentDocument]:
    stored = _stored_comments(batch, index)
    under = {comment.post_id for comment in batch.comments.values() if comment.post_id} - posts.keys()
    known_posts = {
        **posts,
        **{post: from_source(PostDocument, found) for post, found in index.get(POSTS, sorted(under)).items()},
    }
    fresh = [
        comment_document(
            comment,
            known_posts.get(comment.post_id or ""),
            stored.get(comment.id),
            batch.first_seen[comment.id],
            registry,
            config.zone,
        )
        for comment in batch.comments.values()
    ]
    documents = {**stored, **{document.id: document for document in with_feeling(fresh)}}
    for comment, replies in _replies_by_comment(batch.replies.values()).items():
        if comment in documents:
            documents[comment] = with_replies(documents[comment], replies)
            fed.replies += len(replies)
        else:
            fed.orphans += len(replies)
    return list(documents.values())


def _stored_comments(batch: _Batch, index: Index) -> dict[str, CommentDocument]:
    """What the index already holds of the comments that this batch touches."""
    touched = {*batch.comments, *(reply.comment_id for reply in batch.replies.values())}
    return {name: from_source(CommentDocument, found) for name, found in index.get(COMMENTS, sorted(touched)).items()}


def _replies_by_comment(replies: Iterable[Reply]) -> dict[str, list[OfficialReply]]:
    grouped: dict[str, list[OfficialReply]] = {}
    for reply in replies:
        official = OfficialReply(reply.id, reply.unit, reply.text, reply.replied_at, reply.url)
        grouped.setdefault(reply.comment_id, []).append(official)
    return grouped
