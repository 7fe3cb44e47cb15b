"""Which aggregations a body may hold: the table of them, and the check of one against the fields of an index."""

import re
from collections.abc import Mapping
from datetime import date

from pipelines.index.checks import a_list, a_number, an_object, only, refuse, sorted_by, texts, the_one, whole
from pipelines.index.mapping import LARGEST_INTEGER, Field
from pipelines.index.moments import keeps_whole_hours, read_zone
from pipelines.index.query_rules import DEEPEST, EXACT, VALUED, QueryCheck, Rule
from pipelines.index.sorting import LAST_HIT, check_shown, read_direction

INTERVALS = ("hour", "day", "week", "month", "quarter", "year")
ORDERING = ("avg", "sum", "min", "max", "value_count", "cardinality")  # one number each: `terms` can go by it
DAY_FORMAT = "yyyy-MM-dd"
MOST_PARTS = 100  # ranges, percents
MOST_SOURCES = 10  # of a `composite`
MOST_TOP_HITS = 100  # `index.max_inner_result_window`
LEAST_PERCENT = 0.001  # a smaller one's name is written otherwise on each engine

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
"""Of an aggregation or a source of `composite`. Elasticsearch reads `.`, `>` and `[` in an `order` as a path."""
RESERVED = (
    "key",
    "key_as_string",
    "doc_count",
    "doc_count_error_upper_bound",
    "sum_other_doc_count",
    "buckets",
    "after_key",
    "from",
    "from_as_string",
    "to",
    "to_as_string",
    "meta",
)
"""What stands beside the results of sub-aggregations in an answer, so names none."""

_NUMBER = ("integer", "double")
_CALENDAR = ("field", "calendar_interval", "time_zone", "format")

AGGREGATIONS: dict[str, Rule] = {
    "terms": Rule(EXACT, ("field", "size", "order", "min_doc_count"), nests=True),
    "date_histogram": Rule(("date",), (*_CALENDAR, "min_doc_count"), nests=True),
    "histogram": Rule(_NUMBER, ("field", "interval", "offset", "min_doc_count"), nests=True),
    "range": Rule(_NUMBER, ("field", "ranges"), nests=True),
    "filter": Rule(nests=True),
    "filters": Rule(parameters=("filters",), nests=True),
    "composite": Rule(parameters=("sources", "size", "after"), nests=True),
    "avg": Rule(_NUMBER, ("field",)),
    "sum": Rule(_NUMBER, ("field",)),
    "min": Rule((*_NUMBER, "date"), ("field",)),
    "max": Rule((*_NUMBER, "date"), ("field",)),
    "value_count": Rule(VALUED, ("field",)),
    "cardinality": Rule(("keyword", "integer", "date"), ("field",)),
    "stats": Rule(_NUMBER, ("field",)),
    "extended_stats": Rule(_NUMBER, ("field",)),
    "percentiles": Rule(_NUMBER, ("field", "percents")),
    "top_hits": Rule(parameters=("size", "sort", "_source")),
}
SOURCES: dict[str, Rule] = {
    "terms": Rule(("keyword", "integer"), ("field", "order")),
    "date_histogram": Rule(("date",), (*_CALENDAR, "order")),
}


class AggregationCheck:
    """Checks aggregations against the fields of one index; every method raises OutsideDialect."""

    def __init__(self, queries: QueryCheck) -> None:
        self._queries = queries

    def aggregations(self, request: object, depth: int = 1) -> None:
        """Refuse an aggregation, or one below it, that the dialect does not have."""
        if depth > DEEPEST:
            refuse(f"more than {DEEPEST} aggregations inside one another")
        for name, body in an_object(request, "`aggs`").items():
            self._queries.count()
            _check_name(name)
            nested = [key for key in ("aggs", "aggregations") if key in an_object(body, f"aggregation {name}")]
            kind, options = the_one(
                {key: value for key, value in body.items() if key not in nested}, f"aggregation {name}"
            )
            if kind not in AGGREGATIONS:
                refuse(f"there is no aggregation {kind!r}")
            if len(nested) > AGGREGATIONS[kind].nests:
                refuse(f"`{kind}` takes {'one `aggs`' if nested[1:] else 'no aggregations below it'}")
            if kind == "composite" and depth > 1:
                refuse("`composite` stands below no other aggregation")
            below = body[nested[0]] if nested else {}
            self.aggregations(below, depth + 1)
            self._aggregation(kind, options, below)

    def _aggregation(self, kind: str, options: object, below: Mapping[str, Mapping[str, object]]) -> None:
        rule = AGGREGATIONS[kind]
        if kind == "filter":
            self._queries.query(options)
            return
        only(options, rule.parameters, f"`{kind}`")
        if rule.types:
            self._queries.field(options.get("field"), kind, rule.types)
        if kind == "terms":
            _check_terms(options, below)
        elif kind == "date_histogram":
            _check_calendar(options)
            _check_least(options)
        elif kind == "top_hits":
            check_shown(options, self._queries, (1, MOST_TOP_HITS))
        elif hasattr(self, f"_{kind}"):
            getattr(self, f"_{kind}")(options)

    def _filters(self, options: Mapping[str, object]) -> None:
        clauses = an_object(options.get("filters"), "`filters`")
        if not texts(list(clauses), "`filters`"):
            refuse("`filters` has at least one filter")
        for clause in clauses.values():
            self._queries.query(clause)

    def _histogram(self, options: Mapping[str, object]) -> None:
        if a_number(options.get("interval"), "`interval`") <= 0:
            refuse("`interval` must be more than 0")
        a_number(options.get("offset", 0), "`offset`")
        _check_least(options)

    def _range(self, options: Mapping[str, object]) -> None:
        ranges = a_list(options.get("ranges"), "`ranges`", most=MOST_PARTS)
        for part in ranges:
            only(part, ("key", "from", "to"), "a part of `ranges`")
            if len(part) == 1:
                refuse("a part of `ranges` has `from`, `to` or both")
        keys = texts([part.get("key") for part in ranges], "`key` of `ranges`")
        if not ranges or len(set(keys)) < len(keys):
            refuse("`ranges` has at least one part, and each its own `key`")
        ends = [a_number(part[end], "`ranges`") for part in ranges for end in ("from", "to") if end in part]
        open_inside = any("from" not in part for part in ranges[1:]) or any("to" not in part for part in ranges[:-1])
        empty = any(part["from"] == part["to"] for part in ranges if {"from", "to"} <= set(part))
        if open_inside or empty or ends != sorted(ends):
            refuse("the parts of `ranges` rise and do not overlap")

    def _percentiles(self, options: Mapping[str, object]) -> None:
        percents = a_list(options.get("percents", (50,)), "`percents`", most=MOST_PARTS)
        for percent in percents:
            if not (a_number(percent, "`percents`") == 0 or LEAST_PERCENT <= percent <= 100):
                refuse(f"a percent is 0, or from {LEAST_PERCENT} to 100")
        if not percents or len(set(percents)) < len(percents):
            refuse("`percents` lists at least one, and each once")

    def _composite(self, options: Mapping[str, object]) -> None:
        whole(options.get("size", 10), 1, LAST_HIT, "`size`")
        sources = [the_one(part, "a source") for part in a_list(options.get("sources"), "`sources`", MOST_SOURCES)]
        names = [name for name, _ in sources]
        for name in names:
            _check_name(name)
        if not names or len(set(names)) < len(names):
            refuse("`composite` has at least one source, and each its own name")
        fields = {name: self._source(part) for name, part in sources}
        if "after" in options:
            if set(an_object(options["after"], "`after`")) != set(names):
                refuse("`after` holds one value for every source")
            for (name, part), field in zip(sources, fields.values(), strict=True):
                _check_after(next(iter(part.values())), field, name, options["after"][name])

    def _source(self, part: object) -> Field:
        kind, options = the_one(part, "a source")
        if kind not in SOURCES:
            refuse(f"there is no source {kind!r} of `composite`")
        only(options, SOURCES[kind].parameters, f"source `{kind}`")
        read_direction(options.get("order", "asc"))
        if kind == "date_histogram":
            _check_calendar(options)
            if options["calendar_interval"] == "hour" and "format" in options:
                refuse("a source of hours has no `format`: days do not tell them apart")
        return self._queries.field(options.get("field"), f"composite {kind}", SOURCES[kind].types)


def _check_name(name: object) -> None:
    if not isinstance(name, str) or not NAME.fullmatch(name) or name in RESERVED:
        refuse(f"{name!r} cannot name an aggregation or a source: letters, digits, _ and - do, but no key of an answer")


def _check_least(options: Mapping[str, object], least: int = 0) -> None:
    whole(options.get("min_doc_count", least), least, LARGEST_INTEGER, "`min_doc_count`")


def _check_terms(options: Mapping[str, object], below: Mapping[str, Mapping[str, object]]) -> None:
    whole(options.get("size", 10), 1, LAST_HIT, "`size`")
    _check_least(options, 1)
    key, direction = the_one(options.get("order", {"_count": "desc"}), "`order`")
    if key not in ("_count", "_key") and not (key in below and set(below[key]) & set(ORDERING)):
        refuse(f"`order` knows `_count`, `_key` and metrics of one number right below, not {key!r}")
    if read_direction(direction) == "asc" or key != "_count":
        # Elasticsearch forgets the rare ones late: they would take the places of those wanted.
        whole(
            options.get("min_doc_count", 1), 1, 1, "`min_doc_count` of `terms` that are not in order of falling count"
        )


def _check_calendar(options: Mapping[str, object]) -> None:
    if options.get("calendar_interval") not in INTERVALS:
        refuse(f"`calendar_interval` is one of {', '.join(INTERVALS)}")
    if options.get("format", DAY_FORMAT) != DAY_FORMAT:
        refuse(f"`format` is {DAY_FORMAT} or left out")
    try:
        zone = read_zone(*texts([options.get("time_zone", "Z")], "`time_zone`"))
    except ValueError as error:
        refuse(str(error))
    if options["calendar_interval"] == "hour" and not keeps_whole_hours(zone):
        # Elasticsearch adds the half hour that such a clock repeats or leaves out to the hour beside it.
        refuse(f"there are no hours in {options['time_zone']}, whose clock has moved by less than one")


def _check_after(options: Mapping[str, object], field: Field, name: str, value: object) -> None:
    if "format" not in options:
        sorted_by(value, field, name)
    elif not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d\d-\d\d", value) or not _is_day(value):
        refuse(f"{value!r} is not a day such as 2026-11-24")


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
