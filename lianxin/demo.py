"""`lianxin demo`: the made-up county, crawled through the ordinary spiders, steps and index, then shown."""

import shutil
import socket
from collections.abc import Sequence
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from crawler.browser import PAGES, chosen_browser
from crawler.config import Config, load_config
from crawler.crawling import chosen
from crawler.errors import ServiceAway, WrongUse
from crawler.registry import FILE_NAMES, SourceEntry, load_registry
from crawler.town.corpus import load_town
from crawler.town.server import TownServer, answering
from dashboards.serving import serve
from lianxin.crawling import NOT_COMPLETE, crawl_watched, report
from lianxin.indexing import feed_index
from lianxin.serving import DEFAULT_PORT, announce

TOWN_SOURCES = frozenset({"town-letters", "town-hotline", "town-comments", "town-weibo", "town-page"})
CONTACT = "demo@lianxin.example"
MARKER = "示例县.txt"
"""Lies in a demo's data folder, and only there: real data and the demo's never share one."""

_MARKER_TEXT = "这个文件夹里是演示数据：示例县为虚构。lianxin demo --fresh 会清空它，请不要放真实数据。\n"


def demo(
    data: Annotated[Path, typer.Option(help="演示数据的文件夹，两次运行之间保留")] = Path("demo-data"),
    fresh: Annotated[bool, typer.Option("--fresh", help="先清空演示数据")] = False,
    serving: Annotated[bool, typer.Option("--serve/--no-serve", help="采集后打开看板")] = True,
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="看板的端口，默认 8000 或其后空闲的")] = None,
) -> None:
    """Crawl the town into a folder of its own, then open the dashboards."""
    config = load_config(data=data, index="local", key_file=data / "pseudonym.key", contact=CONTACT)
    console = Console(highlight=False, soft_wrap=True)
    _prepare(data, fresh)
    with TownServer(answering(load_town())) as town:
        _write_registry(data, town.url)
        registry = load_registry(data)
        entries = chosen(registry, [], everything=True, now=datetime.now(config.zone))
        runs = crawl_watched(config, _openable(config, entries, console))
    feed_index(config, registry)
    if serving:
        report(console, runs)
        serve(config, "127.0.0.1", port or _free_port(), ready=announce)
        return
    console.print(f"演示数据在 {data}。去掉 --no-serve 再运行一次，就会打开看板。")
    report(console, runs)
    if any(run.outcome != "complete" for run in runs):
        raise typer.Exit(NOT_COMPLETE)


def _prepare(data: Path, fresh: bool) -> None:
    if data.exists() and (not data.is_dir() or (any(data.iterdir()) and not (data / MARKER).is_file())):
        raise WrongUse(f"{data} 里已有不是演示的文件，演示不会动它。请用 --data 换一个文件夹。")
    if (data / "sources.toml").is_file() and (added := set(load_registry(data).sources) - TOWN_SOURCES):
        raise WrongUse(
            f"{data} 里登记了演示以外的来源（{'、'.join(sorted(added))}），演示不会动它。请用 --data 换一个文件夹。"
        )
    if fresh and data.exists():
        shutil.rmtree(data)
    try:
        data.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WrongUse(f"文件夹 {data} 建不了（{error.strerror}），请用 --data 换一个。") from error
    (data / MARKER).write_text(_MARKER_TEXT, encoding="utf-8")


def _openable(config: Config, entries: Sequence[SourceEntry], console: Console) -> Sequence[SourceEntry]:
    """What can be crawled here: without a browser, the pages that need one are left out, and that is said."""
    try:
        chosen_browser(config)
    except ServiceAway as away:
        console.print(f"{away}演示略过 town-page，其余照常。", markup=False)
        return [entry for entry in entries if entry.platform != PAGES]
    return entries


def _write_registry(data: Path, town: str) -> None:
    for name in FILE_NAMES:
        text = files("crawler.town").joinpath("registry", name).read_text(encoding="utf-8")
        (data / name).write_text(text.replace("{town}", town), encoding="utf-8")


def _free_port() -> int:
    for port in range(DEFAULT_PORT, DEFAULT_PORT + 20):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return port
    raise ServiceAway(f"本机 {DEFAULT_PORT}—{DEFAULT_PORT + 19} 端口都被占用，请用 --port 指定一个空闲的端口。")
