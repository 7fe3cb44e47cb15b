import math

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.index import Refused
from pipelines.index.fitness import fitting, judge, unfit
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
PLAIN = {"id": "a", "text": "同意", "posted_at": "2026-11-24T01:02:03.000Z", "likes": 3, "policies": ["lift"]}
UNFIT = {"id": "b", "erased": 1, "likes": "many"}


def sources(fields):
    identities = st.sampled_from([{}, {"id": "a"}, {"id": "x" * 512}, {"id": "政" * 171}])
    others = st.dictionaries(st.sampled_from([*fields, "nickname"]), VALUES, max_size=4)
    return st.builds(lambda identity, other: other | identity, identities, others)


@pytest.mark.parametrize("index", INDICES)
@settings(deadline=None)
@given(st.data(), st.sampled_from([[], [PLAIN], [PLAIN, UNFIT], [{}]]))
def test_what_is_looked_at_together_is_judged_as_each_is_alone(index, data, beside):
    fields = INDICES[index]
    together = [*beside, data.draw(sources(fields))]
    assert list(judge(together, fields)) == [alone(source, fields) for source in together]


def alone(source, fields):
    reason = unfit(source, fields)
    try:
        return Refused(str(source.get("id")), reason) if reason else orjson.dumps(source)
    except orjson.JSONEncodeError:
        return Refused(str(source["id"]), "含有写不成 JSON 的字符或数。")


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
