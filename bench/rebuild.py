"""How long moving an index to another engine and back takes, and building it anew from the journal; in how much memory.

Each runs in a process of its own, whose memory is what is told.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from snownlp import SnowNLP

from bench.collected import registry, write_journal
from bench.elasticsearch import Baseline
from bench.measuring import Spent, apart, spent, table
from bench.stock import Stock
from crawler.config import Config
from pipelines import fold
from pipelines.documents import CommentDocument
from pipelines.enrich.feeling import with_feeling
from pipelines.feeder import rebuild
from pipelines.index import open_index
from pipelines.index.mapping import COMMENTS, INDICES
from pipelines.moving import move
from pipelines.watching import Unwatched
from sentiment.moods import Model

SCORED = 10_000
"""Comments that are rebuilt with their moods: the scorer takes most of the time, so that it is measured on a sample."""


@dataclass(frozen=True, slots=True)
class Built:
    """One way to make an index out of something: time, and most bytes of memory where it ran apart."""

    way: str
    documents: int
    took: Spent
    peak: int | None = None

    def minutes_a_million(self) -> float:
        """Minutes for a million documents at this rate."""
        return self.took.seconds / self.documents * 1_000_000 / 60


def moved(folder: Path, url: str, baseline: Baseline, stock: Stock) -> list[Built]:
    """From the embedded index in `folder` to a server and back into another folder; and the plain way beside them."""
    documents = sum(len(page) for name in INDICES for page in stock.pages(name))
    here, there = Config(data=folder), Config(data=folder, index=url)
    back = Config(data=folder.with_name("back"))
    with spent() as plain:
        baseline.fill(stock, COMMENTS)
    ways = []
    for way, source, target in (
        ("embedded to Elasticsearch, `index rebuild --to`", here, there),
        ("Elasticsearch to embedded, `index rebuild --to`", there, back),
    ):
        took, peak = apart(_move, source, target)
        ways.append(Built(way, documents, took, peak))
    return [*ways, Built("JSON lines to Elasticsearch, `streaming_bulk` (baseline)", stock.size, plain)]


def _move(source: Config, target: Config) -> Spent:
    origin, destination = open_index(source), open_index(target)
    with spent() as took:
        comparison = move(source, origin, destination, Unwatched())
    if not comparison.equal:
        raise RuntimeError(f"not equal: {[row for row in comparison.rows if not row.equal]}")
    origin.close()
    destination.close()
    return took


def rebuilt(folder: Path, stock: Stock) -> list[Built]:
    """The embedded index from a journal: all of it but for the moods, and a sample with them."""
    whole, sample = Config(data=folder / "whole"), Config(data=folder / "sample")
    few = min(SCORED, stock.size)
    write_journal(whole.journal_folder, stock, stock.size)
    write_journal(sample.journal_folder, stock, few)
    unscored, peak = apart(_rebuild_unscored, whole)
    (scored, scoring), sample_peak = apart(_rebuild, sample)
    return [
        Built("journal to embedded, without moods", stock.size, unscored, peak),
        Built("journal to embedded, with moods", few, scored, sample_peak),
        Built("of which moods", few, scoring),
        Built("moods by stock SnowNLP, text by text (baseline)", few, _scored_by_snownlp(stock, few)),
    ]


def _rebuild(config: Config) -> tuple[Spent, Spent]:
    """What all of it takes, and what the moods take of it."""
    with_feeling([], "policy")
    scoring = Spent()

    def timed(documents: Sequence[CommentDocument], model: Model) -> list[CommentDocument]:
        with spent() as took:
            felt = with_feeling(documents, model)
        scoring.add(took)
        return felt

    fold.with_feeling = timed
    return _rebuild_whole(config), scoring


def _rebuild_unscored(config: Config) -> Spent:
    """With a mood that costs nothing, so that documents are as large as they will be."""

    def felt(documents: Sequence[CommentDocument], _model: Model) -> list[CommentDocument]:
        mood = {"sentiment": 0.25, "label": "negative", "sentiment_model": "none", "snownlp": 0.25}
        return [replace(document, **mood) for document in documents]

    fold.with_feeling = felt
    return _rebuild_whole(config)


def _rebuild_whole(config: Config) -> Spent:
    index = open_index(config)
    with spent() as took:
        rebuild(config, registry(), index)
    index.close()
    return took


def _scored_by_snownlp(stock: Stock, count: int) -> Spent:
    """What stock SnowNLP would take for `count` texts, from the first thousand."""
    texts = [str(source["text"]) for source in next(stock.pages(COMMENTS))][:count]
    with spent() as took:
        for text in texts:
            SnowNLP(text).sentiments  # noqa: B018 - a property that works
    share = count / len(texts)
    return Spent(took.seconds * share, took.processor * share)


def builds_table(builds: Sequence[Built]) -> str:
    """Time by the clock and of this side's processor, and memory."""
    heads = ["", "documents", "seconds", "processor seconds", "minutes a million", "most memory, MB"]
    rows = [
        [
            each.way,
            f"{each.documents:,}",
            f"{each.took.seconds:.1f}",
            f"{each.took.processor:.1f}",
            f"{each.minutes_a_million():.1f}",
            f"{each.peak / 1e6:,.0f}" if each.peak else "",
        ]
        for each in builds
    ]
    return table(heads, rows)
