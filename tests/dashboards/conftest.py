"""The town in a real index, a client that reads its pages, and the browser."""

from pathlib import Path

import pytest
from django.test import Client
from django.test.utils import override_settings

from dashboards.settings import configure
from pipelines.documents import CommentDocument, to_source
from pipelines.index import Index
from pipelines.index.embedded.engine import EmbeddedIndex
from pipelines.index.mapping import COMMENTS, RUNS
from tests.dashboards.town import runs, site_of, town

configure()


@pytest.fixture(scope="session")
def documents() -> list[CommentDocument]:
    return town()


@pytest.fixture(scope="session")
def index(tmp_path_factory: pytest.TempPathFactory, documents: list[CommentDocument]):
    opened = EmbeddedIndex(tmp_path_factory.mktemp("town"))
    opened.put(COMMENTS, [to_source(document) for document in documents])
    opened.put(RUNS, [to_source(run) for run in runs()])
    yield opened
    opened.close()


@pytest.fixture
def empty_index(tmp_path: Path):
    opened = EmbeddedIndex(tmp_path / "index")
    yield opened
    opened.close()


@pytest.fixture
def client(index: Index):
    with override_settings(SITE=site_of(index)):
        yield Client(SERVER_NAME="localhost")


@pytest.fixture
def empty_client(empty_index: Index):
    with override_settings(SITE=site_of(empty_index)):
        yield Client(SERVER_NAME="localhost", raise_request_exception=False)
