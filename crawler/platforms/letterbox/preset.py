"""A preset: how one letterbox is asked and what stands where in its answers, written as TOML. Reads only.

docs/letterbox.md tells a data clerk how to write one; the models here are its grammar.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Literal

import jmespath
from cssselect import SelectorError
from jmespath.exceptions import JMESPathError
from parsel.csstranslator import HTMLTranslator
from pydantic import AfterValidator, AnyHttpUrl, Field, JsonValue, model_validator

from crawler.errors import WrongUse
from crawler.registry.policies import Entry, Words
from crawler.registry.toml_file import RegistryFile

FOLDER = Path(__file__).parent / "presets"
PLACE = re.compile(r"\{(\w+)\}")
"""A place in an address or a form where a value goes."""

_KEY = re.compile(r"\w+")
_OF_THE_LIST = frozenset({"page", "offset", "size"})

Form = Literal["json", "json5", "html"]
Column = Literal[
    "id",
    "link",
    "title",
    "text",
    "posted_at",
    "author",
    "author_region",
    "category",
    "domain",
    "status",
    "likes",
    "unit",
]
ReplyColumn = Literal["id", "text", "replied_at", "unit"]
RemarkColumn = Literal["id", "text", "posted_at", "author", "likes"]


def _is_pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"不是正则表达式（{error.msg}，第 {(error.pos or 0) + 1} 个字符）") from error
    return text


class Finder(Entry):
    """Where a value stands: a CSS selector or a JMESPath, by the form of the answer; written alone it is just that.

    Where a selector fits several, the one that `nth` says (from 1) counts, with `every` all of them as lines. `cut`
    keeps a part of what was found: its first group, or all it fits. `words` replaces codes by what they mean. `html`
    says that a JSON text holds markup. Without `path` it is all of the row's source.
    """

    path: str = ""
    nth: int = Field(default=1, ge=1)
    every: bool = False
    cut: Annotated[str, AfterValidator(_is_pattern)] | None = None
    words: Mapping[str, str] = {}
    html: bool = False

    @model_validator(mode="before")
    @classmethod
    def _alone(cls, value: object) -> object:
        return {"path": value} if isinstance(value, str) else value


class Success(Entry):
    """How JSON says that it is an answer: what stands at `path` is `value`; `message` is where it says why not."""

    path: Words
    value: str | int | bool
    message: str | None = None


class Asking(Entry):
    """One kind of request. With `form` or `json` it is a POST. `answer` is the form of what comes back."""

    answer: Form
    form: Mapping[str, str] | None = None
    body: dict[str, JsonValue] | None = Field(default=None, alias="json")
    success: Success | None = None

    @model_validator(mode="after")
    def _one_body(self) -> "Asking":
        if self.form is not None and self.body is not None:
            raise ValueError("form 和 json 只能写一个")
        if self.success and self.answer == "html":
            raise ValueError("success 只用于 answer 为 json 或 json5 的回答")
        return self

    def templates(self) -> Iterator[str]:
        """Every text in which places are filled."""
        yield from (self.form or {}).values()
        yield from (value for value in (self.body or {}).values() if isinstance(value, str))


class Listing(Asking):
    """The list: pages of `size` rows from `first` on.

    `total` is where the list says how many letters there are. `frame` is what every page of the list has, an empty one
    too: a page without is none. `repeats` says that after its end the board gives the
    last page again. After `most_pages` the crawl gives up and says so.
    """

    url: Words
    rows: Words
    fields: Mapping[Column, Finder]
    size: int = Field(default=20, ge=1, le=1000)
    first: int = Field(default=1, ge=0)
    total: Finder | None = None
    frame: Words | None = None
    repeats: bool = False
    most_pages: int = Field(default=20_000, ge=1)

    @model_validator(mode="after")
    def _ends_somewhere(self) -> "Listing":
        if self.frame and self.answer != "html":
            raise ValueError('frame 只用于 answer = "html" 的列表')
        if self.answer == "html" and not (self.total or self.frame):
            raise ValueError("网页列表没有 total 时要写 frame（空页也有的那一块），否则分不清到头了还是出错了")
        return self

    @property
    def keys(self) -> frozenset[str]:
        """The keys of a row in JSON at which the columns begin."""
        return frozenset(found[0] for finder in self.fields.values() if (found := _KEY.match(finder.path)))

    @property
    def paged(self) -> bool:
        """Whether there is a second page to ask for."""
        return any({"page", "offset"} & set(PLACE.findall(text)) for text in (self.url, *self.templates()))


class Detail(Asking):
    """A letter's own page; what it says goes before the list. `urls` are by the value of the column `by`."""

    url: Words | None = None
    by: Column | None = None
    urls: Mapping[str, Words] = {}
    fields: Mapping[Column, Finder] = {}

    @model_validator(mode="after")
    def _an_address(self) -> "Detail":
        if (self.url is None) == (self.by is None) or (self.by is None) != (not self.urls):
            raise ValueError("写 url；各类来信的地址不同时，不写 url，写 by（按哪一项分）和 urls（各类的地址）")
        return self


class Replies(Entry):
    """Official answers in a letter's page: one in each of `rows`, or at most one in the page."""

    rows: str | None = None
    fields: Mapping[ReplyColumn, Finder]

    @model_validator(mode="after")
    def _enough(self) -> "Replies":
        _need(self.fields, ("text", "replied_at"))
        return self


class Remarks(Entry):
    """What others said under a letter, or its writer after the answer: one in each of `rows`."""

    rows: Words
    fields: Mapping[RemarkColumn, Finder]

    @model_validator(mode="after")
    def _enough(self) -> "Remarks":
        _need(self.fields, ("text", "posted_at"))
        return self


class Preset(Entry):
    """One letterbox. `note` says where the facts come from and how sure they are; `parameters` are what a source may
    set, with what holds otherwise; `visit` is a page to open first, for its cookies; `link` is the public page of a
    letter, where that is not its detail."""

    name: Words
    note: Words
    site: AnyHttpUrl
    headers: Mapping[str, str] = {}
    parameters: Mapping[str, str] = {}
    visit: Words | None = None
    link: Words | None = None
    list: Listing
    detail: Detail | None = None
    reply: Replies | None = None
    comments: Remarks | None = None

    @model_validator(mode="after")
    def _makes_sense(self) -> "Preset":
        _need(self.list.fields, ("id",), "list.fields")
        both = {**self.list.fields, **(self.detail.fields if self.detail else {})}
        _need(both, ("text", "posted_at"), "list.fields 或 detail.fields")
        self._check_places()
        for where, form, path in self._paths():
            _check_path(where, form, path)
        return self

    def _check_places(self) -> None:
        of_a_row = set(self.list.fields) | set(self.parameters)
        for where, allowed, texts in (
            ("list", _OF_THE_LIST | set(self.parameters), (self.list.url, *self.list.templates())),
            ("detail", of_a_row, self._detail_texts()),
            ("link", of_a_row, (self.link or "",)),
            ("visit", set(self.parameters), (self.visit or "",)),
        ):
            for name in (name for text in texts for name in PLACE.findall(text)):
                if name not in allowed:
                    raise ValueError(f"{where} 里的 {{{name}}} 没有来处，可以写 {_shown(allowed)}")

    def _detail_texts(self) -> tuple[str, ...]:
        detail = self.detail
        return (detail.url or "", *detail.urls.values(), *detail.templates()) if detail else ()

    def _paths(self) -> Iterator[tuple[str, Form, str]]:
        """Every path with its place in the file and the form of the answer that it is for."""
        of_letter = self.detail.answer if self.detail else self.list.answer
        yield "list.rows", self.list.answer, self.list.rows
        if self.list.frame:
            yield "list.frame", self.list.answer, self.list.frame
        finders = [("list.fields", self.list.answer, self.list.fields)]
        if self.list.total:
            finders.append(("list", self.list.answer, {"total": self.list.total}))
        if self.detail:
            finders.append(("detail.fields", of_letter, self.detail.fields))
        for where, block in (("reply", self.reply), ("comments", self.comments)):
            if block:
                finders.append((f"{where}.fields", of_letter, block.fields))
                if block.rows:
                    yield f"{where}.rows", of_letter, block.rows
        for where, form, fields in finders:
            yield from ((f"{where}.{name}", form, finder.path) for name, finder in fields.items() if finder.path)
        for where, asking in (("list", self.list), ("detail", self.detail)):
            if asking and asking.success:
                yield f"{where}.success.path", asking.answer, asking.success.path


def _need(fields: Mapping[str, Finder], names: tuple[str, ...], where: str = "fields") -> None:
    for name in names:
        if name not in fields:
            raise ValueError(f"{where} 里缺少 {name}")


def _shown(names: frozenset[str] | set[str]) -> str:
    return "、".join(f"{{{name}}}" for name in sorted(names)) or "的没有"


def _check_path(where: str, form: Form, path: str) -> None:
    try:
        if form == "html":
            HTMLTranslator().css_to_xpath(path)
        else:
            jmespath.compile(path)
    except (SelectorError, JMESPathError) as error:
        kind = "CSS 选择器" if form == "html" else "JSON 路径（JMESPath）"
        raise ValueError(f"{where} 不是{kind}：{path}") from error


def preset_names() -> list[str]:
    """The presets that come with the program."""
    return sorted(path.stem for path in FOLDER.glob("*.toml"))


def read_preset(name: str) -> Preset:
    """The preset of this name, else the one in the file of this name. Raises WrongUse with file, line and key."""
    path = FOLDER / f"{name}.toml" if name in preset_names() else Path(name)
    if not path.is_file():
        raise WrongUse(f"没有“{name}”这个信箱预设，也没有这个文件。预设有：{'、'.join(preset_names())}")
    return RegistryFile(path, allowed=tuple(Preset.model_fields)).whole(Preset)
