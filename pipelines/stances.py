"""What is known of stances here: staff's labels out of the journal, and each policy's model taught by them.

The labels are the truth; a model is a file in the data folder, named by the digest of what taught it, and made again
where it is missing. A label changes no recipe: the index would be made anew for each one. Instead the feeder, when its
labels are not those the index was last brought in line with, goes once over the comments of the policies they are for.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

import orjson

from crawler.config import Config
from crawler.errors import on_disk
from crawler.registry import Policy
from pipelines.documents import LABEL, MODEL, WORDS, CommentDocument, Source, from_source, moment, to_source
from pipelines.files import write_safely
from pipelines.index import Index
from pipelines.index.mapping import COMMENTS
from pipelines.index.updating import change
from pipelines.labelled import Labels, labels_of
from sentiment import stance_model
from sentiment.stance import RULES, Stance, explicit_stance
from sentiment.stance_model import Checked, StanceModel, check, teach

Told = tuple[Stance, str | None]
"""A stance and what told it: LABEL, WORDS or MODEL; None where nothing did."""

PAGE = 1000
_NOT_GOOD = b"These labels are too few, or what they teach is not right often enough.\n"
"""In place of a model, so that nobody checks the same labels twice."""

_APPLIED = "applied.json"

REMEMBERED = 8
"""Generations of indices, newest last, of which it is known with which labels they are in line.

Rebuilds leave old ones behind. One that was forgotten and is fed again is gone over once more, which changes nothing.
"""


@dataclass(frozen=True, slots=True)
class Book:
    """Labels by policy, and the models that may be used."""

    policies: Mapping[str, Policy] = field(default_factory=dict)
    labels: Mapping[str, Labels] = field(default_factory=dict)
    models: Mapping[str, StanceModel] = field(default_factory=dict)

    def with_stances(self, documents: Sequence[CommentDocument]) -> list[CommentDocument]:
        """The documents with their stance: a label, else what is said outright, else what a model tells.

        Labels that a document brings along count, too: another machine's staff read it. Of two the newer wins.
        """
        told = {policy: self._told(policy, documents) for policy in self.models}
        return [self._with_stance(document, told) for document in documents]

    def _told(self, policy: str, documents: Sequence[CommentDocument]) -> dict[str, Stance]:
        own = [document for document in documents if policy in document.policies]
        stances = self.models[policy].predict([document.words for document in own])
        return {document.id: stance for document, stance in zip(own, stances, strict=True)}

    def _with_stance(self, document: CommentDocument, told: Mapping[str, Mapping[str, Stance]]) -> CommentDocument:
        labels = self._labels(document)
        found = [self._to_one(document, policy, labels, told.get(policy, {})) for policy in document.policies]
        stance, by = _together(found)
        kept = tuple(f"{policy}:{stance}:{at}" for policy, (at, stance) in sorted(labels.items()))
        if (stance, by, kept) == (document.stance, document.stance_by, document.stance_labels):
            return document
        return replace(document, stance=stance, stance_by=by, stance_labels=kept)

    def _labels(self, document: CommentDocument) -> dict[str, tuple[str, Stance]]:
        """By policy when staff read the comment last, here or elsewhere, and what they read."""
        labels: dict[str, tuple[str, Stance]] = {}
        for policy, stance, at in (each.split(":", 2) for each in document.stance_labels):
            labels[policy] = at, stance
        for policy, own in self.labels.items():
            label = own.get(document.id)
            if label is not None and (policy not in labels or labels[policy][0] <= moment(label.labelled_at)):
                labels[policy] = moment(label.labelled_at), label.stance
        return labels

    def _to_one(
        self,
        document: CommentDocument,
        policy: str,
        labels: Mapping[str, tuple[str, Stance]],
        told: Mapping[str, Stance],
    ) -> Told:
        """The stance to one policy and what told it."""
        if policy in labels:
            return labels[policy][1], LABEL
        known = self.policies.get(policy)
        names = known.names if known else ()
        said = explicit_stance(document.words, names) if _speaks_of(document, names) else "unclear"
        if said != "unclear":
            return said, WORDS
        return (told[document.id], MODEL) if document.id in told else ("unclear", None)


def _speaks_of(document: CommentDocument, names: Sequence[str]) -> bool:
    """Whether what a comment says outright is about a policy: 同意, said to somebody, is about what that one said."""
    return document.parent_id is None or any(name in document.words for name in names)


def _together(found: Sequence[Told]) -> tuple[Stance | None, str | None]:
    """One stance for all policies of a comment, and what told it: None without any policy.

    Unclear, told by nothing, where answers differ; a policy for which nothing answers does not count.
    """
    if not found:
        return None, None
    answers = {stance for stance, by in found if by}
    if len(answers) != 1:
        return "unclear", None
    return answers.pop(), next(by for by in (LABEL, WORDS, MODEL) if by in (one for _, one in found))


def digest_of_labels(labels: Labels) -> str:
    """16 hexadecimal digits that change with the labels, or with the rules by which words or a model tell stances."""
    parts = [RULES, stance_model.RULES, sorted((label.comment_id, label.stance) for label in labels.values())]
    return hashlib.blake2b(orjson.dumps(parts), digest_size=8).hexdigest()


def load_book(config: Config, policies: Mapping[str, Policy], index: Index, whole: bool = False) -> Book:
    """The labels, and the models they teach: from their files, or made anew where the index holds the texts.

    While a rebuild has not come to all texts a model waits; of a `whole` index what is not there never comes.
    """
    labels = labels_of(config)
    models = {policy: model for policy in labels if (model := _model(config, policy, labels[policy], index, whole))}
    return Book(policies, labels, models)


def checked(labels: Labels, index: Index) -> Checked | None:
    """What cross-validation finds for a policy's labels; None where they are too few."""
    texts, stances = _lesson(labels, index)
    return check(texts, stances)


def teach_now(labels: Labels, index: Index) -> StanceModel | None:
    """The model these labels teach, good or not, to choose by; None while they do not show both sides."""
    texts, stances = _lesson(labels, index)
    return teach(texts, stances) if {"support", "oppose"} <= set(stances) else None


def bring_in_line(config: Config, policies: Mapping[str, Policy], index: Index) -> None:
    """Give the comments of each policy whose labels changed since the index was last in line their stance anew.

    So, too, where more or fewer of the labelled comments are there: they teach another model.
    """
    path = config.stances_folder / _APPLIED
    applied = _applied(path)
    place = f"{config.index_place} {index.generation}"
    now = {
        policy: f"{digest_of_labels(labels)} {digest_of_labels(_here(labels, index))}"
        for policy, labels in labels_of(config).items()
    }
    before = applied.get(place, {})
    stale = [policy for policy in now if before.get(policy) != now[policy]]
    if not stale:
        return
    index.refresh()
    book = load_book(config, policies, index, whole=True)
    for policy in stale:
        _restate(index, policy, book)
    index.refresh()
    others = [(name, digests) for name, digests in applied.items() if name != place]
    _keep(path, orjson.dumps(dict([*others, (place, now)][-REMEMBERED:])))


def _applied(path: Path) -> dict[str, dict[str, str]]:
    """With which labels each index was brought in line; nothing where that cannot be read, and all is done again."""
    try:
        applied = orjson.loads(path.read_bytes())
    except (FileNotFoundError, orjson.JSONDecodeError):
        return {}
    shaped = isinstance(applied, dict) and all(isinstance(digests, dict) for digests in applied.values())
    return applied if shaped else {}


def comments_of(index: Index, policy: str) -> Iterator[CommentDocument]:
    """Every comment of a policy in the index, in order of id."""
    body = {"query": {"term": {"policies": policy}}, "sort": ["id"], "size": PAGE}
    for hit in index.scan(COMMENTS, body):
        yield from_source(CommentDocument, hit["_source"])


def _restate(index: Index, policy: str, book: Book) -> None:
    """A page of comments at once; those that somebody changed meanwhile one by one."""
    names = (comment.id for comment in comments_of(index, policy))
    while page := list(islice(names, PAGE)):
        stored = index.read(COMMENTS, page)
        old = [from_source(CommentDocument, found.source) for found in stored.values()]
        news = [to_source(new) for new, before in zip(book.with_stances(old), old, strict=True) if new != before]
        if not news:
            continue
        written = index.put(COMMENTS, news, {name: found.version for name, found in stored.items()})
        for name in written.overtaken:
            change(index, COMMENTS, name, lambda source: _restated(source, book))


def _restated(source: Source, book: Book) -> Source:
    return to_source(book.with_stances([from_source(CommentDocument, source)])[0])


def _model(config: Config, policy: str, labels: Labels, index: Index, whole: bool) -> StanceModel | None:
    """The policy's model; None where it is not good enough to be used, or its texts are not here yet."""
    here = _here(labels, index)
    path = config.stances_folder / f"{policy}-{digest_of_labels(here)}.npz"
    with suppress(FileNotFoundError, ValueError):  # what is missing or damaged is made again
        kept = path.read_bytes()
        return StanceModel.unpacked(kept) if kept != _NOT_GOOD else None
    if len(here) < len(labels) and not whole:
        return None  # a rebuild has not come to them; its end asks again
    texts, stances = _lesson(here, index)
    found = check(texts, stances)
    for old in path.parent.glob(f"{policy}-{'[0-9a-f]' * 16}.npz"):
        old.unlink()
    if found is None or not found.good:
        _keep(path, _NOT_GOOD)
        return None
    model = teach(texts, stances)
    _keep(path, model.packed())
    return model


def _here(labels: Labels, index: Index) -> Labels:
    """The labels whose comments the index holds."""
    return {name: labels[name] for name in index.get(COMMENTS, sorted(labels))}


def _lesson(labels: Labels, index: Index) -> tuple[list[str], list[Stance]]:
    """The texts of the labelled comments that the index holds, and their labels."""
    sources = index.get(COMMENTS, sorted(labels))
    known = {name: from_source(CommentDocument, source) for name, source in sources.items()}
    return [known[name].words for name in sorted(known)], [labels[name].stance for name in sorted(known)]


def _keep(path: Path, data: bytes) -> None:
    with on_disk(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        write_safely(path, data)
