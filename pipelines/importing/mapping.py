"""Mapping: which column of a file means what, written as TOML; presets for exports that are often met. Reads only."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Literal, get_args

from pydantic import Field, field_validator, model_validator

from crawler.errors import WrongUse
from crawler.items import Kind
from crawler.registry.policies import Entry, Words
from crawler.registry.toml_file import RegistryFile
from crawler.zones import zone_named

PRESETS_FOLDER = Path(__file__).parent / "presets"

_EXAMPLE = """\
kind = "letter"                # letter 来信，comment 评论，submission 征集意见
[columns]                      # 左边不能改，右边写文件里的列名；只有 text 和 posted_at 必须有
id = "编号"
author = "姓名"                 # 入库前换成代号
title = "标题"
text = "内容"
posted_at = "时间"
# likes dislikes reply_count category domain status author_region url reply_text replied_at reply_unit 也可以写"""

ColumnField = Literal[
    "id",
    "author",
    "title",
    "text",
    "posted_at",
    "likes",
    "dislikes",
    "reply_count",
    "category",
    "domain",
    "status",
    "author_region",
    "url",
    "reply_text",
    "replied_at",
    "reply_unit",
]


class Satisfaction(Entry):
    """Columns whose mean is the writer's mark for the answer. `scale` is worst and best, `unrated` means no mark."""

    columns: tuple[Words, ...] = Field(min_length=1)
    scale: tuple[float, float]
    unrated: tuple[str, ...] = ()

    @field_validator("scale")
    @classmethod
    def _has_two_ends(cls, scale: tuple[float, float]) -> tuple[float, float]:
        if scale[0] == scale[1]:
            raise ValueError("scale 的两端要不同，先写最差的，后写最好的，例如 [1, 5]")
        return scale


class FileMapping(Entry):
    """What the columns of one kind of file mean.

    `null` are cells that say nothing; `drop_prefix` goes from the beginning of each text; `time_zone` and `as_of` (when
    the file was saved, for times such as 8分钟前) hold where the command does not say otherwise.
    """

    kind: Kind
    columns: Mapping[ColumnField, Words]
    sheet: str | None = None
    satisfaction: Satisfaction | None = None
    reply_unit: Words = "答复单位未注明"
    time_zone: str | None = None
    as_of: datetime | None = None
    null: tuple[str, ...] = ("", "-", "—", "无", "null", "NULL", "None", "#N/A")
    drop_prefix: str = ""

    @field_validator("columns", mode="before")
    @classmethod
    def _are_known(cls, columns: object) -> object:
        for name in columns if isinstance(columns, dict) else ():
            if name not in get_args(ColumnField):
                raise ValueError(f"没有“{name}”这一项，可以写 {'、'.join(get_args(ColumnField))}")
        return columns

    @field_validator("time_zone")
    @classmethod
    def _zone_exists(cls, name: str | None) -> str | None:
        return None if name is None else zone_named(name).key

    @model_validator(mode="after")
    def _says_enough(self) -> "FileMapping":
        for name in ("text", "posted_at"):
            if name not in self.columns:
                raise ValueError(f'columns 里缺少 {name}，写成 {name} = "文件里的列名"')
        if ("reply_text" in self.columns) != ("replied_at" in self.columns):
            raise ValueError("reply_text 和 replied_at 要么都写，要么都不写")
        return self

    def names(self) -> tuple[str, ...]:
        """The columns of the file that it reads."""
        rated = self.satisfaction.columns if self.satisfaction else ()
        return tuple(dict.fromkeys((*self.columns.values(), *rated)))

    def fits(self, columns: Sequence[str]) -> bool:
        """Whether a file with these columns has each that it reads, once."""
        return all(columns.count(name) == 1 for name in self.names())


@cache
def presets() -> Mapping[str, FileMapping]:
    """The mappings that come with the program, by name."""
    return MappingProxyType({path.stem: read_mapping(path) for path in sorted(PRESETS_FOLDER.glob("*.toml"))})


def read_mapping(path: Path) -> FileMapping:
    """A mapping file. Raises WrongUse with file, line and field."""
    return RegistryFile(path, allowed=tuple(FileMapping.model_fields)).whole(FileMapping)


def named(name: str) -> FileMapping:
    """The preset of this name, else the mapping in the file of this name. Raises WrongUse where there is neither."""
    if name in presets():
        return presets()[name]
    path = Path(name)
    if not path.is_file():
        raise WrongUse(f"没有名为 {name} 的对应文件，也没有这个预设。预设有：{'、'.join(presets())}。")
    return read_mapping(path)


def matching(path: Path, columns: Sequence[str]) -> str:
    """The name of the one preset that fits these columns. Raises WrongUse, with a mapping to copy, without just one."""
    fitting = [name for name, preset in presets().items() if preset.fits(columns)]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        raise WrongUse(f"{path} 的列合得上几个预设，请用 --map 选一个：{'、'.join(fitting)}。")
    raise WrongUse(
        f"没有预设合得上 {path}。它的列：{_listed(columns)}。预设：{'、'.join(presets())}。\n"
        f"请把下面几行存成 map.toml，把右边换成这个文件的列名，再加上 --map map.toml：\n\n{_EXAMPLE}"
    )


def check_fits(mapping: FileMapping, path: Path, columns: Sequence[str]) -> None:
    """Raise WrongUse, naming column and choices, where a mapping reads what the file has not, or has twice."""
    for name in mapping.names():
        if name not in columns:
            raise WrongUse(f"{path} 里没有“{name}”这一列。它的列：{_listed(columns)}。请改对应文件，或改表头。")
        if columns.count(name) > 1:
            raise WrongUse(f"{path} 有 {columns.count(name)} 列都叫“{name}”，分不清要哪一列，请改表头。")


def _listed(columns: Sequence[str]) -> str:
    shown = [name[:30] for name in columns[:40] if name]
    return "、".join(shown) + ("…" if len(columns) > len(shown) else "")
