"""Batch: some entries of the journal, sorted; of each item the version that counts, and what no index can take.

Whether an index can take an item is judged by the item alone, here, before any version of it wins: else an older one
would be lost or kept by where the journal was cut into batches.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from crawler.items import Comment, Gone, Item, Post, Reply
from crawler.labelling import StanceLabel
from crawler.runs import REPLAY, Run
from pipelines.documents import CommentDocument, PostDocument, Source, reply_source, to_source
from pipelines.enrich.responses import official
from pipelines.index import Refused
from pipelines.index.fitness import judge
from pipelines.index.mapping import COMMENTS, INDICES, POSTS, RUNS
from pipelines.journal import Entry, Place
from pipelines.refusals import Refusal

Collected = Post | Comment | Reply | Run
Version = TypeVar("Version", Post, Comment, Run)


def as_of(item: Collected | PostDocument | CommentDocument) -> datetime:
    """The moment that tells which of two versions is the newer one."""
    if isinstance(item, Run):
        return item.finished_at or item.started_at
    return item.collected_at


@dataclass(slots=True)
class Batch:
    """Of each item the version that is newest here, and when each comment first came.

    `gone` is what was last found missing, by id. `replies` are by where they stand; `places` are where the versions
    that count of all else stand, by id. `refused` is what no index can take.
    """

    posts: dict[str, Post] = field(default_factory=dict)
    comments: dict[str, Comment] = field(default_factory=dict)
    replies: dict[Place, Reply] = field(default_factory=dict)
    runs: dict[str, Run] = field(default_factory=dict)
    gone: dict[str, Gone] = field(default_factory=dict)
    first_seen: dict[str, datetime] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    refused: list[Refusal] = field(default_factory=list)

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> "Batch":
        """Sort entries by kind."""
        batch = cls()
        by_index: dict[str, list[tuple[Collected, Place, Source]]] = {index: [] for index in INDICES}
        for entry in entries:
            if isinstance(entry.event, Gone):
                batch.gone[entry.event.id] = max(entry.event, batch.gone.get(entry.event.id, entry.event), key=_gone_at)
            elif not isinstance(entry.event, StanceLabel) and not _asked_nobody(entry.event):
                index, source = _alone(entry.event)
                by_index[index].append((entry.event, entry.place, source))
        for index, found in by_index.items():
            judged = judge((source for _, _, source in found), INDICES[index])
            for (item, place, _), judgement in zip(found, judged, strict=True):
                if isinstance(judgement, Refused):
                    document, reply = (item.comment_id, item.id) if isinstance(item, Reply) else (item.id, None)
                    batch.refused.append(Refusal(index, document, judgement.reason, place, reply))
                else:
                    batch._add(item, place)
        return batch

    def _add(self, item: Collected, place: Place) -> None:
        match item:
            case Post():
                self._keep(self.posts, item, place)
            case Comment():
                self._keep(self.comments, item, place)
                seen = self.first_seen.get(item.id, item.collected_at)
                self.first_seen[item.id] = min(seen, item.collected_at)
            case Reply():
                self.replies[place] = item
            case Run():
                self._keep(self.runs, item, place)

    def _keep(self, known: dict[str, Version], item: Version, place: Place) -> None:
        if item.id not in known or as_of(item) >= as_of(known[item.id]):
            known[item.id] = item
            self.places[item.id] = place


def _gone_at(event: Gone) -> datetime:
    return event.gone_at


def _asked_nobody(event: Item | Run) -> bool:
    """Whether it is a replay's record: it says nothing of how its source goes."""
    return isinstance(event, Run) and event.id.endswith(REPLAY)


def _alone(item: Collected) -> tuple[str, Source]:
    """What an item by itself brings into a document, and of which index."""
    match item:
        case Post():
            return POSTS, to_source(item)
        case Comment(domain=str() as domain):
            return COMMENTS, to_source(item) | {"domain": [domain]}
        case Comment():
            return COMMENTS, to_source(item)
        case Reply():
            replies = {"answered_by": [item.unit], "replies": [reply_source(official(item))]}
            return COMMENTS, {"id": item.id, **replies}
        case Run():
            return RUNS, to_source(item)
