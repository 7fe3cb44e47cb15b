"""`lianxin record`: a page of a source as a masked fixture, and the beginning of its test."""

import secrets
from datetime import datetime
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer
from rich.console import Console
from scrapy.http import Response, TextResponse

from crawler.config import load_config
from crawler.errors import Trouble, WrongUse, on_disk
from crawler.platforms.base import PlatformSpider
from crawler.platforms.walls import in_place_of_page
from crawler.reading.html import text_of
from crawler.recording import record
from lianxin.looking import assessed, say_mishaps
from pipelines.evidence.redaction import Redaction
from pipelines.masking.pseudonyms import KEY_BYTES, Pseudonyms

NOT_RECORDED = 1
"""Exit code where no page came."""

_SKELETON = '''"""{platform}: the parser on a page as it was recorded on {day:%Y-%m-%d}, masked."""

from pathlib import Path

import pytest

PAGE = Path(__file__).parent / "fixtures" / "{fixture}"


def test_{name}_is_read() -> None:
    body = PAGE.read_bytes()
    pytest.fail(f"read {{len(body)}} bytes with a parser of crawler.platforms.{platform}, and say what is in them")
'''


def record_page(
    source: Annotated[str, typer.Argument(help="sources.toml 里的来源 id", metavar="SOURCE")],
    out: Annotated[Path, typer.Option(help="样本写在哪里，不带后缀：…/平台/fixtures/名字", metavar="PATH")],
    url: Annotated[
        str | None,
        typer.Argument(
            help="这个来源的一页的网址，只用 GET 访问；不写就照采集那样访问，方法、请求头、签名都是平台自己的",
            metavar="[URL]",
        ),
    ] = None,
    nth: Annotated[int, typer.Option(min=1, help="不写网址时，录第几个回答", metavar="N")] = 1,
) -> None:
    """Ask for one page, take out what is personal, write fixture and test. Leaves with 1 where no page came."""
    config = load_config()
    entry = assessed(config, source)
    skeleton = out.parent.parent / f"test_{out.name}.py"
    _nothing_there(out, skeleton)
    if url is not None and nth > 1:
        raise WrongUse("写了网址就只访问那一页，不要再写 --nth。")
    answers, mishaps = record(config, entry, url, nth)
    console = Console(highlight=False, soft_wrap=True)
    say_mishaps(console, mishaps)
    if not answers:
        if not mishaps:
            console.print(f"✗ 采集到头了也没有第 {nth} 个回答，请把 --nth 写小。", markup=False)
        raise typer.Exit(NOT_RECORDED)
    body, ending = _redacted(*answers[0])
    fixture = out.with_name(f"{out.name}.{ending}")
    with on_disk(out.parent):
        out.parent.mkdir(parents=True, exist_ok=True)
        fixture.write_text(body, encoding="utf-8", errors="surrogatepass")
        day = datetime.now(config.zone)
        text = _SKELETON.format(platform=entry.platform, day=day, fixture=fixture.name, name=out.name)
        skeleton.write_text(text, encoding="utf-8")
    asked = answers[0][1].request
    how = f"{asked.method} {urlsplit(asked.url).path}"
    console.print(
        f"✓ 样本 {fixture}（{how} 的回答），测试 {skeleton}。入库前请通读一遍样本：遮盖靠规则，规则会漏。", markup=False
    )


def _nothing_there(out: Path, skeleton: Path) -> None:
    if not out.name.isidentifier():
        raise WrongUse(f"--out 的最后一段“{out.name}”会用作测试的名字，只能用字母、数字和下划线。")
    there = [path for path in (skeleton, *out.parent.glob(f"{out.name}.*")) if path.exists()]
    if there:
        raise WrongUse(f"{there[0]} 已经有了，没有改动。请用 --out 换一个名字。")


def _redacted(spider: PlatformSpider, response: Response) -> tuple[str, str]:
    """The page without anybody in it, and the ending of its file. The key of its pseudonyms is kept by nobody.

    Raises Trouble where nothing is left of it, with the wall that it is.
    """
    fields = spider.fields_kept()
    redaction = Redaction(spider.name, fields, spider.officials(), Pseudonyms(secrets.token_bytes(KEY_BYTES)))
    page = response.text if isinstance(response, TextResponse) else None
    names = set(redaction.names_in(list(response.cb_kwargs["facts"].values())))  # whom the list named, on the letter
    body = None if page is None else redaction.of(page, names)
    is_html = body is not None and body.lstrip().startswith("<")
    if not body or (is_html and not text_of(body)):
        wall = None if page is None else in_place_of_page(page)
        raise Trouble(
            f"{wall.sentence}没有录成样本。" if wall else "这一页不是平台的数据，也不是可以留下的网页，没有录成样本。"
        )
    return body, "html" if is_html else "json"
