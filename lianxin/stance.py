"""`lianxin stance`: teach the stance of a policy's comments, and see what was taught."""

import csv
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from crawler.config import Config, load_config
from crawler.errors import WrongUse
from crawler.labelling import StanceLabel, TaughtStance
from crawler.registry import Policy, load_registry
from lianxin.indexing import feed_index, opened
from pipelines.choosing import choose
from pipelines.documents import CommentDocument
from pipelines.index import Index
from pipelines.index.mapping import COMMENTS
from pipelines.journal import JournalWriter
from pipelines.labelled import Labels, labels_of
from pipelines.stances import checked, comments_of, teach_now
from sentiment.stance_model import FOLDS, NEEDED, Checked

app = typer.Typer(no_args_is_help=True)

_STANCES: dict[str, TaughtStance] = {
    "s": "support", "support": "support", "支持": "support",
    "o": "oppose", "oppose": "oppose", "反对": "oppose",
    "u": "unclear", "unclear": "unclear", "看不出": "unclear",
}  # fmt: skip
_NAMES = {"support": "支持", "oppose": "反对", "unclear": "看不出"}
_SKIP, _QUIT = ("", "skip", "跳过"), ("q", "quit", "退出")
AT_ONCE = 20


@app.command("teach", help="挑出最值得标注的评论，问你是支持、反对还是看不出；或用 --labels 读入标好的 CSV。")
def teach_stance(
    policy: Annotated[str, typer.Argument(help="政策的 id")],
    labels: Annotated[Path | None, typer.Option(help="CSV，两列：id,stance", metavar="FILE.csv")] = None,
    count: Annotated[int, typer.Option(min=1, max=500, help="这次标多少条")] = AT_ONCE,
) -> None:
    """Take labels from the terminal or a file, keep them in the journal, and teach the policy's model."""
    config, console = load_config(), Console(soft_wrap=True, highlight=False)
    registry = load_registry(config.data)
    known = registry.policy(policy)
    feed_index(config, registry)
    with opened(config) as index:
        given = _read(labels, index, known) if labels is not None else _ask(console, config, index, known, count)
    if not given:
        console.print("没有新的标注，什么也没有改。")
        return
    now = datetime.now(UTC)
    with JournalWriter(config.journal_folder) as journal:
        journal.append([StanceLabel(name, policy, stance, now) for name, stance in given.items()])
    console.print(f"已记下 {len(given)} 条标注（{_counted(list(given.values()))}）。")
    feed_index(config, registry)
    with opened(config) as index:
        _say(console, known, labels_of(config).get(policy, {}), index)


@app.command("status", help="每项政策标了多少，准确率多少，立场是否已经显示。")
def status() -> None:
    """What was taught, policy by policy."""
    config, console = load_config(), Console(soft_wrap=True, highlight=False)
    registry = load_registry(config.data)
    taught = labels_of(config)
    with opened(config) as index:
        for policy in registry.policies.values():
            _say(console, policy, taught.get(policy.id, {}), index)


def _ask(console: Console, config: Config, index: Index, policy: Policy, count: int) -> dict[str, TaughtStance]:
    """Show the comments most worth a label one by one. Leaving early keeps what was answered."""
    labels, comments = labels_of(config).get(policy.id, {}), list(comments_of(index, policy.id))
    model = teach_now(labels, index)
    chosen = choose(comments, labels, model, policy.names, count)
    if not chosen:
        raise WrongUse(f"“{policy.name}”没有还没标过的评论；先采集，或在 policies.toml 里补别名。")
    console.print(f"对“{policy.name}”的态度：s 支持，o 反对，u 看不出，回车跳过，q 结束。", markup=False)
    given: dict[str, TaughtStance] = {}
    for number, comment in enumerate(chosen, start=1):
        answer = _answer(console, number, len(chosen), comment)
        if answer in _QUIT:
            break
        if answer in _STANCES:
            given[comment.id] = _STANCES[answer]
    return given


def _answer(console: Console, number: int, of: int, comment: CommentDocument) -> str:
    console.print(f"\n[{number}/{of}] {comment.words}", markup=False)
    while True:
        try:
            answer = console.input("s/o/u/回车/q > ", markup=False).strip().lower()
        except (EOFError, KeyboardInterrupt):
            return _QUIT[0]
        if answer in _STANCES or answer in _SKIP or answer in _QUIT:
            return answer
        console.print("请写 s、o、u，回车跳过，q 结束。")


def _read(path: Path, index: Index, policy: Policy) -> dict[str, TaughtStance]:
    """Labels from a CSV. Raises WrongUse with the line that is wrong; nothing is taken in then."""
    given: dict[str, TaughtStance] = {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file)
            if not {"id", "stance"} <= set(rows.fieldnames or ()):
                raise WrongUse(f"{path} 的第一行要有 id 和 stance 两列。")
            for row in rows:
                stance = _STANCES.get((row["stance"] or "").strip().lower())
                if not row["id"] or stance is None:
                    raise WrongUse(f"{path} 第 {rows.line_num} 行读不懂：stance 要写 support、oppose 或 unclear。")
                given[row["id"].strip()] = stance
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise WrongUse(f"读不了 {path}，请检查路径，并存成 UTF-8 的 CSV。") from error
    known = index.get(COMMENTS, list(given))
    strange = [name for name in given if policy.id not in known.get(name, {}).get("policies", [])]  # type: ignore[operator]
    if strange:
        raise WrongUse(f"{path} 里有 {len(strange)} 个 id 不是“{policy.name}”的评论（如 {strange[0]}），没有读入。")
    return given


def _say(console: Console, policy: Policy, labels: Labels, index: Index) -> None:
    """One line on what a policy was taught, and one on what is missing."""
    counted = _counted([label.stance for label in labels.values()])
    console.print(
        f"{policy.id}（{policy.name}）：标注 {len(labels)} 条{f'（{counted}）' if labels else ''}。", markup=False
    )
    console.print(f"  {_judged(checked(labels, index))}", markup=False)


def _judged(found: Checked | None) -> str:
    if found is None:
        return f"支持和反对各标到 {FOLDS} 条以上才能检验；现在只显示明说的支持和反对。"
    told = (
        f"交叉检验：{found.sided} 条有立场的里说对 {found.accuracy:.0%}（95 % 区间 {found.low:.0%}–{found.high:.0%}），"
        f"全猜多的一边是 {found.majority:.0%}；说出立场的里对 {found.precision:.0%}。"
    )
    if found.good:
        return f"{told}立场已显示。"
    return f"{told}要高过 {NEEDED:.0%} 并高过猜多的一边才显示，请再标一些；现在只显示明说的。"


def _counted(stances: Sequence[str]) -> str:
    counts = Counter(stances)
    return "，".join(f"{name} {counts[stance]}" for stance, name in _NAMES.items())
