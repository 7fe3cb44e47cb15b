"""What a source says of its pages in `sources.toml`."""

from collections.abc import Mapping
from typing import Annotated, Literal

from cssselect import SelectorError
from parsel.csstranslator import HTMLTranslator
from pydantic import AfterValidator, AnyHttpUrl, Field, model_validator

from crawler.platforms.base import Options
from crawler.platforms.letterbox.preset import Finder, Replies
from crawler.registry.policies import Entry, Words

Column = Literal["id", "text", "posted_at", "author", "author_region", "likes"]


def _is_selector(text: str) -> str:
    try:
        HTMLTranslator().css_to_xpath(text)
    except SelectorError as error:
        raise ValueError(f"不是 CSS 选择器：{text}") from error
    return text


Css = Annotated[Words, AfterValidator(_is_selector)]


class Opening(Entry):
    """How a page is opened and read to its end.

    rows         what is looked for, each of it one; in the iframe `frame`, where one is named
    waits_for    what shows that the page is there, also where there are no rows yet; else `rows`
    more         what is pressed for more rows, such as 加载更多 or 下一页, until nothing new comes
    scroll       whether more comes by scrolling
    most_rounds  presses or scrolls after which the page is given up
    """

    rows: Css
    waits_for: Css | None = None
    frame: Css | None = None
    more: Css | None = None
    scroll: bool = False
    most_rounds: int = Field(default=500, ge=1, le=10_000)

    @model_validator(mode="after")
    def _one_way(self) -> "Opening":
        if self.more and self.scroll:
            raise ValueError("more（点按钮）和 scroll（往下滚）只能写一个")
        return self


class Listing(Opening):
    """A page with links to the pages to read; `rows` are the links."""

    page: Words


class Comments(Opening):
    """The comments of a page: what stands where in a row, and where in it official answers are."""

    fields: Mapping[Column, Finder]
    reply: Replies | None = None

    @model_validator(mode="after")
    def _enough(self) -> "Comments":
        for name in ("text", "posted_at"):
            if name not in self.fields:
                raise ValueError(f"fields 里缺少 {name}")
        for name, finder in self.fields.items():
            if finder.path:
                _is_selector(finder.path)
            elif name != "id" or not finder.cut:
                raise ValueError(f"fields.{name} 要写 CSS 选择器")
        return self


class Heading(Entry):
    """Where a page says what it publishes: its title, words and time."""

    title: Finder
    text: Finder
    posted_at: Finder


class PageOptions(Options):
    """Where the pages are, and what stands where on them.

    site    the address of the site; `hosts` are others from which its pages may get what they need
    pages   paths of the pages to read; `list` is a page that links to them
    post    what a page publishes, where it does
    skips   beginnings of paths that pages want and that are not asked for, such as counters of visits
    """

    site: AnyHttpUrl
    hosts: tuple[AnyHttpUrl, ...] = ()
    pages: tuple[str, ...] = ()
    list: Listing | None = None
    post: Heading | None = None
    comments: Comments
    skips: tuple[Words, ...] = ()

    @model_validator(mode="after")
    def _some_pages(self) -> "PageOptions":
        if not self.pages and self.list is None:
            raise ValueError('要写 pages = ["/…"]，或写 list（列表页和其中的链接）')
        return self
