"""A real Elasticsearch on loopback for people: the same that the tests start.

`python -m tests.servers.elasticsearch prefetch` makes it ready, so that tests need no network afterwards;
`python -m tests.servers.elasticsearch run` starts one to look at. It has no security and no scripts:
those are not among the jars that Maven brings.
"""

import signal
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from tests.servers.elasticsearch.errors import Unavailable
from tests.servers.elasticsearch.home import home
from tests.servers.elasticsearch.server import ElasticsearchServer

app = typer.Typer(add_completion=False, help="A real Elasticsearch on loopback, for the tests.")


@app.command()
def prefetch() -> None:
    """Fetch the server and compile its launcher; start nothing."""
    typer.echo(home())


@app.command()
def run(
    port: Annotated[int, typer.Option(help="Port of the first node.")] = 9200,
    nodes: Annotated[int, typer.Option(help="1, or more that make one cluster.")] = 1,
    heap: Annotated[str, typer.Option(help="Memory of each node, as java -Xmx takes it.")] = "512m",
    folder: Annotated[Path | None, typer.Option(help="Where data stay; a temporary folder when not given.")] = None,
    quick: Annotated[bool, typer.Option(help="Spare processor time at the start; not for timings.")] = False,
) -> None:
    """Start a server, say where, stop it on Ctrl+C or SIGTERM."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as temporary:
        server = ElasticsearchServer(folder or Path(temporary), nodes=nodes, heap=heap, quick=quick, port=port)
        try:
            with server:
                typer.echo(" ".join(server.urls))
                signal.pause()
        except KeyboardInterrupt:
            pass


def main() -> None:
    """Run, and say in one line why it cannot."""
    try:
        app()
    except Unavailable as problem:
        typer.echo(f"elasticsearch: {problem}", err=True)
        raise SystemExit(3) from problem


if __name__ == "__main__":
    main()
