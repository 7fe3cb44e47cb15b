"""`lianxin export`: a policy's feedback as a file."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from crawler.config import load_config
from crawler.registry import load_registry
from dashboards.export import export_policy
from lianxin.indexing import feed_index, opened


def export(
    policy: Annotated[str, typer.Argument(help="policies.toml 里的政策 id", metavar="POLICY")],
    out: Annotated[Path, typer.Option(help="写到哪个文件")],
    form: Annotated[str, typer.Option("--format", help="csv 或 html")] = "csv",
) -> None:
    """Write the file whole or not at all."""
    config = load_config()
    registry = load_registry(config.data)
    feed_index(config, registry)  # a lost or late index must not look like silence
    with opened(config) as index:
        export_policy(index, registry, policy, form, out, config.zone, datetime.now(UTC))
    Console(highlight=False, soft_wrap=True).print(f"已写到 {out}（{out.stat().st_size / 1024:.0f} KB）。")
