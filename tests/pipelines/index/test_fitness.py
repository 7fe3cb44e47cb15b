import math

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.index.fitness import Fit, fitting, judge, unfit
from pipelines.index.mapping import COMMENTS, INDICES, LARGEST_DOCUMENT

FIELDS = INDICES[COMMENTS]
VALUES = st.one_of(
    st.text(max_size=5),
    st.sampled_from(["", "x" * 513, "政" * 10_923, "\ud83d", "2026-11-24T01:02:03.000Z", "2026-02-30T01:02:03.000Z"]),
    st.integers(-(2**33), 2**33),
    st.floats(),
    st.booleans(),
    st.none(),
    st.lists(st.one_of(st.text(max_size=3), st.integers(), st.just({}), st.just("\ud83d")), max_size=2),
    st.just({}),
)
SOURCES = st.dictionaries(st.sampled_from([*FIELDS, "nickname"]), VALUES, max_size=4)


PLAIN = {"id": "a", "text": "同意", "posted_at": "2026-11-24T01:02:03.000Z", "likes": 3, "policies": ["lift"]}


@settings(deadline=None)
@given(SOURCES, st.sampled_from([{}, {"id": "a"}, {"id": "x" * 512}, {"id": "政" * 171}]), st.booleans())
def test_the_common_cases_are_let_through_only_where_all_of_it_fits(source, identity, beside):
    """Alone, and beside a document that fits."""
    source = source | identity
    due = unfit(source, FIELDS) is None and _is_json(source)
    judged = list(judge([PLAIN, source] if beside else [source], FIELDS))
    assert [isinstance(each, Fit) for each in judged] == [*[True] * beside, due]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("posted_at", "2026-11-24 01:02:03.000Z"),
        ("posted_at", "2026-02-30T01:02:03.000Z"),
        ("posted_at", "2026-11-24T01:02:03+0800"),
        ("likes", True),
        ("likes", 2**40),
        ("policies", "lift"),
        ("policies", ["lift", 3]),
        ("sentiment", math.nan),
        ("nickname", "楼上的猫"),
    ],
)
def test_of_a_thousand_documents_the_one_that_does_not_fit_is_found(name, value):
    sources = [PLAIN | {"id": str(number)} for number in range(1000)]
    sources[500] |= {name: value}
    fits, refused = fitting(sources, FIELDS)
    assert (len(fits), [each.id for each in refused]) == (999, ["500"])
    assert name in refused[0].reason


def test_what_is_larger_than_a_request_may_be_is_refused():
    room = LARGEST_DOCUMENT - len(orjson.dumps({"id": "a", "text": ""}))
    fits, refused = fitting([{"id": "a", "text": "x" * room}, {"id": "b", "text": "x" * (room + 1)}], FIELDS)
    assert list(fits) == ["a"]
    assert [(each.id, each.reason) for each in refused] == [("b", "整篇超过 1000000 字节。")]


def _is_json(source):
    try:
        orjson.dumps(source)
    except orjson.JSONEncodeError:
        return False
    return True
