"""Generation: all documents that were made with one version of the mapping, and how far in the journal they reach.

One folder: a tantivy folder an index, `about.json` with the mapping they were made for, `progress.json`.
"""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

import orjson

from crawler.errors import ServiceAway, Unreadable
from pipelines.files import made_aside, write_safely
from pipelines.index.contract import Progress
from pipelines.index.embedded.shelf import Shelf, make_shelf
from pipelines.index.mapping import INDICES, VERSION, Field

LAYOUT = 2
"""Raise it when fields come to lie otherwise in tantivy, or words are cut otherwise, under the same mapping."""

_ABOUT = "about.json"
_PROGRESS = "progress.json"


def described(indices: Mapping[str, Mapping[str, Field]]) -> dict[str, object]:
    """What decides whether a folder can be written: layout, version and the fields, without their explanations."""
    fields = {
        index: {name: [field.type, field.many, field.searchable] for name, field in fields.items()}
        for index, fields in indices.items()
    }
    return {"layout": LAYOUT, "mapping": VERSION, "fields": fields}


class Generation:
    """One generation on disk. Opens what it needs when it is asked."""

    def __init__(self, folder: Path, patience: float) -> None:
        """Open or make it. Raises ServiceAway, Unreadable."""
        self.folder = folder
        self._patience = patience
        self._open: dict[str, Shelf] = {}
        try:
            if not folder.exists():
                self._make()
            self._about = orjson.loads((folder / _ABOUT).read_bytes())
            self._fields = self._about["fields"]
        except (FileNotFoundError, ValueError, KeyError) as error:
            raise Unreadable(f"{folder / _ABOUT} 丢了或损坏了，请运行 lianxin index rebuild。") from error
        except OSError as error:
            raise ServiceAway(f"打不开本机索引的文件夹 {folder}：{error.strerror}。请检查路径和权限。") from error

    @property
    def current(self) -> bool:
        """Whether it was made for today's mapping."""
        return self._about == described(INDICES)

    @property
    def version(self) -> int:
        """The version of the mapping it was made for."""
        return self._about["mapping"]

    @property
    def _is_laid_out(self) -> bool:
        return self._about.get("layout") == LAYOUT

    def shelf(self, index: str) -> Shelf:
        """The tantivy folder of one index. Raises Unreadable where it was lost, or laid out by another program."""
        if not self._is_laid_out:
            raise Unreadable("索引在磁盘上的样子是别的版本的程序排的，下一次采集或 lianxin index rebuild 会重建。")
        if index not in self._open:
            known = self._fields.get(index, {}).items()
            fields = {name: Field(kind, "", many, searchable) for name, (kind, many, searchable) in known}
            self._open[index] = Shelf(self.folder / index, fields, self._patience)
        return self._open[index]

    def progress(self) -> Progress:
        """How far it reaches. Raises Unreadable."""
        path = self.folder / _PROGRESS
        for index in self._fields if self._is_laid_out else ():
            self.shelf(index)
        try:
            kept = orjson.loads(path.read_bytes())
            waiting = tuple((str(segment), int(start)) for segment, start in kept["waiting"])
            return Progress(dict(kept["taken"]), waiting, str(kept["recipe"]))
        except FileNotFoundError:
            return Progress()
        except (ValueError, KeyError, TypeError) as error:
            raise Unreadable(f"{path} 损坏了，请运行 lianxin index rebuild。") from error

    def remember(self, progress: Progress) -> None:
        """Keep how far it reaches. Raises ServiceAway where the disk refuses."""
        try:
            write_safely(self.folder / _PROGRESS, orjson.dumps(asdict(progress)))
        except OSError as error:
            raise ServiceAway(f"写不进本机索引的文件夹 {self.folder}：{error.strerror}。请检查磁盘和权限。") from error

    def close(self) -> None:
        """Let go of files."""
        self._open.clear()

    def _make(self) -> None:
        with made_aside(self.folder) as aside:
            write_safely(aside / _ABOUT, orjson.dumps(described(INDICES)))
            for index, fields in INDICES.items():
                make_shelf(aside / index, fields)
