"""`lianxin serve`: the dashboards."""

from typing import Annotated

import typer
from rich.console import Console

from crawler.config import load_config
from crawler.registry import load_registry
from dashboards.serving import serve
from lianxin.indexing import feed_index

DEFAULT_PORT = 8000


def serve_dashboards(
    host: Annotated[str, typer.Option(help="只接受本机地址")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535)] = DEFAULT_PORT,
) -> None:
    """Serve until Ctrl+C."""
    config = load_config()
    feed_index(config, load_registry(config.data))  # a lost or late index must not look like silence
    serve(config, host, port, ready=announce)


def announce(url: str) -> None:
    """Say where to look."""
    Console(highlight=False).print(f"看板已打开：{url} （按 Ctrl+C 结束）")
