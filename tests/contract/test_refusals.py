"""What the dialect lacks is refused by both, and Elasticsearch is never asked."""

import pytest

from crawler.errors import ServiceAway
from pipelines.index.dialect import OutsideDialect
from pipelines.index.mapping import COMMENTS
from tests.contract.engines import opened
from tests.pipelines.index.test_dialect import OUTSIDE

NOBODY = "http://127.0.0.1:9"  # the port that discards


@pytest.fixture(scope="module")
def engines_away(tmp_path_factory):
    with opened(tmp_path_factory.mktemp("refusals") / "index", NOBODY) as engines:
        yield engines


def test_a_body_of_the_dialect_would_be_sent(engines_away):
    with pytest.raises(ServiceAway):
        engines_away.elasticsearch.search(COMMENTS, {"size": 0})


@pytest.mark.parametrize("name", OUTSIDE)
def test_outside_the_dialect_both_refuse_before_anything_is_sent(engines_away, name):
    sentences = set()
    for engine in (engines_away.embedded, engines_away.elasticsearch):
        with pytest.raises(OutsideDialect) as refused:
            engine.search(COMMENTS, OUTSIDE[name])
        sentences.add(str(refused.value))
    assert len(sentences) == 1
