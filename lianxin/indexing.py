"""`lianxin index`: how far the index is behind the journal, whether it is in order, building it anew, moving it."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from crawler.config import Config, load_config, with_index_at
from crawler.errors import ServiceAway, Trouble, WrongUse
from crawler.ledger import Ledger
from crawler.registry import Registry, load_registry
from lianxin.progress import Spoken, megabytes, progress
from pipelines.building import check_left
from pipelines.feeder import NEWER, feed, newer, outdated, rebuild
from pipelines.feeding_lock import alone
from pipelines.fold import Fed
from pipelines.following import follow
from pipelines.index import Index, Progress, Unfinished, open_index
from pipelines.index.mapping import INDICES
from pipelines.lag import beyond, lacking, lag
from pipelines.moving import Comparison, check_apart, move
from pipelines.refusals import left_out, refused_path

app = typer.Typer(no_args_is_help=True)


@contextmanager
def opened(config: Config) -> Iterator[Index]:
    """The configured index, closed at the end. Says on standard error what it has to wait for."""
    index = open_index(config, Spoken(Console(stderr=True, soft_wrap=True, highlight=False)).held_up)
    try:
        yield index
    finally:
        index.close()


def feed_index(config: Config, registry: Registry) -> Fed:
    """Bring the index up to date, with a progress display."""
    with opened(config) as index, progress("索引", None) as watch:
        fed = feed(config, registry, index, watch)
    _say_refused(Console(stderr=True, soft_wrap=True, highlight=False), config, fed)
    return fed


def feed_collected(config: Config, registry: Registry) -> None:
    """Bring the index up to date after collecting; where it is away, says that nothing is lost."""
    try:
        feed_index(config, registry)
    except (ServiceAway, WrongUse) as trouble:
        kind = WrongUse if isinstance(trouble, WrongUse) else ServiceAway
        raise kind(
            f"{trouble}采集到的都已在日志里，改好、连上后再采集一次或运行 lianxin index follow，就会补上。"
        ) from trouble


@app.command("status", help="索引里有多少文档，比日志落后多少。")
def status() -> None:
    """Counts, lag, generations; the lag also where the index cannot be reached."""
    config = load_config()
    registry = load_registry(config.data)
    console = Console(soft_wrap=True, highlight=False)
    try:
        with opened(config) as index:
            if not index.made:
                _say_nothing_made(console, config, index)
                return
            _say_counts(console, index)
            progress_made, changed = index.acknowledged(), outdated(config, registry, index)
            made_by_newer = newer(index)
            _say_generations(console, index)
            _say_left_out(console, config, index, progress_made)
    except (ServiceAway, WrongUse):
        _say_known_lag(console, config)
        raise
    _say_lag(console, config, progress_made, changed, made_by_newer)


@app.command("check", help="逐项比较索引和映射；有出入时退出码为 1。")
def check() -> None:
    """Compare the live index with the mapping."""
    config = load_config()
    console = Console(soft_wrap=True, highlight=False)
    with opened(config) as index:
        if not index.made:
            _say_nothing_made(console, config, index)
            return
        found = index.differences()
        for sentence in found:
            console.print(f"✗ {sentence}", markup=False)
        if not found:
            console.print(f"✓ 索引（{index.generation}）与映射一致。")
    if found:
        console.print("请运行 lianxin index rebuild：会在旁边按映射另建一份，建好再换上。")
        raise typer.Exit(1)


@app.command("rebuild", help="按现在的登记文件和模型从日志重建索引；--to 把索引搬到另一处。可以中断，再运行就接着做。")
def rebuild_index(
    to: Annotated[str | None, typer.Option(help="搬到哪里：local 或 Elasticsearch 的地址", metavar="URL")] = None,
    incomplete: Annotated[
        bool, typer.Option("--incomplete", help="日志不全、别处多出内容也照做：多的就没有了")
    ] = False,
    password_file: Annotated[Path | None, typer.Option(help="--to 那一处的密码放在哪个文件")] = None,
    key_file: Annotated[Path | None, typer.Option(help="--to 那一处的 API 密钥放在哪个文件")] = None,
    ca_file: Annotated[Path | None, typer.Option(help="签发 --to 那一处证书的机构的证书")] = None,
) -> None:
    """Build a new generation beside the one that serves, then let it serve; or move everything to another index."""
    config = load_config()
    if to is None and (password_file or key_file or ca_file):
        raise WrongUse("--password-file、--key-file 和 --ca-file 说的是 --to 那一处，要和 --to 一起用。")
    target = with_index_at(config, to, password_file, key_file, ca_file) if to is not None else None
    registry = load_registry(config.data)
    console = Console(soft_wrap=True, highlight=False)
    if target:
        _move(console, config, registry, target, incomplete)
        return
    with opened(config) as index:
        with progress("重建索引", None) as watch:
            fed = rebuild(config, registry, index, watch, incomplete)
        console.print("已从日志重建。")
        _say_counts(console, index)
        _say_refused(console, config, fed)
        if fed.orphans:
            console.print(f"{fed.orphans} 条答复找不到对应的评论，等评论采集到时再归过去。")
        _say_generations(console, index)


@app.command("follow", help="一直跟着日志更新索引，直到 Ctrl+C；索引连不上就等它回来。")
def follow_journal() -> None:
    """Feed whenever the journal has grown; wait while the index is away."""
    config = load_config()
    console = Console(soft_wrap=True, highlight=False)
    for number in (signal.SIGINT, signal.SIGTERM):  # a service manager's stop is an end in order too
        signal.signal(number, signal.default_int_handler)
    try:
        follow(config, lambda: load_registry(config.data), lambda sentence: console.print(sentence, markup=False))
    except KeyboardInterrupt:
        console.print("已停止。")


@app.command("drop", help="删除重建前留下的旧索引；--unfinished 连没有建完的也删。")
def drop_kept(
    unfinished: Annotated[
        bool, typer.Option("--unfinished", help="也删除没有建完的一份；若还有进程在建，它要重来")
    ] = False,
    others: Annotated[bool, typer.Option("--others", help="就算是别的机器一天之内才开始建的")] = False,
) -> None:
    """Drop every generation that served before, and where told the one that was begun and left."""
    config = load_config()
    console = Console(soft_wrap=True, highlight=False)
    with opened(config) as index:
        kept = index.kept()
        for generation in kept:
            index.drop(generation)
            console.print(f"已删除旧索引 {generation}。")
        begun = index.unfinished
        if unfinished and begun:
            with alone(config, Spoken(console), "删除没有建完的索引"):
                begun = index.unfinished  # whoever was building may have finished while we waited
                if not others:
                    check_left(begun)
                index.abandon()
            console.print(f"已删除没有建完的 {begun.generation}。" if begun else "那一份已经建完启用，没有可删的。")
        elif begun:
            _say_unfinished(console, begun)
    if not kept and not begun:
        console.print("没有旧索引。")


def _say_refused(console: Console, config: Config, fed: Fed) -> None:
    if fed.refused:
        console.print(f"索引不收 {fed.refused} 篇，原因写在 {config.rejected_folder}/index-*.jsonl。", markup=False)


def _say_left_out(console: Console, config: Config, index: Index, progress_made: Progress) -> None:
    """What is in the journal and not to be found in the index, though all was taken in."""
    if progress_made.waiting:
        console.print(f"{len(progress_made.waiting)} 条答复找不到对应的评论，等评论采集到时再归过去。")
    if count := left_out(config, index):
        console.print(f"索引不收 {count} 篇，原因写在 {refused_path(config, index)}。", markup=False)


def _say_counts(console: Console, index: Index) -> None:
    for name in INDICES:
        answer = index.search(name, {"size": 0, "track_total_hits": True})
        console.print(f"{name}：{answer['hits']['total']['value']} 篇")


def _say_generations(console: Console, index: Index) -> None:
    kept = index.kept()
    if kept:
        console.print(f"旧索引还留着：{'、'.join(kept)}。确认不用后运行 lianxin index drop 删除。")
    if begun := index.unfinished:
        _say_unfinished(console, begun)


def _say_unfinished(console: Console, begun: Unfinished) -> None:
    who = begun.host or "不知哪台机器"
    more = "" if begun.ours else " --others"
    where = "" if begun.ours else "在那台机器上"
    console.print(
        f"有一份没有建完：{begun.generation}，{who} 在 {begun.at:%Y-%m-%d %H:%M} UTC 开始建的。"
        f"若还在建，等它就是；若停了，{where}再运行一次当时的命令就接着建；"
        f"不要了就运行 lianxin index drop --unfinished{more}。"
    )


def _say_nothing_made(console: Console, config: Config, index: Index) -> None:
    left = lag(config.journal_folder, {}).entries
    console.print(f"{config.index_place} 里还没有索引，日志里有 {left} 条；lianxin index follow 或下一次采集会建。")
    if begun := index.unfinished:
        _say_unfinished(console, begun)


def _say_lag(console: Console, config: Config, progress_made: Progress, changed: bool, made_by_newer: bool) -> None:
    """How far the index is behind the journal, and what to do about it."""
    left, lost = lag(config.journal_folder, progress_made.taken), beyond(config.journal_folder, progress_made.taken)
    if lost:
        console.print(
            f"{lacking(lost)}。是别的机器采集的就不用管；是日志丢了，请从备份复制回来，在那之前不要重建。",
            markup=False,
        )
    if made_by_newer:
        console.print(NEWER)
    elif changed and lost:
        console.print(
            "索引还是按原来的登记、映射、模型或规则建的："
            "先把日志复制齐（别的机器采集的、备份里的），再运行 lianxin index rebuild。"
        )
    elif changed and not progress_made.recipe:
        console.print("索引不全了（有一部分被删掉或换掉）：请运行 lianxin index rebuild，或等下一次采集。")
    elif changed:
        console.print(
            "登记、映射、模型或规则变了，索引还是按原来的建的：请运行 lianxin index rebuild，或等下一次采集。"
        )
    elif left.entries:
        console.print(
            f"日志里还有 {left.entries} 条（{megabytes(left.bytes)}）没有进索引，"
            "下一次采集、导出、打开看板或 lianxin index follow 会补上。"
        )
    elif not lost:
        console.print("索引与日志一致。")


def _say_known_lag(console: Console, config: Config) -> None:
    """What the ledger remembers of an index that cannot be reached."""
    with Ledger(config.ledger_path) as ledger:
        left = lag(config.journal_folder, ledger.fed(config.index_place))
    console.print(
        f"索引现在答不上来。按台账的记录，日志里有 {left.entries} 条（{megabytes(left.bytes)}）还没有进索引，"
        "好了以后会补上。"
    )


def _move(console: Console, config: Config, registry: Registry, target: Config, incomplete: bool) -> None:
    with opened(config) as source, opened(target) as destination:
        check_apart(source, destination)
        feed_index(config, registry)
        with progress("搬索引", None, "篇") as watch:
            comparison = move(config, source, destination, watch, incomplete)
        reached = destination.acknowledged().taken
    _say_comparison(console, comparison)
    if comparison.overtaken:
        raise Trouble(
            "搬的时候有别的机器在写原来的索引，两边因此对不上，没有启用；搬过去的都留着。"
            "请先停下别的机器的采集和 follow，再运行一次，会接着搬。"
        )
    if not comparison.equal:
        raise Trouble("两边不一致，没有启用新的索引，原来的索引照常使用。请再运行一次；还不行就不带 --to 重建。")
    with Ledger(config.ledger_path) as ledger:
        ledger.note_fed_anew(target.index_place, reached)
    console.print("已搬好，两边一致。把 LIANXIN_INDEX 改成新的地址后生效；原来的索引没有动。")


def _say_comparison(console: Console, comparison: Comparison) -> None:
    for row in comparison.rows:
        console.print(
            f"{'✓' if row.equal else '✗'} {row.subject}：{row.here}" + ("" if row.equal else f" ≠ {row.there}")
        )
