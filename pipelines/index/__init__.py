"""The index: a view of the journal that can be asked. `open_index` is the only way in."""

from pathlib import Path

from crawler.errors import WrongUse
from pipelines.index.contract import Answer, Body, Index, Progress
from pipelines.index.embedded.engine import EmbeddedIndex

__all__ = ["Answer", "Body", "Index", "Progress", "open_index"]


def open_index(url: str, folder: Path) -> Index:
    """The index at `url`: `local` is the embedded engine in `folder`.

    Raises ServiceAway when it cannot be opened, WrongUse when this version has no engine for `url`.
    """
    if url == "local":
        return EmbeddedIndex(folder)
    raise WrongUse("这个版本只带本机索引：请把 LIANXIN_INDEX 设为 local（Elasticsearch 引擎还没有随版本提供）。")
