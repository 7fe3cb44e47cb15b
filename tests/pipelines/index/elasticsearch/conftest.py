import json
import urllib.request

import pytest

from pipelines.index.elasticsearch.connection import Access
from pipelines.index.elasticsearch.engine import ElasticsearchIndex


def call(url, method="GET", body=None):
    """One request to a server, past the engine."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"}, method=method)
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)


@pytest.fixture
def server(elasticsearch):
    """The URL of a server that holds nothing of ours."""
    for name in call(f"{elasticsearch}/lianxin-*?expand_wildcards=all"):
        call(f"{elasticsearch}/{name}", "DELETE")
    return elasticsearch


@pytest.fixture
def index(server):
    opened = ElasticsearchIndex(Access(server), patience=5)
    yield opened
    opened.close()


@pytest.fixture
def other(server):
    """The same index, opened by somebody else."""
    opened = ElasticsearchIndex(Access(server), patience=5)
    yield opened
    opened.close()
