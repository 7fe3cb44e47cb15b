"""The town's comment server, answering as Isso 0.14 does (compared with a real one by a test)."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

from crawler.town.corpus import Answer, Town, TownPost, Utterance

SORTS = ("newest", "oldest", "upvotes")


@dataclass(frozen=True, slots=True)
class Stored:
    """A comment as the server keeps it."""

    id: int
    parent: int | None
    said: Utterance | Answer


class IssoReplica:
    """Threads by the path of the page they stand under; ids run through the whole town by time."""

    def __init__(self, town: Town) -> None:
        said: list[tuple[TownPost, Utterance | Answer, Utterance | None]] = []
        for post in town.posts:
            for comment in post.comments:
                said.append((post, comment, None))
                said += [(post, answer, comment) for answer in comment.answers]
        said.sort(key=lambda entry: entry[1].at)
        numbers = {id(entry[1]): number for number, entry in enumerate(said, 1)}
        self._threads: dict[str, list[Stored]] = {f"/gov/{post.slug}.html": [] for post in town.posts}
        for post, words, parent in said:
            stored = Stored(numbers[id(words)], numbers[id(parent)] if parent else None, words)
            self._threads[f"/gov/{post.slug}.html"].append(stored)

    def fetch(self, query: Mapping[str, str]) -> tuple[int, bytes]:
        """Status and body for GET /?uri=…; the parameters are Isso's own."""
        sort = query.get("sort", "oldest")
        numbers = {name: query.get(name) for name in ("limit", "nested_limit", "offset", "parent")}
        if sort not in SORTS or any(value is not None and not value.isdecimal() for value in numbers.values()):
            return 400, b"<h1>Bad Request</h1>"
        limit, nested_limit, offset, parent = (int(value) if value is not None else None for value in numbers.values())
        thread = self._threads.get(query.get("uri", ""), [])
        rows = _slice(_sorted(thread, parent, sort), limit, offset or 0)
        replies = [self._with_answers(row, thread, nested_limit) if parent is None else _row(row) for row in rows]
        here = sum(1 for stored in thread if stored.parent == parent)
        total = len(thread) if parent is None else here
        hidden = here - len(rows) - (offset or 0)
        body = {"id": parent, "total_replies": total, "hidden_replies": hidden, "replies": replies, "config": {}}
        return 200, json.dumps(body, ensure_ascii=False).encode()

    def _with_answers(self, stored: Stored, thread: list[Stored], nested_limit: int | None) -> dict[str, object]:
        answers = _sorted(thread, stored.id, "oldest")
        shown = _slice(answers, nested_limit, 0) if nested_limit != 0 else []
        nested = {"total_replies": len(answers), "hidden_replies": len(answers) - len(shown)}
        return {**_row(stored), **nested, "replies": [_row(answer) for answer in shown]}


def _sorted(thread: list[Stored], parent: int | None, sort: str) -> list[Stored]:
    level = [stored for stored in thread if stored.parent == parent]
    if sort == "upvotes":
        return sorted(level, key=lambda stored: stored.said.dislikes - stored.said.likes)
    return level if sort == "oldest" else level[::-1]


def _slice(rows: list[Stored], limit: int | None, offset: int) -> list[Stored]:
    return rows[offset : offset + limit] if limit else rows


def _row(stored: Stored) -> dict[str, object]:
    said = stored.said
    text = "<br>\n".join(escape(line, quote=False) for line in said.text.split("\n"))
    return {
        "id": stored.id,
        "parent": stored.parent,
        "created": said.at.timestamp(),
        "modified": None,
        "mode": 1,
        "text": f"<p>{text}</p>",
        "author": said.author or None,
        "website": None,
        "likes": said.likes,
        "dislikes": said.dislikes,
        "hash": hashlib.blake2b(said.author.encode(), digest_size=6).hexdigest(),
    }
