import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.index.fitness import fitting, unfit
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


@settings(deadline=None)
@given(SOURCES, st.sampled_from([{}, {"id": "a"}, {"id": "x" * 512}, {"id": "政" * 171}]))
def test_the_common_cases_are_let_through_only_where_all_of_it_fits(source, identity):
    source = source | identity
    fits, refused = fitting([source], FIELDS)
    assert (len(fits), len(refused)) == ((1, 0) if unfit(source, FIELDS) is None and _is_json(source) else (0, 1))


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
