"""Which comments of a policy are most worth a label: those the model is unsure of, no two of them alike.

While there is no model, those that say something about the policy outright and those unlike all others.
"""

import hashlib
from collections.abc import Iterable, Sequence
from heapq import nsmallest

import numpy as np

from pipelines.documents import CommentDocument
from sentiment.linear import Matrix, Numbers, grams_of
from sentiment.stance import explicit_stance
from sentiment.stance_model import StanceModel

POOL = 3000
"""Comments that are weighed; of more, so many drawn by the digest of their id."""

WIDTH = 4096
"""Columns that n-grams are counted in; two that meet in one do little harm to a likeness."""

TWIN = 0.8
"""Likeness (cosine) from which two texts are near-twins."""

CANDIDATES = 8
"""For each comment wanted, so many of the most uncertain are looked at, to have different ones among them."""

LEAST = 0.1
"""What a comment is worth for being different alone."""

SHORTEST = 4


def choose(
    comments: Iterable[CommentDocument],
    labelled: Sequence[CommentDocument],
    model: StanceModel | None,
    names: Sequence[str],
    wanted: int,
) -> list[CommentDocument]:
    """At most `wanted` of `comments` that are not `labelled`, most worthy first; always the same for the same comments.

    The comments are read once, and no more than POOL are held.
    """
    done = {comment.id for comment in labelled}
    rest = (comment for comment in comments if comment.id not in done and len(comment.text.strip()) >= SHORTEST)
    pool = nsmallest(POOL, rest, key=_lot)
    doubt = _doubt(pool, model, names)
    unsure = np.argsort(-doubt, kind="stable")[: wanted * CANDIDATES]
    pool = [pool[place] for place in unsure]
    return [pool[place] for place in _unlike(_signs(pool), _signs(labelled[-POOL:]), doubt[unsure] + LEAST, wanted)]


def _lot(comment: CommentDocument) -> bytes:
    return hashlib.blake2b(comment.id.encode(), digest_size=8).digest()


def _doubt(pool: Sequence[CommentDocument], model: StanceModel | None, names: Sequence[str]) -> Numbers:
    """How little is known of each: 1 where the model stands between two answers."""
    texts = [comment.words for comment in pool]
    if model is None or not texts:
        return np.array([float(explicit_stance(text, names) != "unclear") for text in texts])
    side, unclear = model.margins(texts).T
    return 1 / (1 + np.minimum(np.abs(side), np.where(np.isfinite(unclear), np.abs(unclear), np.inf)))


def _unlike(signs: Matrix, done: Matrix, doubt: Numbers, wanted: int) -> list[int]:
    """Places of rows, most worthy first: each time what is most in doubt and least like all that were taken."""
    likeness = (signs @ done.T).max(axis=1, initial=0.0)
    taken: list[int] = []
    while len(taken) < wanted:
        free = np.flatnonzero(likeness < TWIN)
        if not len(free):
            break
        place = int(free[np.argmax((doubt * (1 - likeness))[free])])
        taken.append(place)
        likeness = np.maximum(likeness, signs @ signs[place])
        likeness[place] = 1.0
    return taken


def _signs(comments: Sequence[CommentDocument]) -> Matrix:
    """One row of length 1 for each text, from its n-grams."""
    signs = np.zeros((len(comments), WIDTH))
    for row, comment in enumerate(comments):
        for gram in grams_of(comment.words):
            if len(gram) > 1:
                signs[row, sum(ord(sign) * 31**place for place, sign in enumerate(gram)) % WIDTH] += 1
    return signs / np.maximum(np.linalg.norm(signs, axis=1, keepdims=True), 1e-12)
