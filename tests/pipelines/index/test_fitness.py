import orjson
from hypothesis import given
from hypothesis import strategies as st

from pipelines.index.fitness import fitting, unfit
from pipelines.index.mapping import COMMENTS, INDICES

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


@given(SOURCES, st.sampled_from([{}, {"id": "a"}, {"id": "x" * 512}, {"id": "政" * 171}]))
def test_the_common_cases_are_let_through_only_where_all_of_it_fits(source, identity):
    source = source | identity
    fits, refused = fitting([source], FIELDS)
    assert (len(fits), len(refused)) == ((1, 0) if unfit(source, FIELDS) is None and _is_json(source) else (0, 1))


def _is_json(source):
    try:
        orjson.dumps(source)
    except orjson.JSONEncodeError:
        return False
    return True
