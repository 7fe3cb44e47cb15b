"""An installation with something in its journal, and its index, which holds nothing of it yet."""

from collections.abc import Iterator

import pytest

from crawler.config import Config
from crawler.registry import Registry
from pipelines.index import Index, open_index
from tests.installation import Installation
from tests.pipelines.collected import ACCOUNTS, EVENTS, SOURCES, write


@pytest.fixture
def config(installation: Installation) -> Config:
    installation.write(SOURCES, accounts=ACCOUNTS)
    write(installation.config().journal_folder, *EVENTS)
    return installation.config()


@pytest.fixture
def registry(config: Config, installation: Installation) -> Registry:
    return installation.registry()


@pytest.fixture
def index(config: Config) -> Iterator[Index]:
    opened = open_index(config)
    yield opened
    opened.close()
