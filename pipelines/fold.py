"""One batch of the journal folded into what the index already holds."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import TypeVar
from zoneinfo import ZoneInfo

from crawler.errors import ServiceAway
from crawler.items import Comment, Gone, Reply
from crawler.registry import Registry
from crawler.runs import Run
from pipelines.batch import Batch, as_of
from pipelines.documents import CommentDocument, Document, PostDocument, Source, from_source, to_source, words_of
from pipelines.enrich.documenting import comment_document, post_document, tied
from pipelines.enrich.meaning import Meanings
from pipelines.enrich.responses import official, with_replies
from pipelines.index import Index, Refused, Stored
from pipelines.index.mapping import COMMENTS, POSTS, RUNS
from pipelines.journal import Place
from pipelines.refusals import Refusal
from pipelines.stances import Book

PAGE = 1000
ROUNDS = 20
"""How often a batch is folded again where others change the same documents."""

Documents = dict[str, CommentDocument]
Fresh = tuple[Comment, CommentDocument | None, datetime]
"""A comment, the older version of its document that the index holds, and when it was first seen."""
AnyItem = TypeVar("AnyItem", CommentDocument, PostDocument)


@dataclass(slots=True)
class Fed:
    """What a feeding took in.

    `orphans` are replies whose comment is not known; they wait for it. `refused` are documents the index will never
    take; they are written down with the reason.
    """

    posts: int = 0
    comments: int = 0
    replies: int = 0
    runs: int = 0
    orphans: int = 0
    refused: int = 0


class Fold:
    """Folds batches into an index. Replies whose comment has not come yet wait here between batches.

    Where `take` raises, nothing of the batch counts as taken: the same batch may be taken again.
    """

    def __init__(self, registry: Registry, zone: ZoneInfo, index: Index, book: Book, meanings: Meanings) -> None:
        self.fed = Fed()
        self._registry = registry
        self._zone = zone
        self._meanings = meanings
        self._index = index
        self._book = book
        self._orphans: dict[str, dict[Place, Reply]] = {}  # by the comment they wait for
        self._refused: dict[tuple[str, str], Refused] = {}  # of this batch, by index and id
        self._begun = False

    def waiting(self) -> tuple[Place, ...]:
        """Where in the journal the waiting replies stand."""
        return tuple(place for replies in self._orphans.values() for place in replies)

    def take(self, batch: Batch) -> list[Refusal]:
        """Enrich a batch and put it into the index: comments with their replies, runs, and posts last.

        Gives what the index will never take. What somebody else changed meanwhile is read and folded again. Raises
        ServiceAway where that never ends.
        """
        self._refused.clear()
        for place, reply in batch.replies.items():
            self._orphans.setdefault(reply.comment_id, {})[place] = reply
        # An earlier feeding may have ended between this batch's posts and its second look at their comments.
        changed = set() if self._begun else set(batch.posts)
        for _ in range(ROUNDS):
            answered = self._folded(batch, changed)
            if answered is not None:
                self._begun = self._begun or bool(batch.posts)
                return self._taken(batch, answered)
        raise ServiceAway("别的机器一直在改同样的文档，这一批还没有进索引；请稍后再试。")

    def _folded(self, batch: Batch, changed: set[str]) -> set[str] | None:
        """Put all of a batch into the index; gives the comments that have now the replies that waited for them.

        None where something was overtaken: then it is to be tried again. `changed` are the posts whose comments are to
        be tied anew, and remembers them between tries.
        """
        posts, stored_posts = self._posts(batch, changed)
        comments, stored = self._comments(batch, posts, changed)
        answered = self._orphans.keys() & comments.keys()
        comments |= {name: self._with_replies(comments[name]) for name in answered}
        if not self._put(COMMENTS, self._book.with_stances(list(comments.values())), stored):
            return None
        if not self._put(RUNS, *self._runs(batch)):
            return None
        # Posts last: a feeding that ends before finds them changed again, and so their comments.
        if not self._tie_again(changed, posts, comments):
            return None
        if not self._put(POSTS, [posts[name] for name in {**batch.posts, **batch.gone} if name in posts], stored_posts):
            return None
        # Another machine may have put a comment while its post was not there yet. Both look again after they have put:
        # whoever was second sees the other.
        whole = self._tie_again(changed, posts, comments) and self._still_so(posts, batch)
        return answered if whole else None

    def _taken(self, batch: Batch, answered: set[str]) -> list[Refusal]:
        """Count a batch that was put whole."""
        for name in answered:
            if (COMMENTS, name) not in self._refused:  # a reply waits for a comment the index can take
                self.fed.replies += len(self._orphans.pop(name))
        self.fed.posts += len(batch.posts)
        self.fed.comments += len(batch.comments)
        self.fed.runs += len(batch.runs)
        self.fed.orphans = len(self.waiting())
        refused = [
            Refusal(index, each.id, each.reason, batch.places.get(each.id))
            for (index, _), each in self._refused.items()
        ]
        self.fed.refused += len(batch.refused) + len(refused)
        return batch.refused + refused

    def _put(self, index: str, documents: Iterable[Document], stored: Mapping[str, Stored]) -> bool:
        """Put what is not stored just so; whether nothing was overtaken."""
        sources = [to_source(document) for document in documents]
        news = [source for source in sources if not _is_stored(source, stored)]
        if not news:
            return True
        written = self._index.put(index, news, {name: found.version for name, found in stored.items()})
        self._refused |= {(index, refused.id): refused for refused in written.refused}
        return not written.overtaken

    def _still_so(self, posts: Mapping[str, PostDocument], batch: Batch) -> bool:
        """Whether the posts that the comments stand under tie them as they did when they were read."""
        above = {comment.post_id for comment in batch.comments.values() if comment.post_id} - batch.posts.keys()
        now = self._index.read(POSTS, sorted(above))
        policies = {name: from_source(PostDocument, found.source).policies for name, found in now.items()}
        return policies == {name: posts[name].policies for name in above if name in posts}

    def _runs(self, batch: Batch) -> tuple[list[Run], dict[str, Stored]]:
        """The runs of this batch that the index does not hold in a newer state, and what is stored of them."""
        stored = self._index.read(RUNS, list(batch.runs))
        known = {name: from_source(Run, found.source) for name, found in stored.items()}
        newest = [run for name, run in batch.runs.items() if name not in known or as_of(known[name]) <= as_of(run)]
        return newest, stored

    def _posts(self, batch: Batch, changed: set[str]) -> tuple[dict[str, PostDocument], dict[str, Stored]]:
        """The posts this batch brings or stands under, and what is stored; adds to `changed` whose policies differ."""
        missing = [name for name, gone in batch.gone.items() if gone.kind == "post"]
        above = (comment.post_id for comment in batch.comments.values() if comment.post_id)
        wanted = {*batch.posts, *missing, *above}
        stored = self._index.read(POSTS, sorted(wanted))
        posts = {name: from_source(PostDocument, found.source) for name, found in stored.items()}
        for name, post in batch.posts.items():
            before = posts.get(name)
            if before is None or as_of(before) <= as_of(post):
                posts[name] = _still_gone(post_document(post, self._registry, self._zone), before)
            if before is None or before.policies != posts[name].policies:
                changed.add(name)
        posts |= {name: _gone(posts[name], batch.gone[name]) for name in missing if name in posts}
        return posts, stored

    def _comments(
        self, batch: Batch, posts: Mapping[str, PostDocument], changed: set[str]
    ) -> tuple[Documents, dict[str, Stored]]:
        """The comments this batch brings or answers, tied to their posts, and what is stored of them."""
        missing = [name for name, gone in batch.gone.items() if gone.kind == "comment"]
        touched = {*batch.comments, *missing, *(reply.comment_id for reply in batch.replies.values())}
        stored = self._index.read(COMMENTS, sorted(touched))
        documents = {name: from_source(CommentDocument, found.source) for name, found in stored.items()}
        for name, document in documents.items():
            if document.post_id in changed:
                documents[name] = tied(document, posts[document.post_id], self._registry, self._zone)
        fresh = []
        for name, comment in batch.comments.items():
            known = documents.get(name)
            first_seen = min(batch.first_seen[name], known.first_seen if known else batch.first_seen[name])
            if known and as_of(known) > as_of(comment):
                documents[name] = replace(known, first_seen=first_seen)
            else:
                fresh.append((comment, known, first_seen))
        documents |= {document.id: document for document in self._made(fresh, posts)}
        documents |= {name: _gone(documents[name], batch.gone[name]) for name in missing if name in documents}
        return documents, stored

    def _made(self, fresh: Sequence[Fresh], posts: Mapping[str, PostDocument]) -> Iterator[CommentDocument]:
        """The documents of comments that the index does not hold in a newer version."""
        meanings = self._meanings.of([words_of(comment) for comment, _, _ in fresh])
        for (comment, known, first_seen), meaning in zip(fresh, meanings, strict=True):
            post = posts.get(comment.post_id or "")
            made = comment_document(comment, post, known, first_seen, meaning, self._registry, self._zone)
            yield _still_gone(made, known)

    def _with_replies(self, document: CommentDocument) -> CommentDocument:
        """A comment with the official replies that wait for it."""
        return with_replies(document, map(official, self._orphans[document.id].values()))

    def _tie_again(self, changed: set[str], posts: Mapping[str, PostDocument], done: Documents) -> bool:
        """Give the stored comments under these posts their policies anew, but for those that are done."""
        whole = True
        for names in self._stored_under(changed, done):
            stored = self._index.read(COMMENTS, names)
            documents = [from_source(CommentDocument, found.source) for found in stored.values()]
            again = [tied(each, posts[each.post_id or ""], self._registry, self._zone) for each in documents]
            whole = self._put(COMMENTS, self._book.with_stances(again), stored) and whole
        return whole

    def _stored_under(self, posts: set[str], done: Documents) -> Iterator[list[str]]:
        """Ids of comments in the index under these posts, some at a time, but for those that are done."""
        if not posts:
            return
        self._index.refresh()
        body = {"query": {"terms": {"post_id": sorted(posts)}}, "sort": ["id"], "size": PAGE, "_source": ["id"]}
        names = (str(hit["_id"]) for hit in self._index.scan(COMMENTS, body))
        rest = (name for name in names if name not in done)
        while page := list(islice(rest, PAGE)):
            yield page


def _gone(document: AnyItem, gone: Gone) -> AnyItem:
    """A document with the moment it was found missing, unless it was collected since."""
    return document if as_of(document) > gone.gone_at else replace(document, gone_at=gone.gone_at)


def _still_gone(document: AnyItem, before: AnyItem | None) -> AnyItem:
    """A new version of a document; it is gone all the same where the version before was found missing later."""
    if before is None or before.gone_at is None or as_of(document) > before.gone_at:
        return document
    return replace(document, gone_at=before.gone_at)


def _is_stored(source: Source, stored: Mapping[str, Stored]) -> bool:
    found = stored.get(str(source["id"]))
    return found is not None and found.source == source
