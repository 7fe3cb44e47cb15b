"""`python -m tests.contract` prints the contract table: each body, what the engines say to it, how long they took.

The times are for orientation: the server is one for tests, which spares processor time at the start.
"""

import json
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import typer

from pipelines.index import Body, Index
from pipelines.index.mapping import COMMENTS
from tests.contract.engines import Engines, answered, fill_with_made_up_documents, opened
from tests.contract.generated import for_each_body
from tests.contract.product import Titled, product
from tests.contract.traps import TRAPS
from tests.servers.elasticsearch.fixtures import NAMED
from tests.servers.elasticsearch.server import ElasticsearchServer

COLUMNS = ("body", "index", "hits", "embedded", "Elasticsearch", "alike, and as plain Python")
LONGEST = 160


def main() -> None:
    """Start a server (or take the one that LIANXIN_TEST_ELASTICSEARCH names), fill both engines, ask, print."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        if NAMED:
            _report(folder, NAMED)
        else:
            with ElasticsearchServer(folder / "server") as server:
                _report(folder, server.url)


def _report(folder: Path, url: str) -> None:
    with opened(folder / "index", url) as engines:
        fill_with_made_up_documents(engines)
        for line in _table(engines):
            typer.echo(line)


def _table(engines: Engines) -> Iterator[str]:
    yield f"| {' | '.join(COLUMNS)} |"
    yield "|---" * len(COLUMNS) + "|"
    bodies = _titled()
    different = 0
    for title, (index, body) in bodies.items():
        found = engines.disagreements(index, body)
        different += bool(found)
        embedded, hits = _timed(engines.embedded, index, body)
        elasticsearch, _ = _timed(engines.elasticsearch, index, body)
        verdict = found[0].replace("|", "\\|") if found else "yes"
        yield f"| {title} | {index} | {hits} | {embedded} | {elasticsearch} | {verdict} |"
    yield f"\n{len(bodies)} bodies over {len(engines.stored[COMMENTS]):,} comments, {different} answered differently."


def _titled() -> Titled:
    """The product's, the traps, and the generated ones as they are written."""
    generated: list[Body] = []
    for_each_body(generated.append)
    titled = product() | {title: (COMMENTS, body) for title, body in TRAPS.items()}
    return titled | {f"{number}. `{_short(body)}`": (COMMENTS, body) for number, body in enumerate(generated, start=1)}


def _short(body: Body) -> str:
    text = json.dumps(body, ensure_ascii=False).replace("|", "\\|").replace('"', "")
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _timed(engine: Index, index: str, body: Body) -> tuple[str, str]:
    """Milliseconds, and the number of hits; a second asking, so that neither engine reads from disk."""
    begun = time.perf_counter()
    answer = answered(engine, index, body)
    milliseconds = f"{(time.perf_counter() - begun) * 1000:.1f} ms"
    return milliseconds, "too many buckets" if answer is None else f"{answer['hits']['total']['value']:,}"


if __name__ == "__main__":
    main()
