"""Hypothesis strategies for bodies of the dialect over the documents of conftest.py."""

from hypothesis import strategies as st

from tests.pipelines.index.conftest import BORDERS

PLATFORMS = st.sampled_from(["weibo", "liuyan", "bilibili", "nowhere"])
THEMES = st.sampled_from(["医保", "养老", "电梯", "教育", "", "无"])
MOMENTS = st.sampled_from([*BORDERS, "2026-04-01T00:00:00.000+08:00", "2026-03-08T00:00:00.000-05:00"])
TEXTS = st.text("医保补贴报销，。 ab1", max_size=4)
ZONES = st.sampled_from(
    ["Asia/Shanghai", "+08:00", "+05:30", "-03:30", "America/New_York", "UTC", "Australia/Lord_Howe"]
)


def _range(field, value):
    lower = st.tuples(st.sampled_from(["gt", "gte"]), value).map(lambda pair: dict([pair]))
    upper = st.tuples(st.sampled_from(["lt", "lte"]), value).map(lambda pair: dict([pair]))
    bounds = st.one_of(lower, upper, st.tuples(lower, upper).map(lambda pair: pair[0] | pair[1]))
    return bounds.map(lambda found: {"range": {field: found}})


def _of(kind, field, value):
    return value.map(lambda found: {kind: {field: found}})


LEAVES = st.one_of(
    st.just({"match_all": {}}),
    _of("term", "platform", PLATFORMS),
    _of("term", "themes", THEMES | THEMES.map(lambda theme: {"value": theme})),
    _of("term", "erased", st.booleans()),
    _of("term", "likes", st.integers(-3, 6)),
    _of("terms", "themes", st.lists(THEMES, max_size=3)),
    _of("terms", "likes", st.lists(st.integers(-3, 6), max_size=3)),
    _of("prefix", "id", st.sampled_from(["weibo:", "liuyan:1", "", "weibo", ".", "w*"])),
    _range("posted_at", MOMENTS),
    _range("likes", st.integers(-3, 7)),
    _range("sentiment", st.integers(-16, 16).map(lambda number: number / 16)),
    st.sampled_from(["likes", "sentiment", "label", "themes", "erased", "answered_at"]).map(
        lambda field: {"exists": {"field": field}}
    ),
    st.lists(st.integers(0, 999).map(lambda number: f"weibo:{number}"), max_size=5).map(
        lambda ids: {"ids": {"values": ids}}
    ),
    _of("match", "text", TEXTS),
    st.tuples(TEXTS, st.sampled_from(["or", "and"])).map(
        lambda pair: {"match": {"text": {"query": pair[0], "operator": pair[1]}}}
    ),
    _of("match_phrase", "text", TEXTS | TEXTS.map(lambda text: {"query": text})),
)


@st.composite
def _bools(draw, inner):
    body = {}
    for occur in ("must", "filter", "should", "must_not"):
        clauses = draw(st.none() | inner | st.lists(inner, max_size=3))
        if clauses is not None:
            body[occur] = clauses
    if isinstance(body.get("should"), list) and body["should"] and draw(st.booleans()):
        body["minimum_should_match"] = draw(st.integers(1, 4))
    return {"bool": body}


QUERIES = st.recursive(LEAVES, _bools, max_leaves=8)
DIRECTIONS = st.sampled_from(["asc", "desc"])
SORTS = st.one_of(
    DIRECTIONS.map(lambda order: [{"id": order}]),
    st.tuples(st.sampled_from(["posted_at", "likes", "sentiment", "answered_at"]), DIRECTIONS, DIRECTIONS).map(
        lambda three: [{three[0]: three[1]}, {"id": three[2]}]
    ),
)
METRICS = st.one_of(
    st.tuples(st.sampled_from(["avg", "sum", "min", "max"]), st.sampled_from(["sentiment", "likes"])),
    st.tuples(st.sampled_from(["min", "max"]), st.sampled_from(["posted_at", "answered_at"])),
    st.tuples(st.just("value_count"), st.sampled_from(["themes", "likes", "erased", "answered_at"])),
    st.tuples(st.just("cardinality"), st.sampled_from(["themes", "author", "id"])),
).map(lambda pair: {pair[0]: {"field": pair[1]}})
TOP_HITS = st.tuples(SORTS, st.integers(1, 4)).map(lambda pair: {"top_hits": {"sort": pair[0], "size": pair[1]}})


@st.composite
def _buckets(draw, inner):
    below = draw(st.dictionaries(st.sampled_from(["a", "b"]), inner, max_size=2))
    kind = draw(st.sampled_from(["terms", "terms", "date_histogram", "date_histogram", "filter", "filters"]))
    if kind == "filter":
        body = draw(QUERIES)
    elif kind == "filters":
        body = {"filters": draw(st.dictionaries(st.sampled_from(["x", "y"]), QUERIES, min_size=1, max_size=2))}
    elif kind == "terms":
        body = _terms(draw, below)
    else:
        body = _date_histogram(draw)
    return {kind: body, "aggs": below} if below else {kind: body}


def _terms(draw, below):
    body = {"field": draw(st.sampled_from(["platform", "themes", "author", "label", "likes"]))}
    names = [
        name for name, one in below.items() if set(one) <= {"avg", "sum", "min", "max", "value_count", "cardinality"}
    ]
    order = draw(st.none() | st.sampled_from(["_count", "_key", *names]))
    if order:
        body["order"] = {order: draw(DIRECTIONS)}
    if draw(st.booleans()):
        body["size"] = draw(st.integers(1, 90))
    if draw(st.booleans()):
        body["min_doc_count"] = draw(st.integers(1, 9))
    return body


def _date_histogram(draw):
    interval = draw(st.sampled_from(["hour", "day", "week", "month", "quarter", "year"]))
    body = {"field": draw(st.sampled_from(["posted_at", "answered_at"])), "calendar_interval": interval}
    if draw(st.booleans()):
        body["time_zone"] = draw(ZONES)
    if draw(st.booleans()):
        body["format"] = "yyyy-MM-dd"
    if interval == "hour" or draw(st.booleans()):  # gaps of hours are a test of their own; here they are only slow
        body["min_doc_count"] = draw(st.integers(1, 3))
    return body


AGGREGATIONS = st.dictionaries(
    st.sampled_from(["one", "two"]), st.recursive(METRICS | TOP_HITS, _buckets, max_leaves=4), min_size=1, max_size=2
)
