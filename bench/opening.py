"""Open an index of either engine."""

from crawler.config import Config
from pipelines.index import Index
from pipelines.index.elasticsearch.connection import Access
from pipelines.index.elasticsearch.engine import ElasticsearchIndex
from pipelines.index.embedded.engine import EmbeddedIndex


def opened(config: Config) -> Index:
    """The index that a configuration names, on a server without passwords."""
    if config.index == "local":
        return EmbeddedIndex(config.index_folder)
    return ElasticsearchIndex(Access(config.index))
