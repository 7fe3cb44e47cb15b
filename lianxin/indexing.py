"""`lianxin index`: how far the index is behind the journal, and building it anew."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import typer
from rich.console import Console

from crawler.config import Config, load_config
from crawler.registry import Registry, load_registry
from lianxin.progress import Advance, progress
from pipelines.feeder import behind, feed, outdated, rebuild
from pipelines.fold import Fed
from pipelines.index import Index, open_index
from pipelines.index.mapping import INDICES
from pipelines.journal import bytes_of

app = typer.Typer(no_args_is_help=True)


@contextmanager
def opened(config: Config) -> Iterator[Index]:
    """The configured index, closed at the end."""
    index = open_index(config.index, config.index_folder)
    try:
        yield index
    finally:
        index.close()


def feed_index(config: Config, registry: Registry) -> Fed:
    """Bring the index up to date, with a progress display."""
    return _feed(config, registry, feed, "索引")


@app.command("status")
def status() -> None:
    """How many documents there are, and how far the index is behind the journal."""
    config = load_config()
    registry = load_registry(config.data)
    console = Console(soft_wrap=True, highlight=False)
    with opened(config) as index:
        for name in INDICES:
            answer = index.search(name, {"size": 0, "track_total_hits": True})
            console.print(f"{name}：{answer['hits']['total']['value']} 篇")
        left = behind(config, index)
        changed = outdated(config, registry, index)
    if changed:
        console.print("登记文件改过，索引还是按原来的政策和阶段建的：请运行 lianxin index rebuild，或等下一次采集。")
    elif left:
        console.print(f"日志里还有 {left} 字节没有进索引，下一次采集或 lianxin index rebuild 会补上。")
    else:
        console.print("索引与日志一致。")


@app.command("rebuild")
def rebuild_index() -> None:
    """Empty the index and build it anew from the journal, with today's registry and models."""
    config = load_config()
    fed = _feed(config, load_registry(config.data), rebuild, "重建索引")
    console = Console(soft_wrap=True, highlight=False)
    console.print(
        f"已从日志重建：发布 {fed.posts}，评论与来信 {fed.comments}，官方答复 {fed.replies}，采集记录 {fed.runs}。"
    )
    if fed.orphans:
        console.print(f"{fed.orphans} 条答复找不到对应的评论，等评论采集到时再归过去。")


def _feed(
    config: Config, registry: Registry, work: Callable[[Config, Registry, Index, Advance], Fed], title: str
) -> Fed:
    with opened(config) as index:
        anew = work is rebuild or outdated(config, registry, index)
        total = sum(bytes_of(config.journal_folder).values()) if anew else behind(config, index)
        with progress(title, total, "字节") as advance:
            return work(config, registry, index, advance)
