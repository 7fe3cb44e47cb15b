"""How far an index is behind, asked of itself or of the ledger."""

from dataclasses import replace

import pytest

from crawler.config import Config
from crawler.errors import ServiceAway
from crawler.ledger import Ledger
from crawler.registry import Registry
from pipelines.feeder import feed
from pipelines.index import Index
from pipelines.index.embedded.engine import EmbeddedIndex
from pipelines.journal import JournalWriter
from pipelines.lag import Lag, lag
from tests.pipelines.collected import COMMENT, EVENTS, POST, RUN, write


def test_the_lag_is_counted_in_entries_and_known_to_the_ledger(
    config: Config, registry: Registry, index: Index
) -> None:
    folder = config.journal_folder
    size = sum(path.stat().st_size for path in folder.glob("*.jsonl"))
    assert lag(folder, {}) == Lag(len(EVENTS), size)
    feed(config, registry, index)
    with JournalWriter(folder) as journal:
        journal.append([RUN, POST])
    with Ledger(config.ledger_path) as ledger:
        assert lag(folder, ledger.fed(config.index)).entries == lag(folder, index.acknowledged().taken).entries == 2


def test_the_ledger_knows_the_index_that_serves_and_not_the_one_being_built(
    config: Config, registry: Registry, index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    feed(config, registry, index)
    write(config.journal_folder, replace(COMMENT, id="weibo:new"))
    index.acknowledge(replace(index.acknowledged(), recipe="edited"))
    with monkeypatch.context() as patch, pytest.raises(ServiceAway):
        patch.setattr(EmbeddedIndex, "swap", _away)
        feed(config, registry, index)
    with Ledger(config.ledger_path) as ledger:
        assert lag(config.journal_folder, ledger.fed(config.index_place)).entries == 1
        feed(config, registry, index)
        assert lag(config.journal_folder, ledger.fed(config.index_place)).entries == 0


def _away(_: Index) -> None:
    raise ServiceAway("连不上。")
