"""One batch of the journal folded into what the index already holds."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

from crawler.items import Comment, Post, Reply
from crawler.registry import Registry
from crawler.runs import Run
from pipelines.documents import CommentDocument, OfficialReply, PostDocument, from_source, to_source
from pipelines.enrich.documenting import comment_document, post_document, tied
from pipelines.enrich.feeling import with_feeling
from pipelines.enrich.responses import with_replies
from pipelines.index import Index
from pipelines.index.mapping import COMMENTS, POSTS, RUNS
from pipelines.journal import Entry

PAGE = 1000
Collected = TypeVar("Collected", Post, Comment)
Documents = dict[str, CommentDocument]


@dataclass(slots=True)
class Fed:
    """What a feeding took in. `orphans` are replies whose comment is not known; they wait for it."""

    posts: int = 0
    comments: int = 0
    replies: int = 0
    runs: int = 0
    orphans: int = 0


@dataclass(frozen=True, slots=True)
class FoundReply:
    """A reply and where it stands in the journal: segment and first byte."""

    reply: Reply
    segment: str
    start: int


@dataclass(slots=True)
class Batch:
    """Some entries of the journal: of each item the version collected last, and when each comment first came."""

    posts: dict[str, Post] = field(default_factory=dict)
    comments: dict[str, Comment] = field(default_factory=dict)
    replies: list[FoundReply] = field(default_factory=list)
    runs: dict[str, Run] = field(default_factory=dict)
    first_seen: dict[str, datetime] = field(default_factory=dict)

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> "Batch":
        """Sort entries by kind."""
        batch = cls()
        for entry in entries:
            match entry.event:
                case Post() as post:
                    batch.posts[post.id] = _newest(batch.posts.get(post.id), post)
                case Comment() as comment:
                    batch.comments[comment.id] = _newest(batch.comments.get(comment.id), comment)
                    seen = batch.first_seen.get(comment.id, comment.collected_at)
                    batch.first_seen[comment.id] = min(seen, comment.collected_at)
                case Reply() as reply:
                    batch.replies.append(FoundReply(reply, entry.segment, entry.start))
                case Run() as run:
                    batch.runs[run.id] = run
        return batch


class Fold:
    """Folds batches into an index. Replies whose comment has not come yet wait here between batches."""

    def __init__(self, registry: Registry, zone: ZoneInfo, index: Index) -> None:
        self.fed = Fed()
        self._registry = registry
        self._zone = zone
        self._index = index
        self._orphans: dict[str, list[FoundReply]] = {}

    def wait_for(self, replies: Iterable[FoundReply]) -> None:
        """Replies that wait for their comment."""
        for found in replies:
            self._orphans.setdefault(found.reply.comment_id, []).append(found)
        self.fed.orphans = len(self.waiting())

    def waiting(self) -> tuple[tuple[str, int], ...]:
        """Where in the journal the waiting replies stand: segment and first byte."""
        return tuple((found.segment, found.start) for replies in self._orphans.values() for found in replies)

    def take(self, batch: Batch) -> None:
        """Enrich a batch and put it into the index: posts, comments with their replies, runs."""
        posts, changed = self._posts(batch)
        comments = self._comments(batch, posts)
        comments = {**{document.id: document for document in self._stored_under(changed)}, **comments}
        for name, document in comments.items():
            if document.post_id in changed:
                comments[name] = tied(document, posts[document.post_id], self._registry, self._zone)
        self.wait_for(batch.replies)
        self._answer(comments)
        self._index.put(POSTS, [to_source(posts[name]) for name in batch.posts])
        self._index.put(COMMENTS, [to_source(document) for document in comments.values()])
        self._index.put(RUNS, [to_source(run) for run in batch.runs.values()])
        self.fed.posts += len(batch.posts)
        self.fed.comments += len(batch.comments)
        self.fed.runs += len(batch.runs)
        self.fed.orphans = len(self.waiting())

    def _posts(self, batch: Batch) -> tuple[dict[str, PostDocument], set[str]]:
        """The posts this batch brings or stands under, and those whose policies are not what they were."""
        wanted = {*batch.posts, *(comment.post_id for comment in batch.comments.values() if comment.post_id)}
        stored = self._index.get(POSTS, sorted(wanted))
        posts = {name: from_source(PostDocument, source) for name, source in stored.items()}
        changed = set()
        for name, post in batch.posts.items():
            before = posts.get(name)
            if before is None or before.collected_at <= post.collected_at:
                posts[name] = post_document(post, self._registry, self._zone)
            if before is None or before.policies != posts[name].policies:
                changed.add(name)
        return posts, changed

    def _comments(self, batch: Batch, posts: Mapping[str, PostDocument]) -> Documents:
        touched = {*batch.comments, *(found.reply.comment_id for found in batch.replies)}
        found = self._index.get(COMMENTS, sorted(touched))
        documents = {name: from_source(CommentDocument, source) for name, source in found.items()}
        fresh = []
        for name, comment in batch.comments.items():
            stored = documents.get(name)
            first_seen = min(batch.first_seen[name], stored.first_seen if stored else batch.first_seen[name])
            if stored and stored.last_seen > comment.collected_at:
                documents[name] = replace(stored, first_seen=first_seen)
            else:
                post = posts.get(comment.post_id or "")
                fresh.append(comment_document(comment, post, stored, first_seen, self._registry, self._zone))
        return documents | {document.id: document for document in with_feeling(fresh)}

    def _stored_under(self, posts: set[str]) -> Iterator[CommentDocument]:
        """Comments in the index under these posts."""
        after: list[object] | None = None
        while posts:
            body: dict[str, object] = {
                "query": {"terms": {"post_id": sorted(posts)}},
                "sort": [{"posted_at": "asc"}, {"id": "asc"}],
                "size": PAGE,
            }
            if after:
                body["search_after"] = after
            hits = self._index.search(COMMENTS, body)["hits"]["hits"]  # type: ignore[index]
            yield from (from_source(CommentDocument, hit["_source"]) for hit in hits)
            if len(hits) < PAGE:
                return
            after = hits[-1]["sort"]

    def _answer(self, documents: Documents) -> None:
        """Add the official replies that wait to the comments that are here."""
        for name in self._orphans.keys() & documents.keys():
            replies = [found.reply for found in self._orphans.pop(name)]
            official = [OfficialReply(each.id, each.unit, each.text, each.replied_at, each.url) for each in replies]
            documents[name] = with_replies(documents[name], official)
            self.fed.replies += len(replies)


def _newest(known: Collected | None, item: Collected) -> Collected:
    return item if known is None or item.collected_at >= known.collected_at else known
