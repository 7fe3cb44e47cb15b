"""The fixture `elasticsearch`: a real server for the tests of one file."""

import json
import os
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import pytest
from filelock import FileLock

from tests.servers.elasticsearch.errors import Unavailable
from tests.servers.elasticsearch.home import home
from tests.servers.elasticsearch.jdk import java_home
from tests.servers.elasticsearch.server import ElasticsearchServer

NAMED = os.environ.get("LIANXIN_TEST_ELASTICSEARCH", "").rstrip("/")
"""A server that runs already. The tests make and delete indices called lianxin-* on it."""

STRICT = {"thread_pool.search.size": "64"}
"""Memory is divided by this: such a server takes 1,024 clauses in a query, as few as Elasticsearch ever takes."""


@pytest.fixture(scope="module")
def elasticsearch(elasticsearch_server: str) -> Iterator[str]:
    """The URL of a server on which nothing is called lianxin-* when the file's first test begins.

    Nobody else uses it meanwhile: index names are fixed, so two files at once would see each other's documents.
    """
    with _alone():
        if _indices(elasticsearch_server):
            pytest.fail(
                f"{elasticsearch_server} holds indices lianxin-*, which the tests would delete: use an empty one"
            )
        yield elasticsearch_server
        _empty(elasticsearch_server)


@pytest.fixture(scope="session")
def elasticsearch_server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a server: one a test process, started by the first test that needs it, gone with the process."""
    if NAMED:
        yield NAMED
        return
    request.getfixturevalue("elasticsearch_home")
    with ElasticsearchServer(tmp_path_factory.mktemp("elasticsearch"), settings=STRICT) as server:
        yield server.url


@pytest.fixture(scope="session")
def elasticsearch_home() -> Path:
    """For tests that start and kill an ElasticsearchServer of their own: skips them where none can be started.

    In CI they fail instead.
    """
    try:
        java_home()
        return home()
    except Unavailable as problem:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(f"no Elasticsearch for the tests: {problem}")


def _alone() -> AbstractContextManager[object]:
    """A server of our own is nobody else's; a named one is shared by all test processes."""
    return FileLock(Path(tempfile.gettempdir()) / "lianxin-tests-elasticsearch.lock") if NAMED else nullcontext()


def _indices(url: str) -> list[str]:
    return list(_ask("GET", f"{url}/lianxin-*?expand_wildcards=all&features=settings"))


def _empty(url: str) -> None:
    """Delete what tests made; one by one, because a server may refuse to delete by pattern."""
    for name in _indices(url):
        _ask("DELETE", f"{url}/{name}")
    templates = _ask("GET", f"{url}/_index_template")["index_templates"]
    for template in (one["name"] for one in templates if one["name"].startswith("lianxin")):
        _ask("DELETE", f"{url}/_index_template/{template}")


def _ask(method: str, url: str) -> dict[str, object]:
    with urllib.request.urlopen(urllib.request.Request(url, method=method), timeout=60) as answer:
        return json.load(answer)
