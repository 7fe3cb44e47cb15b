"""Bodies that Hypothesis makes up."""

from pipelines.index.mapping import COMMENTS
from tests.contract.generated import LEAST, for_each_body


def test_any_body_of_the_dialect_is_answered_alike(engines):
    asked = []

    def check(body):
        asked.append(body)
        assert engines.disagreements(COMMENTS, body) == []

    for_each_body(check)
    assert len(asked) >= LEAST
