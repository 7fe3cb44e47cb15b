"""`lianxin init` and `lianxin check`: from nothing to a configuration that is known to work."""

import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.resources import files
from typing import Annotated

import typer
from rich.console import Console

from crawler.browser import PAGES, chosen_browser
from crawler.config import Config, load_config
from crawler.crawling import checked_spider
from crawler.errors import ServiceAway, Trouble
from crawler.registry import FILE_NAMES, FILES, load_registry
from lianxin.indexing import opened
from lianxin.looking import look_at
from pipelines.enrich.feeling import model_at_hand
from pipelines.feeder import outdated
from pipelines.lag import lag
from pipelines.masking.pseudonyms import read_or_make_key
from sentiment.moods import feel, model_id


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. `exit_code` is 0 where it is in order or not needed."""

    subject: str
    says: str
    exit_code: int = 0


def init() -> None:
    """Write the commented example files; files that exist are left alone."""
    config = load_config()
    config.data.mkdir(parents=True, exist_ok=True)
    console = Console(highlight=False, soft_wrap=True)
    for name in FILE_NAMES:
        path = config.data / name
        if path.exists():
            console.print(f"{path} 已经有了，没有改动。")
            continue
        example = files("crawler.registry").joinpath("examples", name).read_text(encoding="utf-8")
        path.write_text(example, encoding="utf-8")
        console.print(f"已写好 {path}。")
    console.print("下一步：按文件里的说明填写，然后运行 lianxin check。")


def check(
    source: Annotated[
        str | None, typer.Option(help="只看这个来源：打开列表的第一页和第一封来信，列出每一项找到了什么")
    ] = None,
) -> None:
    """Say of each thing whether it is in order. Leaves with 2 for wrong configuration, 3 for something missing."""
    config = load_config()
    if source is not None:
        look_at(config, source)
        return
    console = Console(highlight=False, soft_wrap=True)
    findings = [
        _find("登记文件", lambda: _registry(config)),
        _find("联系方式", lambda: _contact(config)),
        _find("密钥", lambda: _key(config)),
        _find("情感模型", lambda: _mood(config)),
        _find("索引", lambda: _index(config)),
        _find("浏览器", lambda: _browser(config)),
        Finding("中文字体", _fonts()),
    ]
    for finding in findings:
        console.print(f"{'✗' if finding.exit_code else '✓'} {finding.subject}：{finding.says}", markup=False)
    worst = [finding.exit_code for finding in findings if finding.exit_code]
    if worst:
        raise typer.Exit(min(worst))


def _find(subject: str, look: Callable[[], str]) -> Finding:
    try:
        return Finding(subject, look())
    except Trouble as trouble:
        return Finding(subject, str(trouble), trouble.exit_code)


def _registry(config: Config) -> str:
    registry = load_registry(config.data)
    for entry in registry.sources.values():
        if entry.platform != FILES:
            checked_spider(entry, config)
    return f"政策 {len(registry.policies)} 项，账号 {len(registry.accounts)} 个，来源 {len(registry.sources)} 个。"


def _contact(config: Config) -> str:
    if not config.contact:
        return "没有设 LIANXIN_CONTACT，还不能采集（导入文件、看板不受影响）。"
    return f"{config.contact} 会写在每次访问里。"


def _key(config: Config) -> str:
    read_or_make_key(config.key_path)
    return f"{config.key_path} 只有本人可读。请备份：丢了它，同一个人的评论就对不上了。"


def _mood(config: Config) -> str:
    with model_at_hand():
        feel([""], config.sentiment)
        return f"{model_id(config.sentiment)}。"


def _index(config: Config) -> str:
    with opened(config) as index:
        left = lag(config.journal_folder, index.acknowledged().taken if index.made else {})
        changed = index.made and outdated(config, load_registry(config.data), index)
        if not index.made and not left.entries:
            return f"{config.index_place} 连得上，里面还没有索引，第一次采集后会建。"
    if changed:
        raise Trouble("登记、映射、模型或规则变了，索引还是按原来的建的；下一次采集或 lianxin index rebuild 会重建。")
    if left.entries:
        raise Trouble(f"日志里还有 {left.entries} 条没有进索引；下一次采集或 lianxin index follow 会补上。")
    return "可以读写，与日志一致。"


def _browser(config: Config) -> str:
    try:
        return str(chosen_browser(config) or "Playwright 自带的 Chromium")
    except ServiceAway as away:
        sources = load_registry(config.data).sources.values()
        if any(entry.enabled and entry.platform == PAGES for entry in sources):
            raise
        return f"{away}没有启用的来源用得到它，可以先不装。"


def _fonts() -> str:
    names = sorted(set(_chinese_fonts()))
    return (
        "、".join(names[:3]) if names else "没有找到。看板在别的电脑上看不受影响；本机截图、打印请装 fonts-noto-cjk。"
    )


def _chinese_fonts() -> Iterator[str]:
    command = shutil.which("fc-list")
    if command is not None:
        listed = subprocess.run([command, ":lang=zh-cn", "family"], capture_output=True, text=True, check=False)  # noqa: S603
        yield from (line.split(",")[0].strip() for line in listed.stdout.splitlines() if line.strip())
