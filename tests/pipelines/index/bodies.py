"""Hypothesis strategies for bodies of the dialect over the documents of conftest.py."""

from itertools import pairwise

from hypothesis import strategies as st

from pipelines.index.aggregation_rules import NAME, RESERVED
from tests.pipelines.index.conftest import BORDERS

PLATFORMS = st.sampled_from(["weibo", "liuyan", "bilibili", "nowhere"])
THEMES = st.sampled_from(["医保", "养老", "电梯", "教育", "", "无"])
MOMENTS = st.sampled_from([*BORDERS, "2026-04-01T00:00:00.000+08:00", "2026-03-08T00:00:00.000-05:00"])
TEXTS = st.text("医保补贴报销，。 ab1", max_size=4)
TEMPTING = [
    "keywords",
    "keys",
    "doc_counts",
    "value",
    "values",
    "hits",
    "count",
    "max",
    "total",
    "filter",
    "terms",
    "0",
]
NAMES = st.sampled_from(["a", "b", *TEMPTING]) | st.from_regex(NAME, fullmatch=True).filter(
    lambda name: name not in RESERVED
)
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
    _of("wildcard", "id", st.sampled_from(["weibo:?1*", "*:1?", "*", "", "w*o:*7", "?", "weibo:\\\\1*", "wei\\bo:1*"])),
    _of("wildcard", "themes", st.sampled_from(["?保", "*老", "*", {"value": "电*"}, "\\\\*", "医?*"])),
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
HIGHLIGHTS = st.sampled_from([["text"], ["title"], ["text", "title"]]).map(
    lambda fields: {"encoder": "html", "number_of_fragments": 0, "fields": {field: {} for field in fields}}
)
NUMBERS = st.sampled_from(["avg", "sum", "min", "max"])
METRICS = st.one_of(
    st.tuples(NUMBERS, st.sampled_from(["sentiment", "likes"])),
    st.tuples(st.sampled_from(["min", "max"]), st.sampled_from(["posted_at", "answered_at"])),
    st.tuples(st.just("value_count"), st.sampled_from(["themes", "likes", "erased", "answered_at"])),
    st.tuples(st.just("cardinality"), st.sampled_from(["themes", "author", "id", "likes", "answered_at"])),
    st.tuples(st.sampled_from(["stats", "extended_stats"]), st.sampled_from(["sentiment", "likes"])),
).map(lambda pair: {pair[0]: {"field": pair[1]}})
PERCENTS = st.lists(st.sampled_from([0, 1, 12.5, 25, 50, 66.6, 90, 99.9, 100]), min_size=1, max_size=4, unique=True)
PERCENTILES = st.tuples(st.sampled_from(["sentiment", "likes"]), st.none() | PERCENTS).map(
    lambda pair: {"percentiles": {"field": pair[0]} | ({"percents": pair[1]} if pair[1] else {})}
)
TOP_HITS = st.tuples(SORTS, st.integers(1, 4)).map(lambda pair: {"top_hits": {"sort": pair[0], "size": pair[1]}})
KINDS = ["terms", "terms", "date_histogram", "date_histogram", "histogram", "range", "filter", "filters"]


@st.composite
def _buckets(draw, inner):
    below = draw(st.dictionaries(NAMES, inner, max_size=2))
    kind = draw(st.sampled_from(KINDS))
    if kind == "filter":
        body = draw(QUERIES)
    elif kind == "filters":
        body = {
            "filters": draw(
                st.dictionaries(st.sampled_from(["x", "y", "", "key", ">", "甲"]), QUERIES, min_size=1, max_size=2)
            )
        }
    elif kind == "terms":
        body = _terms(draw, below)
    elif kind == "histogram":
        body = _histogram(draw)
    elif kind == "range":
        body = draw(RANGES)
    else:
        body = _date_histogram(draw)
    return {kind: body, "aggs": below} if below else {kind: body}


def _histogram(draw):
    field, intervals, offsets = draw(
        st.sampled_from([("likes", [1, 2, 2.5], [0, 1, -0.5]), ("sentiment", [0.25, 0.5, 0.1], [0, 0.125, -0.05])])
    )
    body = {"field": field, "interval": draw(st.sampled_from(intervals))}
    if draw(st.booleans()):
        body["offset"] = draw(st.sampled_from(offsets))
    if draw(st.booleans()):
        body["min_doc_count"] = draw(st.integers(0, 3))
    return body


@st.composite
def _ranges(draw):
    field, values = draw(st.sampled_from([("likes", [-1, 0, 1, 2.5, 4]), ("sentiment", [-0.5, -0.125, 0, 0.3, 0.75])]))
    ends = sorted(draw(st.lists(st.sampled_from(values), min_size=1, max_size=4, unique=True)))
    parts = [{"from": start, "to": end} for start, end in pairwise(ends)]
    if draw(st.booleans()) or not parts:
        parts.insert(0, {"to": ends[0]})
    if draw(st.booleans()):
        parts.append({"from": ends[-1]})
    if len(parts) > 2 and draw(st.booleans()):
        del parts[1]  # ranges may leave gaps
    return {"field": field, "ranges": [{"key": f"part {place}"} | part for place, part in enumerate(parts)]}


RANGES = _ranges()


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
    if body.get("order") in (None, {"_count": "desc"}) and draw(st.booleans()):
        body["min_doc_count"] = draw(st.integers(1, 9))
    return body


def _date_histogram(draw):
    interval = draw(st.sampled_from(["hour", "day", "week", "month", "quarter", "year"]))
    body = {"field": draw(st.sampled_from(["posted_at", "answered_at"])), "calendar_interval": interval}
    if draw(st.booleans()):
        body["time_zone"] = draw(ZONES.filter(lambda name: interval != "hour" or name != "Australia/Lord_Howe"))
    if draw(st.booleans()):
        body["format"] = "yyyy-MM-dd"
    if interval == "hour" or draw(st.booleans()):  # gaps of hours are a test of their own; here they are only slow
        body["min_doc_count"] = draw(st.integers(1, 3))
    return body


@st.composite
def _composites(draw, inner):
    sources = []
    for name in draw(st.lists(NAMES, min_size=1, max_size=3, unique=True)):
        if draw(st.booleans()):
            kind = "terms"
            source = {"field": draw(st.sampled_from(["platform", "themes", "author", "likes"]))}
        else:
            kind, source = "date_histogram", _date_histogram(draw)
            source.pop("min_doc_count", None)
            if source["calendar_interval"] == "hour":
                source.pop("format", None)
        if draw(st.booleans()):
            source["order"] = draw(DIRECTIONS)
        sources.append({name: {kind: source}})
    body = {"sources": sources}
    if draw(st.booleans()):
        body["size"] = draw(st.integers(1, 40))
    if draw(st.booleans()):
        body["after"] = {
            name: _after(draw, *one) for part in sources for name, of in part.items() for one in of.items()
        }
    below = draw(st.dictionaries(NAMES, inner, max_size=2))
    return {"composite": body, "aggs": below} if below else {"composite": body}


def _after(draw, kind, source):
    if kind == "date_histogram":
        start = draw(st.sampled_from([1772323200000, 1774972800000, 1774895400000]))
        return "2026-03-31" if "format" in source else start
    values = {
        "platform": ["liuyan", "weibo"],
        "themes": ["", "养老", "电梯"],
        "author": ["~4", "~41"],
        "likes": [-2, 0, 3],
    }
    return draw(st.sampled_from(values[source["field"]]))  # Elasticsearch fails on keywords beyond all of its own


_INNER = METRICS | METRICS | TOP_HITS | PERCENTILES
COMPOSITES = _composites(_INNER)
AGGREGATIONS = st.dictionaries(
    NAMES,
    st.recursive(_INNER, _buckets, max_leaves=4) | COMPOSITES,
    min_size=1,
    max_size=2,
)
