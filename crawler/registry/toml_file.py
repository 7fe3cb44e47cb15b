"""Reading one TOML file so that every complaint names the file, the line and the field."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from crawler.errors import WrongUse

Model = TypeVar("Model", bound=BaseModel)

LARGEST_FILE = 4 * 1024 * 1024
"""Bytes. A registry is written by people; more than this is a mistake, not a registry."""

_HEADER = re.compile(r"\s*\[\[?\s*([\w.\-]+)\s*\]?\]")
_KEY = re.compile(r"\s*([\w\-]+)\s*[.=]")
_SENTENCES: Mapping[str, str] = {
    "missing": "缺少这一项",
    "extra_forbidden": "没有这个键，请核对拼写，或删去这一行",
    "string_type": "应当是文字，写在引号里",
    "int_type": "应当是整数",
    "bool_type": "应当是 true 或 false",
    "list_type": "应当是列表，写成 [ … ]",
    "tuple_type": "应当是列表，写成 [ … ]",
    "dict_type": "应当是表，写成 {{ 键 = 值 }}",
    "model_type": "应当是表，写成 {{ 键 = 值 }}",
    "date_type": "应当是日期，写成 2026-01-31，不加引号",
    "date_from_datetime_inexact": "应当是日期，写成 2026-01-31，不带时刻",
    "date_from_datetime_parsing": "不是日期，写成 2026-01-31，不加引号",
    "string_too_short": "至少要 {min_length} 个字",
    "string_pattern_mismatch": "写法不对，应符合 {pattern}",
    "literal_error": "只能是 {expected}",
    "greater_than_equal": "不能小于 {ge}",
    "greater_than": "要大于 {gt}",
    "less_than_equal": "不能大于 {le}",
    "int_parsing": "应当是整数",
    "int_from_float": "应当是整数",
    "float_type": "应当是数字",
    "float_parsing": "应当是数字",
    "bool_parsing": "应当是 true 或 false",
    "url_parsing": "不是网址",
}


class RegistryFile:
    """One TOML file, read and kept with its line numbers.

    `tables(name, model)` gives the entries of `[[name]]`, `whole(model)` the file as one, each
    checked. Raises WrongUse with file, line and field.
    """

    def __init__(self, path: Path, allowed: Sequence[str]) -> None:
        self.path = path
        text = _read(path)
        self._lines = _line_numbers(text)
        self._data = _parse(path, text)
        for key in self._data:
            if key not in allowed:
                raise self.wrong((key,), f"没有这一项；本文件只写 {'、'.join(allowed)}")

    def text(self, key: str) -> str:
        """A top-level text, empty when absent."""
        value = self._data.get(key, "")
        if not isinstance(value, str):
            raise self.wrong((key,), "应当是文字，写在引号里")
        return value

    def tables(self, name: str, model: type[Model]) -> list[Model]:
        """The entries of `[[name]]` in order."""
        entries = self._data.get(name, [])
        if not isinstance(entries, list):
            raise self.wrong((name,), f"每一条要写在自己的 [[{name}]] 下面（两层方括号）")
        return [self._checked((name, number), entry, model) for number, entry in enumerate(entries)]

    def whole(self, model: type[Model]) -> Model:
        """The whole file as one entry."""
        return self._checked((), self._data, model)

    def _checked(self, place: tuple[str | int, ...], entry: object, model: type[Model]) -> Model:
        try:
            return model.model_validate(entry, strict=False)
        except ValidationError as error:
            raise self.wrong((*place, *error.errors()[0]["loc"]), sentence_of(error)) from error

    def wrong(self, location: Sequence[str | int], sentence: str) -> WrongUse:
        """The error for one place: the nearest line that is known, the field's name, what to write instead."""
        place = tuple(location)
        if len(place) == 1 and place not in self._lines:
            place = (*place, 0)
        known = next((place[:size] for size in range(len(place), 0, -1) if place[:size] in self._lines), ())
        line = f"第 {self._lines[known]} 行" if known else "文件"
        # pydantic puts "[key]" after a key that may not be there
        field = ".".join(str(part) for part in place if not isinstance(part, int) and part != "[key]") or self.path.name
        return WrongUse(f"{self.path} {line}，{field}：{sentence}。")


def sentence_of(error: ValidationError) -> str:
    """What is wrong with the first wrong field, in Chinese."""
    first = error.errors()[0]
    sentence = _SENTENCES.get(first["type"])
    if sentence is None:
        return first["msg"].removeprefix("Value error, ")
    return sentence.format_map(first.get("ctx", {}))


def _read(path: Path) -> str:
    try:
        size = path.stat().st_size
        if size > LARGEST_FILE:
            raise WrongUse(f"{path} 有 {size / 1024 / 1024:.0f} MB，登记文件不应超过 4 MB，请核对是不是放错了文件。")
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise WrongUse(f"没有找到 {path}。先运行 lianxin init 生成带说明的样例。") from error
    except OSError as error:
        raise WrongUse(f"{path} 读不了：{error.strerror}。") from error
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise WrongUse(f"{path} 第 {line} 行：不是 UTF-8 编码，请用 UTF-8 重新保存。") from error


def _parse(path: Path, text: str) -> dict[str, object]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        where = re.search(r"at line (\d+), column (\d+)", str(error))
        line = where[1] if where else str(text.count("\n") + 1)
        what = re.sub(r"\s*\(at .*\)$", "", str(error))
        raise WrongUse(f"{path} 第 {line} 行：TOML 写法有误（{what}）。") from error
    except RecursionError as error:
        raise WrongUse(f"{path} 第 1 行：括号套得太深，登记文件用不到这样的嵌套，请重写。") from error


def _line_numbers(text: str) -> dict[tuple[str | int, ...], int]:
    """Line numbers by place: `("policy", 0)` for the first [[policy]], `("policy", 0, "name")` for its key."""
    lines: dict[tuple[str | int, ...], int] = {}
    counts: dict[str, int] = {}
    here: tuple[str | int, ...] = ()
    inside_text: str | None = None
    for number, line in enumerate(text.split("\n"), 1):
        if inside_text:
            inside_text = None if inside_text in line else inside_text
            continue
        if header := _HEADER.match(line):
            here = _place(header[1], line.lstrip().startswith("[["), counts)
            lines.setdefault(here, number)
        elif key := _KEY.match(line):
            lines.setdefault((*here, key[1]), number)
        inside_text = next((mark for mark in ('"""', "'''") if line.count(mark) % 2), None)
    return lines


def _place(name: str, is_array: bool, counts: dict[str, int]) -> tuple[str | int, ...]:
    first, *rest = name.split(".")
    if is_array and not rest:
        counts[first] = counts.get(first, -1) + 1
    return (first, counts[first], *rest) if first in counts else (first, *rest)
