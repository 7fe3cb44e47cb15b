"""The index: a view of the journal that can be asked. `open_index` is the only way in."""

from crawler.config import Config
from crawler.errors import WrongUse
from pipelines.index.contract import Answer, Body, Hit, Index, Progress, Refused, Stored, Version, Written
from pipelines.index.embedded.engine import EmbeddedIndex

__all__ = [
    "Answer",
    "Body",
    "Hit",
    "Index",
    "Progress",
    "Refused",
    "Stored",
    "Version",
    "Written",
    "open_index",
]


def open_index(config: Config) -> Index:
    """The configured index: `local` is the embedded engine in `config.index_folder`, anything else an Elasticsearch.

    Raises ServiceAway when it cannot be opened.
    """
    if config.index == "local":
        return EmbeddedIndex(config.index_folder)
    raise WrongUse("这个版本只带本机索引：请把 LIANXIN_INDEX 设为 local（Elasticsearch 引擎还没有随版本提供）。")
