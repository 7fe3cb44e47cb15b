"""The `lianxin` command: what it offers, and how it says that something went wrong."""

import sys

import typer
from rich.console import Console

from crawler.errors import Trouble
from lianxin import crawling, demo, exporting, importing, indexing, listing, serving, starting

app = typer.Typer(
    name="lianxin",
    help="连心桥：采集群众对政策的公开意见，按制定前、执行中、实施后呈现。",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode=None,
)
app.command("demo", help="采集虚构的示例县，建好索引，打开看板。")(demo.demo)
app.command("init", help="在数据文件夹里写三个带说明的登记文件样例。")(starting.init)
app.command("check", help="逐项检查登记文件、密钥、索引、浏览器和字体。")(starting.check)
app.command("crawl", help="采集来源。")(crawling.crawl_sources)
app.command("import", help="把表格文件（CSV、XLSX、JSONL）里的意见导入。")(importing.import_file)
app.command("sources", help="列出关注的来源和最近一次采集的情况。")(listing.sources)
app.command("runs", help="列出每次采集的结果。")(listing.runs)
app.add_typer(indexing.app, name="index", help="索引：状态、重建。")
app.command("serve", help="打开看板。")(serving.serve_dashboards)
app.command("export", help="导出一项政策的反馈。")(exporting.export)


def main() -> None:
    """Entry point. A Trouble is one sentence and an exit code; Ctrl+C is not an error to explain."""
    try:
        app()
    except Trouble as trouble:
        Console(stderr=True, highlight=False, soft_wrap=True).print(f"错误：{trouble}", markup=False)
        sys.exit(trouble.exit_code)


if __name__ == "__main__":
    main()
