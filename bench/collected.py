"""The stock as it was collected: a journal, and the registry it belongs to."""

from collections.abc import Iterable, Iterator
from dataclasses import fields
from datetime import datetime, timedelta
from itertools import chain, islice
from pathlib import Path
from typing import TypeVar

from bench.documents import BEGIN, PLATFORMS, STAGE_DAYS
from bench.stock import PAGE, Stock
from bench.words import POLICIES, REGIONS, UNITS
from crawler.items import Comment, Post, Reply
from crawler.registry import Account, Policy, Registry, SourceEntry
from pipelines.documents import Source
from pipelines.index.mapping import COMMENTS, POSTS
from pipelines.journal import Event, JournalWriter

Item = TypeVar("Item", Post, Comment)


def registry() -> Registry:
    """The policies, accounts and sources that the stock names."""
    during, after = (BEGIN.date() + timedelta(days=days) for days in STAGE_DAYS)
    stages = {
        "before": {"from": BEGIN.date(), "until": during},
        "during": {"from": during, "until": after},
        "after": {"from": after},
    }
    policies = [
        Policy.model_validate({"id": name, "name": title, "aliases": [title], **stages})
        for name, (title, _) in POLICIES.items()
    ]
    places = [(platform, number) for platform in dict.fromkeys(PLATFORMS) for number in range(len(REGIONS))]
    accounts = [
        Account(
            id=f"{platform}-account-{number}",
            platform=platform,
            unit=REGIONS[number] + UNITS[number % len(UNITS)],
            region=REGIONS[number],
        )
        for platform, number in places
    ]
    sources = [
        SourceEntry(id=f"{platform}-{number}", platform=platform, account=f"{platform}-account-{number}")
        for platform, number in places
    ]
    return Registry(_by_id(policies), _by_id(accounts), _by_id(sources))


def write_journal(folder: Path, stock: Stock, count: int) -> None:
    """All posts of the stock, then its first `count` comments, each followed by its official replies."""
    posts = (_item(Post, source) for page in stock.pages(POSTS) for source in page)
    comments = islice((source for page in stock.pages(COMMENTS) for source in page), count)
    events: Iterator[Event] = chain(posts, chain.from_iterable(map(_said, comments)))
    with JournalWriter(folder) as writer:
        while batch := list(islice(events, PAGE)):
            writer.append(batch)


def _said(source: Source) -> Iterator[Event]:
    yield _item(Comment, source)
    for reply in source.get("replies", []):
        yield Reply(
            id=reply["id"],
            platform=str(source["platform"]),
            source=str(source["source"]),
            comment_id=str(source["id"]),
            unit=reply["unit"],
            text=reply["text"],
            url=reply["url"],
            replied_at=datetime.fromisoformat(reply["replied_at"]),
            collected_at=datetime.fromisoformat(reply["collected_at"]),
            run=str(source["run"]),
        )


def _item(kind: type[Item], source: Source) -> Item:
    values = {field.name: source[field.name] for field in fields(kind) if field.name in source}
    for name, value in values.items():
        if name.endswith("_at"):
            values[name] = datetime.fromisoformat(str(value))
    if "domain" in values:
        values["domain"] = source["domain"][0]
    return kind(**values)


Entry = TypeVar("Entry", Policy, Account, SourceEntry)


def _by_id(entries: Iterable[Entry]) -> dict[str, Entry]:
    return {entry.id: entry for entry in entries}
