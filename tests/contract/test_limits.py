"""The limits of the dialect are the server's: up to them both engines answer alike, beyond them it refuses too."""

import json
import urllib.error
import urllib.request

import pytest

from crawler.zones import zone_names
from pipelines.index import Body
from pipelines.index.elasticsearch.asking import question
from pipelines.index.mapping import COMMENT_FIELDS, COMMENTS
from tests.contract import documents
from tests.pipelines.index.limits import CLAUSES, LIMITS
from tests.servers.elasticsearch.fixtures import NAMED

FEW = 300


@pytest.fixture(scope="module")
def few(empty_engines):
    empty_engines.fill(COMMENTS, documents.comments()[:FEW])
    return empty_engines


def status(url: str, body: Body) -> int:
    """What the server says to a body that the dialect does not let through."""
    asked = json.dumps(question(body, COMMENT_FIELDS)).encode()
    request = urllib.request.Request(f"{url}/{COMMENTS}/_search", asked, {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status
    except urllib.error.HTTPError as refusal:
        return refusal.code


@pytest.mark.parametrize("title", LIMITS)
def test_up_to_a_limit_both_answer_alike(few, title):
    assert few.disagreements(COMMENTS, LIMITS[title][0]) == []


@pytest.mark.parametrize("title", LIMITS)
def test_beyond_a_limit_the_server_refuses_too(few, elasticsearch, title):
    if NAMED and title in CLAUSES:
        pytest.skip("a server with more memory takes more clauses")
    assert status(elasticsearch, LIMITS[title][0]) == 200
    assert status(elasticsearch, LIMITS[title][1]) == 400


def test_every_zone_has_the_same_months_on_both(few):
    names = sorted(zone_names())
    by = {"field": "posted_at", "calendar_interval": "month"}
    aggs = {f"z{place}": {"date_histogram": {**by, "time_zone": name}} for place, name in enumerate(names)}
    assert len(names) > 400
    assert few.disagreements(COMMENTS, {"size": 0, "aggs": aggs}) == []
