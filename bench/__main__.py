"""`python -m bench`: fill, ask, move, score and rebuild, in one run on this machine; prints Markdown tables.

Needs what the tests need for their Elasticsearch (CONTRIBUTING.md). Contacts nothing beyond this machine.
"""

import os
import platform
import tempfile
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from bench.bodies import bodies_table, timed
from bench.bulk import fill_both, fill_nothing, fills_table
from bench.elasticsearch import HEAP, Baseline, server
from bench.questions import questions
from bench.rebuild import builds_table, moved, rebuilt
from bench.sentiment import sentiment_tables
from bench.stock import Stock, lay_in
from crawler.config import Config
from pipelines.index.embedded.engine import EmbeddedIndex

SMALL = 100_000


def main(
    size: Annotated[int, typer.Option(min=1000, help="Number of comments.")] = SMALL,
    folder: Annotated[Path | None, typer.Option(help="Where to put what is made; removed at the end.")] = None,
) -> None:
    """Measure everything and print it as it comes."""
    with tempfile.TemporaryDirectory(dir=folder, prefix="lianxin-bench-") as made:
        here = Path(made)
        stock = lay_in(here / "stock", size)
        _say(f"# {size:,} comments, {date.today():%Y-%m-%d}", _machine(stock))
        with server(here / "server") as url:
            _measure(here, url, stock)


def _measure(here: Path, url: str, stock: Stock) -> None:
    config = Config(data=here / "data")
    baseline = Baseline(url)
    filled = fill_both(config.index_folder, baseline, stock)
    _say("## Putting", fills_table([*filled, *fill_nothing(url, stock)]))
    embedded = EmbeddedIndex(config.index_folder)
    _say("## Bodies, milliseconds", bodies_table(timed(embedded, baseline, questions(stock))))
    embedded.close()
    _say("## Moving", builds_table(moved(config.data, url, baseline, stock)))
    _say("## Moods", sentiment_tables())
    _say("## Rebuilding from the journal", builds_table(rebuilt(here / "rebuilt", stock)))


def _machine(stock: Stock) -> str:
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    return (
        f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}; load at first {load:.1f}. "
        f"Elasticsearch with a heap of {HEAP}, one shard, no replica. "
        f"A comment is {stock.document_bytes():,.0f} bytes of JSON."
    )


def _say(*parts: str) -> None:
    for part in parts:
        typer.echo(part + "\n")


if __name__ == "__main__":
    typer.run(main)
