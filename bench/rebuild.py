"""How long moving an index to another engine and back takes, and building it anew from the journal; in how much memory.

Each runs in a process of its own, whose memory is what is told. `python -m bench.rebuild` prints the last one alone.
"""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from snownlp import SnowNLP

from bench.collected import registry, write_journal
from bench.elasticsearch import Baseline
from bench.measuring import Spent, apart, spent, table
from bench.stock import Stock, lay_in
from crawler.config import Config
from pipelines.enrich.feeling import feelings
from pipelines.enrich.intents import intents
from pipelines.feeder import rebuild
from pipelines.index import open_index
from pipelines.index.mapping import COMMENTS, INDICES
from pipelines.moving import move
from pipelines.watching import Unwatched

SCORED = 1000
"""Comments that stock SnowNLP scores; it needs hours for a million."""


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
    """The embedded index from a journal; and the moods and intents of it alone, which a second process finds where the
    journal is worth it (`pipelines.enrich.ahead`)."""
    config = Config(data=folder)
    write_journal(config.journal_folder, stock, stock.size)
    few = min(SCORED, stock.size)
    whole, peak = apart(_rebuild_whole, config)
    (moods, wants), _ = apart(_read_alone, stock)
    return [
        Built("journal to embedded, `index rebuild`", stock.size, whole, peak),
        Built("the moods of it alone: the policy model and SnowNLP's score", stock.size, moods),
        Built("the intents of it alone", stock.size, wants),
        Built("moods by stock SnowNLP alone, text by text (baseline)", few, _scored_by_snownlp(stock, few)),
    ]


def _read_alone(stock: Stock) -> tuple[Spent, Spent]:
    """What moods and what intents take in one process, loading the models included."""
    moods, wants = Spent(), Spent()
    for page in stock.pages(COMMENTS):
        texts = [str(source["text"]) for source in page]
        with spent() as took:
            feelings(texts, "policy")
        moods.add(took)
        with spent() as took:
            intents(texts)
        wants.add(took)
    return moods, wants


def _rebuild_whole(config: Config) -> Spent:
    index = open_index(config)
    with spent() as took:
        rebuild(config, registry(), index)
    index.close()
    return took


def _scored_by_snownlp(stock: Stock, count: int) -> Spent:
    texts = [str(source["text"]) for source in next(stock.pages(COMMENTS))][:count]
    SnowNLP("一").sentiments  # noqa: B018 - a property that loads the model
    with spent() as took:
        for text in texts:
            SnowNLP(text).sentiments  # noqa: B018 - a property that works
    return took


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


def main(size: Annotated[int, typer.Option(min=1000, help="Number of comments.")] = 100_000) -> None:
    """Build an index from the journal of a made-up stock, and print what that takes."""
    with tempfile.TemporaryDirectory(prefix="lianxin-bench-") as made:
        stock = lay_in(Path(made) / "stock", size)
        typer.echo(builds_table(rebuilt(Path(made) / "rebuilt", stock)))


if __name__ == "__main__":
    typer.run(main)
