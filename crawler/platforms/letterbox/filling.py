"""Addresses and bodies of requests, made from a preset's templates. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urljoin

from pydantic import JsonValue

from crawler.platforms.answers import Unreadable
from crawler.platforms.letterbox.answer import Row, Value
from crawler.platforms.letterbox.preset import PLACE, Asking, Preset
from crawler.reading.quoting import quoted


@dataclass(frozen=True, slots=True)
class Addresses:
    """How one board is asked: its preset, its site, and what the source says of the preset's parameters."""

    preset: Preset
    site: str
    parameters: Mapping[str, str]

    def of_page(self, page: int, offset: int) -> Row:
        """What fills the places of one page of the list."""
        return {"page": page, "offset": offset, "size": self.preset.list.size}

    def of_letter(self, row: Row) -> str:
        """Where people read a letter: the preset's `link`, else its detail, else the list."""
        template = self.preset.link or self.detail(row) or self.preset.list.url
        return self.address(template, {**self.of_page(self.preset.list.first, 0), **row})

    def detail(self, row: Row) -> str | None:
        """The template of the address of a letter's page; None without such pages.

        Raises Unreadable for a kind of letter whose address the preset does not know.
        """
        detail = self.preset.detail
        if detail is None or detail.by is None:
            return detail.url if detail else None
        kind = str(row.get(detail.by, ""))
        if kind not in detail.urls:
            raise Unreadable(f"来信 {row['id']} 属于“{quoted(kind)}”，预设的 detail.urls 里没有这一类的地址。")
        return detail.urls[kind]

    def address(self, template: str, values: Row) -> str:
        """A template filled, on the board's site. A link is an address already; all else is a value in one."""
        escaped = {name: value if name == "link" else quote(str(value), safe="") for name, value in values.items()}
        return urljoin(self.site, self._filled(template, escaped))

    def form(self, asking: Asking, values: Row) -> dict[str, str] | None:
        """The form of a request; None where it has none."""
        if asking.form is None:
            return None
        return {name: self._filled(text, values) for name, text in asking.form.items()}

    def data(self, asking: Asking, values: Row) -> dict[str, JsonValue] | None:
        """The JSON of a request, in which a place that stands alone keeps its number; None where it has none."""
        if asking.body is None:
            return None
        return {name: self._typed(value, values) for name, value in asking.body.items()}

    def _typed(self, value: JsonValue, values: Row) -> JsonValue:
        if not isinstance(value, str):
            return value
        alone = PLACE.fullmatch(value)
        return values[alone[1]] if alone and alone[1] in values else self._filled(value, values)

    def _filled(self, template: str, values: Row) -> str:
        known: dict[str, Value] = {**self.parameters, **values}
        missing = next((name for name in PLACE.findall(template) if name not in known), None)
        if missing:
            raise Unreadable(f"来信 {values.get('id', '')} 没有找到 {missing}，拼不出地址，平台可能改版了。")
        return PLACE.sub(lambda place: str(known[place[1]]), template)
