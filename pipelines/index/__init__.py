"""The index: a view of the journal that can be asked. `open_index` is the only way in."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from crawler.config import Config
from crawler.errors import WrongUse
from pipelines.index.contract import (
    Answer,
    Body,
    Hit,
    Index,
    Progress,
    Refused,
    Stored,
    Unfinished,
    Version,
    Written,
    mapping_version,
)
from pipelines.installation import installation_of

__all__ = [
    "Answer",
    "Body",
    "Hit",
    "Index",
    "Progress",
    "Refused",
    "Stored",
    "Unfinished",
    "Version",
    "Written",
    "mapping_version",
    "open_index",
]


def open_index(config: Config, held_up: Callable[[str], None] = lambda _: None) -> Index:
    """The configured index: `local` is the embedded engine in `config.index_folder`, anything else an Elasticsearch.

    `held_up` hears, in a sentence (Chinese), what a `put` waits for where the Elasticsearch takes nothing.

    Raises ServiceAway when it cannot be opened, WrongUse for an address or a file that cannot be used.
    """
    # An engine is loaded where it is used: a crawl needs neither.
    if config.index == "local":
        from pipelines.index.embedded.engine import EmbeddedIndex  # noqa: PLC0415

        return EmbeddedIndex(config.index_folder)
    from pipelines.index.elasticsearch.connection import Access  # noqa: PLC0415
    from pipelines.index.elasticsearch.engine import ElasticsearchIndex  # noqa: PLC0415

    key = _secret(config.index_key_file, "API 密钥")
    password = _secret(config.index_password_file, "索引密码")
    access = Access(config.index, key, config.index_ca_file, password)
    return ElasticsearchIndex(access, held_up=held_up, installation=partial(installation_of, config))


def _secret(path: Path | None, what: str) -> str | None:
    """What a file holds that has nothing but a password or key in it. Raises WrongUse where there is none."""
    if path is None:
        return None
    try:
        secret = path.read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        raise WrongUse(f"读不出放{what}的文件 {path}，请检查路径和权限。") from error
    if not secret:
        raise WrongUse(f"放{what}的文件 {path} 是空的。")
    return secret
