"""The `lianxin` command: what it offers, and how it says that something went wrong."""

import errno
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module

import typer
from rich.console import Console

from crawler.errors import ServiceAway, Trouble

COMMANDS: Mapping[str, tuple[str, str, str]] = {
    "demo": ("lianxin.demo", "demo", "采集虚构的示例县，建好索引，打开看板。"),
    "init": ("lianxin.starting", "init", "在数据文件夹里写三个带说明的登记文件样例。"),
    "check": ("lianxin.starting", "check", "逐项检查登记文件、密钥、索引、浏览器和字体。"),
    "crawl": ("lianxin.crawling", "crawl_sources", "采集来源。"),
    "schedule": ("lianxin.schedule", "run_schedule", "按 sources.toml 里的 schedule 定时采集，直到 Ctrl+C。"),
    "record": ("lianxin.recording", "record_page", "给解析器的测试录一页：遮盖个人信息，写成样本和测试的开头。"),
    "import": ("lianxin.importing", "import_file", "把表格文件（CSV、XLSX、JSONL）里的意见导入。"),
    "sources": ("lianxin.listing", "sources", "列出关注的来源和最近一次采集的情况。"),
    "runs": ("lianxin.listing", "runs", "列出每次采集的结果。"),
    "index": ("lianxin.indexing", "app", "索引：状态、重建。"),
    "stance": ("lianxin.stance", "app", "立场：标注一项政策的评论，教会程序分辨支持与反对。"),
    "score": ("lianxin.scoring", "score_lines", '给 JSON 行打分：每行一个 {"id","text"}。'),
    "sentiment": ("lianxin.sentiment", "app", "情感模型：训练、评估。"),
    "serve": ("lianxin.serving", "serve_dashboards", "打开看板。"),
    "export": ("lianxin.exporting", "export", "导出一项政策的反馈。"),
}
"""Each command: its module, its function or group, its help."""


_DISK_IS_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})

INTERRUPTED = 130
"""Exit code after Ctrl+C, as shells have it."""


def command_line(arguments: Sequence[str]) -> typer.Typer:
    """The command line. A command loads only what it needs itself; all are loaded where none is named, for the help."""
    app = typer.Typer(
        name="lianxin",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        add_completion=False,
        rich_markup_mode=None,
    )
    app.callback(help="连心桥：采集群众对政策的公开意见，按制定前、执行中、实施后呈现。")(lambda: None)
    named = next((word for word in arguments if word in COMMANDS), None)
    for name, (module, attribute, explained) in COMMANDS.items():
        if named in {None, name}:
            offered = getattr(import_module(module), attribute)
            if isinstance(offered, typer.Typer):
                app.add_typer(offered, name=name, help=explained)
            else:
                app.command(name, help=explained)(offered)
    return app


def main() -> None:
    """Entry point. A Trouble is one sentence and an exit code."""
    try:
        _run()
    except KeyboardInterrupt:  # while a command's modules are still being read, or typer is leaving
        _say_stopped()
        sys.exit(INTERRUPTED)
    except SystemExit as end:  # typer leaves so after Ctrl+C, without a word
        if end.code == INTERRUPTED:
            _say_stopped()
        raise
    finally:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # all is said: one more Ctrl+C just ends it


def _run() -> None:
    try:
        command_line(sys.argv[1:])()
    except Trouble as trouble:
        Console(stderr=True, highlight=False, soft_wrap=True).print(f"错误：{trouble}", markup=False)
        sys.exit(trouble.exit_code)
    except OSError as error:
        if error.errno not in _DISK_IS_FULL:
            raise
        _let_go_of_output()
        Console(stderr=True, highlight=False, soft_wrap=True).print(
            f"错误：结果写不下（{error.strerror}）。请检查磁盘是否已满，再运行一次。", markup=False
        )
        sys.exit(ServiceAway.exit_code)


def _let_go_of_output() -> None:
    """Python would try to write the rest at its end, and tell in English that it cannot."""
    if sys.stdout is not None:  # `>&-`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _say_stopped() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever presses Ctrl+C once more is told all the same
    Console(stderr=True).print("已停止。采集、导入、建索引没有做完的，再运行一次同样的命令就接着做；别的重新开始。")


if __name__ == "__main__":
    main()
