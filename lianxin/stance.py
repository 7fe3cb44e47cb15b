"""`lianxin stance`: teach the stance of a policy's comments, and see what was taught."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from shlex import quote
from typing import Annotated

import typer
from rich.console import Console

from crawler.config import Config, load_config
from crawler.errors import WrongUse, on_disk
from crawler.labelling import StanceLabel, TaughtStance
from crawler.registry import Policy, load_registry
from lianxin.indexing import feed_index, opened
from lianxin.stance_sheet import NAMES, STANCES, read_sheet, write_sheet
from pipelines.choosing import POOL, choose
from pipelines.documents import CommentDocument, from_source
from pipelines.index import Index
from pipelines.index.mapping import COMMENTS
from pipelines.journal import JournalWriter
from pipelines.labelled import Labels, labels_of
from pipelines.stances import checked, comments_of, teach_now
from sentiment.stance_model import LEAST, NEEDED, Checked

app = typer.Typer(no_args_is_help=True)

_SKIP, _BACK, _QUIT = ("", "skip", "跳过"), ("b", "back", "返回"), ("q", "quit", "退出")
AT_ONCE, ON_A_SHEET = 20, 60

Answers = dict[str, TaughtStance]
"""Stances by comment."""

PolicyId = Annotated[str, typer.Argument(help="政策的 id", metavar="POLICY")]


@app.command("teach", help="挑出最值得标注的评论，问你是支持、反对还是看不出；或用 --labels 读入标好的表。")
def teach_stance(
    policy: PolicyId,
    labels: Annotated[
        Path | None, typer.Option(help="标好的表（CSV 或 XLSX），列：编号、立场；立场空着的不算", metavar="FILE")
    ] = None,
    count: Annotated[int, typer.Option(min=1, max=500, help="这次标多少条")] = AT_ONCE,
) -> None:
    """Take labels from the terminal or a file, keep them in the journal, and teach the policy's model."""
    config, console = load_config(), Console(soft_wrap=True, highlight=False)
    registry = load_registry(config.data)
    known = registry.policy(policy)
    feed_index(config, registry)
    before = labels_of(config).get(policy, {})
    with opened(config) as index:
        asked = iter([_read(labels, index, known)]) if labels else _ask(console, index, known, before, count)
        given = _kept(config, policy, before, asked)
    if not given:
        console.print("没有新的标注，什么也没有改。")
        return
    changed = sum(name in before for name in given)
    console.print(f"已记下 {len(given)} 条标注（{_counted(given.values())}）。")
    if changed:
        console.print(f"其中 {changed} 条改了原来的标注。")
    feed_index(config, registry)
    with opened(config) as index:
        _say(console, known, labels_of(config).get(policy, {}), index)


@app.command("sheet", help="写一张表，在 Excel 或 WPS 里填立场：已有的标注，和最值得标注的评论。")
def write_stances(
    policy: PolicyId,
    out: Annotated[Path, typer.Option(help="写到哪个 CSV 文件", metavar="FILE.csv")],
    count: Annotated[int, typer.Option(min=0, max=POOL, help="还没标的写多少条；0 只写已有的标注")] = ON_A_SHEET,
) -> None:
    """Write the policy's labels, which another machine can read, and comments to be labelled."""
    config, console = load_config(), Console(soft_wrap=True, highlight=False)
    registry = load_registry(config.data)
    known = registry.policy(policy)
    feed_index(config, registry)
    labels = labels_of(config).get(policy, {})
    with opened(config) as index:
        done = _labelled(index, labels)
        chosen = _chosen(index, known, labels, count) if count else []
    write_sheet(out, [*((comment, labels[comment.id].stance) for comment in done), *((each, None) for each in chosen)])
    console.print(
        f"已写到 {out}：已标 {len(done)} 条，待标 {len(chosen)} 条。在“立场”一列填支持、反对或看不出，"
        f"存好后运行 lianxin stance teach {policy} --labels {quote(str(out))}。",
        markup=False,
    )


@app.command("status", help="每项政策标了多少，准确率多少，程序判断的立场是否已经采用。")
def status() -> None:
    """What was taught, policy by policy."""
    config, console = load_config(), Console(soft_wrap=True, highlight=False)
    registry = load_registry(config.data)
    taught = labels_of(config)
    with opened(config) as index:
        for policy in registry.policies.values():
            _say(console, policy, taught.get(policy.id, {}), index)


def _kept(config: Config, policy: str, before: Labels, answers: Iterator[Answers]) -> Answers:
    """Write answers that are news to the journal as they come, so that a closed window loses none; all of these."""
    news = ({name: stance for name, stance in some.items() if _is_news(before, name, stance)} for some in answers)
    given: Answers = {}
    first = next(filter(None, news), None)
    if first is None:
        return given
    with on_disk(config.journal_folder), JournalWriter(config.journal_folder) as journal:
        for some in chain([first], news):
            now = datetime.now(UTC)
            journal.append([StanceLabel(name, policy, stance, now) for name, stance in some.items()])
            given |= some
    return given


def _is_news(before: Labels, name: str, stance: TaughtStance) -> bool:
    return name not in before or before[name].stance != stance


def _chosen(index: Index, policy: Policy, labels: Labels, count: int) -> list[CommentDocument]:
    comments, done = comments_of(index, policy.id), _labelled(index, labels)
    return choose(comments, done, teach_now(labels, index), policy.names, count)


def _labelled(index: Index, labels: Labels) -> list[CommentDocument]:
    """The labelled comments that the index holds."""
    sources = index.get(COMMENTS, sorted(labels))
    return [from_source(CommentDocument, sources[name]) for name in sorted(sources)]


def _ask(console: Console, index: Index, policy: Policy, before: Labels, count: int) -> Iterator[Answers]:
    """Show comments one by one; of two answers to the same one the second counts."""
    chosen = _chosen(index, policy, before, count)
    if not chosen:
        raise WrongUse(f"“{policy.name}”的评论都标过了，或者还没有评论；可以先采集，或在 policies.toml 里补别名。")
    console.print(f"对“{policy.name}”的态度：s 支持，o 反对，u 看不出，回车跳过，b 回上一条，q 结束。", markup=False)
    console.print("答一条记一条，随时可以停。", markup=False)
    place = 0
    while place < len(chosen):
        answer = _answer(console, place + 1, len(chosen), chosen[place])
        if answer in _QUIT:
            return
        if answer in _BACK:
            place = max(place - 1, 0)
            continue
        if answer in STANCES:
            yield {chosen[place].id: STANCES[answer]}
        place += 1


def _answer(console: Console, number: int, of: int, comment: CommentDocument) -> str:
    console.print(f"\n[{number}/{of}] {comment.words}", markup=False)
    while True:
        try:
            answer = console.input("s/o/u/回车/b/q > ", markup=False).strip().lower()
        except (EOFError, KeyboardInterrupt):
            console.print()
            return _QUIT[0]
        if answer in STANCES or answer in (*_SKIP, *_BACK, *_QUIT):
            return answer
        console.print("没看懂。请写 s、o 或 u，回车跳过，b 回上一条，q 结束。")


def _read(path: Path, index: Index, policy: Policy) -> Answers:
    """Labels from a sheet, all of them for comments of the policy. Raises WrongUse; nothing is taken in then."""
    given = read_sheet(path)
    known = index.get(COMMENTS, list(given))
    strange = [name for name in given if policy.id not in known.get(name, {}).get("policies", [])]
    if strange:
        raise WrongUse(
            f"{path} 里有 {len(strange)} 个编号不是“{policy.name}”的评论（如 {strange[0]}），整张表都没有读入。"
            "请核对编号和政策；别处采集、这里没有的，先在这里采集，或从表里删去这些行。"
        )
    return given


def _say(console: Console, policy: Policy, labels: Labels, index: Index) -> None:
    """One line on what a policy was taught, and one on what is missing."""
    counted = _counted([label.stance for label in labels.values()])
    many = f"标注 {len(labels)} 条（{counted}）" if labels else f"还没有标注，用 lianxin stance teach {policy.id} 开始"
    console.print(f"{policy.id}（{policy.name}）：{many}。", markup=False)
    console.print(f"  {_judged(checked(labels, index))}", markup=False)


def _judged(found: Checked | None) -> str:
    if found is None:
        return (
            f"支持和反对各标到 {LEAST} 条以上（一样的话只算一条），才能检验程序学得怎样；"
            "现在只算评论里明说的支持和反对。"
        )
    told = (
        f"把标过的轮流留出一部分来考程序：{found.sided} 条支持或反对的，它分对 {found.accuracy:.0%}"
        f"（95 % 区间 {found.low:.0%}–{found.high:.0%}；一律猜多的一边，也对 {found.majority:.0%}）；"
        f"它说支持或反对的，{found.precision:.0%} 说对了。"
    )
    if found.good:
        return f"{told}够准了，程序判断的立场已经采用。"
    return f"{told}两个都要超过 {NEEDED:.0%}，区间的低端也要胜过一律猜，才采用程序判断的；请再标一些，现在只算明说的。"


def _counted(stances: Iterable[TaughtStance]) -> str:
    counts = Counter(stances)
    return "，".join(f"{name} {counts[stance]}" for stance, name in NAMES.items())
