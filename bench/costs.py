"""What a comment costs by itself: one thing after the other, without a network, in microseconds of the processor."""

import secrets
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from time import process_time

from bench.measuring import table
from bench.towns import settle
from crawler.items import Comment, Post
from crawler.platforms.isso import PAGE
from crawler.platforms.isso.evidence import FIELDS
from crawler.platforms.isso.parsing import parse_comment, parse_post, parse_thread
from crawler.registry import load_registry
from crawler.town.corpus import ZONE, load_town
from crawler.town.isso import IssoReplica
from crawler.town.site import post_page
from crawler.town.variation import varied
from pipelines.digests import digest_of
from pipelines.documents import Source, to_source, words_of
from pipelines.enrich.documenting import comment_document, post_document
from pipelines.enrich.feeling import feelings
from pipelines.enrich.intents import intents
from pipelines.evidence.redaction import Redaction
from pipelines.index.embedded.engine import EmbeddedIndex
from pipelines.index.mapping import COMMENTS
from pipelines.journal import encode
from pipelines.masking.pseudonyms import KEY_BYTES, Pseudonyms
from pipelines.preparing import prepare

ROUNDS = 3
Thread = tuple[Post, list[bytes]]
"""A post and the answers in which Isso tells what was said under it."""


def costs(folder: Path, comments: int) -> dict[str, float]:
    """The least of some rounds, by what is done: microseconds a comment."""
    settle(folder, "http://127.0.0.1")
    registry = load_registry(folder)
    threads = list(_threads(comments))
    pseudonyms = Pseudonyms(secrets.token_bytes(KEY_BYTES))
    redaction = Redaction("isso", FIELDS, frozenset(), pseudonyms)
    posts = {post.id: post_document(post, registry, ZONE) for post, _ in threads}
    said = _parsed(threads)
    masked = [prepare(comment, pseudonyms)[0] for comment in said]
    words = [words_of(comment) for comment in masked]
    meanings = [{**felt, **wanted} for felt, wanted in zip(feelings(words, "policy"), intents(words), strict=True)]

    def documented() -> list[Source]:
        """Each comment's document, as the index takes it."""
        made = (
            comment_document(each, posts[each.post_id or ""], None, each.collected_at, meaning, registry, ZONE)
            for each, meaning in zip(masked, meanings, strict=True)
        )
        return [to_source(document) for document in made]

    sources = documented()
    indices = iter([EmbeddedIndex(folder / f"index-{number}") for number in range(ROUNDS)])
    work: dict[str, Callable[[], object]] = {
        "parsed": lambda: _parsed(threads),
        "the answer masked, to be kept as evidence": lambda: [
            redaction.of(body.decode(), ()) for _, bodies in threads for body in bodies
        ],
        "checked, tidied, masked": lambda: [prepare(comment, pseudonyms) for comment in said],
        "a digest and a line of the journal": lambda: [(digest_of(comment), encode(comment)) for comment in masked],
        "mood, SnowNLP's score beside it": lambda: feelings(words, "policy"),
        "intents": lambda: intents(words),
        "policies, stages, the document": documented,
        "put into the embedded index": lambda: _put(next(indices), sources),
    }
    return {name: _least(done) / len(said) * 1e6 for name, done in work.items()}


def costs_table(found: dict[str, float]) -> str:
    """With their sum."""
    rows = [[name, f"{cost:.0f}"] for name, cost in found.items()]
    return table(["a comment, by itself", "microseconds"], [*rows, ["together", f"{sum(found.values()):.0f}"]])


def _threads(comments: int) -> Iterator[Thread]:
    town = varied(load_town(), comments, 1)
    replica, now = IssoReplica(town), datetime.now(UTC)
    for post in town.posts:
        path = f"/gov/{post.slug}.html"
        page, bodies, offset, hidden = post_page(post, "/isso/"), [], 0, 1
        while hidden:
            query = {"uri": path, "sort": "oldest", "limit": PAGE, "nested_limit": PAGE, "offset": offset}
            bodies.append(replica.fetch({name: str(value) for name, value in query.items()})[1])
            rows, hidden = parse_thread(bodies[-1])
            offset += len(rows)
        yield parse_post(page, f"http://127.0.0.1{path}", "town-comments", None, "run", now), bodies


def _parsed(threads: list[Thread]) -> list[Comment]:
    rows = ((row, post) for post, bodies in threads for body in bodies for row in parse_thread(body)[0])
    found = (parse_comment(row, post, frozenset(), None) for row, post in rows)
    return [comment for comment in found if isinstance(comment, Comment)]


def _put(index: EmbeddedIndex, sources: list[Source]) -> None:
    index.make()
    index.put(COMMENTS, sources)
    index.close()


def _least(done: Callable[[], object]) -> float:
    taken = []
    for _ in range(ROUNDS):
        begun = process_time()
        done()
        taken.append(process_time() - begun)
    return min(taken)
