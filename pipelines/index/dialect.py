"""The part of Elasticsearch's request language that both engines answer alike. What is not named here is refused.

`docs/dialect.md` shows these tables; a test keeps the two equal.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipelines.index.checks import OutsideDialect, a_list, an_object, only, refuse, texts, the_one, typed, whole
from pipelines.index.mapping import INDICES, Field
from pipelines.index.moments import read_zone

__all__ = ["AGGREGATIONS", "QUERIES", "OutsideDialect", "sort_key", "validate"]

LAST_HIT = 10_000  # `index.max_result_window`
MOST_TERMS = 65_536  # `index.max_terms_count`
LONGEST_TEXT = 1_000  # characters of a `match` or `match_phrase`
LONGEST_PREFIX = 100  # characters
DEEPEST = 20  # queries or aggregations inside one another

BODY = ("query", "aggs", "aggregations", "sort", "from", "size", "search_after", "_source", "track_total_hits")
BOOL = ("must", "filter", "should", "must_not", "minimum_should_match")
INTERVALS = ("hour", "day", "week", "month", "quarter", "year")
METRICS = ("avg", "sum", "min", "max", "value_count", "cardinality")
_EXACT = ("keyword", "boolean", "integer")
_VALUED = ("keyword", "boolean", "integer", "double", "date")


@dataclass(frozen=True, slots=True)
class Rule:
    """What one query or aggregation accepts: types of its field, names of its parameters, sub-aggregations or none."""

    types: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()
    nests: bool = False


QUERIES: dict[str, Rule] = {
    "match_all": Rule(),
    "bool": Rule(parameters=BOOL),
    "term": Rule(_EXACT, ("value",)),
    "terms": Rule(("keyword", "integer")),
    "range": Rule(("date", "integer", "double"), ("gte", "gt", "lte", "lt")),
    "exists": Rule(_VALUED, ("field",)),
    "ids": Rule(parameters=("values",)),
    "match": Rule(("text",), ("query", "operator")),
    "match_phrase": Rule(("text",), ("query",)),
    "prefix": Rule(("keyword",), ("value",)),
}
AGGREGATIONS: dict[str, Rule] = {
    "terms": Rule(_EXACT, ("field", "size", "order", "min_doc_count"), nests=True),
    "date_histogram": Rule(
        ("date",), ("field", "calendar_interval", "time_zone", "min_doc_count", "format"), nests=True
    ),
    "filter": Rule(nests=True),
    "filters": Rule(parameters=("filters",), nests=True),
    "avg": Rule(("integer", "double"), ("field",)),
    "sum": Rule(("integer", "double"), ("field",)),
    "min": Rule(("integer", "double", "date"), ("field",)),
    "max": Rule(("integer", "double", "date"), ("field",)),
    "value_count": Rule(_VALUED, ("field",)),
    "cardinality": Rule(("keyword",), ("field",)),
    "top_hits": Rule(parameters=("size", "sort", "_source")),
}
SORTED = ("integer", "double", "date")


def validate(index: str, body: Mapping[str, object]) -> None:
    """Raise OutsideDialect, with a sentence, for the first thing in `body` that the dialect does not have."""
    if index not in INDICES:
        refuse(f"there is no index {index!r}")
    only(body, BODY, "a body")
    check = _Check(INDICES[index])
    if "query" in body:
        check.query(body["query"])
    if "aggs" in body and "aggregations" in body:
        refuse("a body has `aggs` and `aggregations`")
    check.aggregations(body.get("aggs", body.get("aggregations", {})))
    check.page(body)
    whole(body.get("from", 0), 0, LAST_HIT, "`from`")
    if body.get("from", 0) + body.get("size", 10) > LAST_HIT:
        refuse(f"`from` and `size` reach beyond {LAST_HIT}; use `search_after`")
    if body.get("track_total_hits", True) is not True:
        refuse("`track_total_hits` must be true: totals are always exact")
    if "search_after" in body:
        check.search_after(body)


class _Check:
    """Checks the parts of a body against the fields of one index."""

    def __init__(self, fields: Mapping[str, Field]) -> None:
        self._fields = fields

    def query(self, clause: object, depth: int = 1) -> None:
        kind, body = the_one(clause, "a query")
        if kind not in QUERIES:
            refuse(f"there is no query {kind!r}")
        if depth > DEEPEST:
            refuse(f"more than {DEEPEST} queries inside one another")
        rule = QUERIES[kind]
        if kind == "bool":
            self._bool(body, depth)
        elif not rule.types:
            only(body, rule.parameters, f"`{kind}`")
            if kind == "ids":
                texts(body.get("values"), "`ids`")
        elif kind == "exists":
            only(body, rule.parameters, "`exists`")
            self._field(body.get("field"), kind, rule.types)
        else:
            name, operand = the_one(body, f"`{kind}`")
            self._operand(kind, name, self._field(name, kind, rule.types), operand)

    def _bool(self, body: object, depth: int) -> None:
        only(body, BOOL, "`bool`")
        for occur in BOOL[:4]:
            clauses = body.get(occur, ())
            for clause in [clauses] if isinstance(clauses, Mapping) else a_list(clauses, f"`{occur}`"):
                self.query(clause, depth + 1)
        if "minimum_should_match" in body:
            whole(body["minimum_should_match"], 1, MOST_TERMS, "`minimum_should_match`")
            if not body.get("should"):
                refuse("`minimum_should_match` needs `should`")

    def _operand(self, kind: str, name: str, field: Field, operand: object) -> None:
        if kind == "range":
            self._range(name, field, operand)
        elif kind == "terms":
            for value in a_list(operand, f"`terms` of {name}", most=MOST_TERMS):
                typed(value, field, name)
        else:
            options = {QUERIES[kind].parameters[0]: operand} if not isinstance(operand, Mapping) else operand
            only(options, QUERIES[kind].parameters, f"`{kind}` of {name}")
            value = options.get(QUERIES[kind].parameters[0])
            typed(value, field, name)
            longest = {"match": LONGEST_TEXT, "match_phrase": LONGEST_TEXT, "prefix": LONGEST_PREFIX}.get(kind)
            if longest and len(value) > longest:
                refuse(f"`{kind}` of {name} is longer than {longest} characters")
            if options.get("operator", "or") not in ("or", "and"):
                refuse("`operator` is `or` or `and`")

    def _range(self, name: str, field: Field, operand: object) -> None:
        only(operand, QUERIES["range"].parameters, f"`range` of {name}")
        if not operand or {"gte", "gt"} <= set(operand) or {"lte", "lt"} <= set(operand):
            refuse(f"`range` of {name} has one lower bound, one upper bound, or both")
        for bound, value in operand.items():
            typed(value, field, name)
            if field.type == "date" and bound in ("gt", "lte") and "." not in value:
                # Elasticsearch reads `lte 10:00:00Z` as up to 10:00:00.999.
                refuse(f"`{bound}` of {name} needs milliseconds, e.g. 2026-11-24T01:02:03.000Z")

    def aggregations(self, request: object, depth: int = 1) -> None:
        if depth > DEEPEST:
            refuse(f"more than {DEEPEST} aggregations inside one another")
        for name, body in an_object(request, "`aggs`").items():
            if not isinstance(name, str) or not re.fullmatch(r"[^\[\]>]+", name):
                refuse(f"{name!r} cannot name an aggregation")
            nested = [key for key in ("aggs", "aggregations") if key in an_object(body, f"aggregation {name}")]
            kind, options = the_one(
                {key: value for key, value in body.items() if key not in nested}, f"aggregation {name}"
            )
            if kind not in AGGREGATIONS:
                refuse(f"there is no aggregation {kind!r}")
            if len(nested) > AGGREGATIONS[kind].nests:
                refuse(f"`{kind}` takes {'one `aggs`' if nested[1:] else 'no aggregations below it'}")
            below = body[nested[0]] if nested else {}
            self.aggregations(below, depth + 1)
            self._aggregation(kind, options, below)

    def _aggregation(self, kind: str, options: object, below: Mapping[str, Mapping[str, object]]) -> None:
        rule = AGGREGATIONS[kind]
        if kind == "filter":
            self.query(options)
            return
        only(options, rule.parameters, f"`{kind}`")
        if rule.types:
            self._field(options.get("field"), kind, rule.types)
        if kind == "filters":
            clauses = an_object(options.get("filters"), "`filters`")
            if not texts(list(clauses), "`filters`"):
                refuse("`filters` has at least one filter")
            for clause in clauses.values():
                self.query(clause)
        elif kind == "top_hits":
            self.page(options)
        elif kind == "terms":
            whole(options.get("size", 10), 1, LAST_HIT, "`size`")
            whole(options.get("min_doc_count", 1), 1, math.inf, "`min_doc_count` of `terms`")
            key, direction = the_one(options.get("order", {"_count": "desc"}), "`order`")
            if key not in ("_count", "_key") and not (key in below and set(below[key]) & set(METRICS)):
                refuse(f"`order` knows `_count`, `_key` and metrics right below, not {key!r}")
            _direction(direction)
        elif kind == "date_histogram":
            self._date_histogram(options)

    def _date_histogram(self, options: Mapping[str, object]) -> None:
        if options.get("calendar_interval") not in INTERVALS:
            refuse(f"`calendar_interval` is one of {', '.join(INTERVALS)}")
        if options.get("format", "yyyy-MM-dd") != "yyyy-MM-dd":
            refuse("`format` is yyyy-MM-dd or left out")
        whole(options.get("min_doc_count", 0), 0, math.inf, "`min_doc_count`")
        try:
            read_zone(*texts([options.get("time_zone", "Z")], "`time_zone`"))
        except ValueError as error:
            refuse(str(error))

    def page(self, options: Mapping[str, object]) -> None:
        """`size`, `sort` and `_source` of a body or of `top_hits`."""
        whole(options.get("size", 10), 0, LAST_HIT, "`size`")
        if "_source" in options:
            names = texts(options["_source"], "`_source`")
            if not names or set(names) - set(self._fields):
                refuse("`_source` lists at least one field, and only fields of the mapping")
        keys = [sort_key(key) for key in a_list(options.get("sort", ()), "`sort`")]
        names = [name for name, _ in keys]
        if keys == [("_score", "desc")] or not keys:
            return
        if len(keys) > 2 or names[-1] != "id":
            refuse("`sort` is `_score`, or `id`, or a field and then `id`")
        for name in names[:-1]:
            self._field(name, "sort", SORTED)

    def search_after(self, body: Mapping[str, object]) -> None:
        """The `sort` values of the last hit: one for every key, null for a missing field."""
        names = [sort_key(key)[0] for key in body.get("sort", ())]
        values = a_list(body["search_after"], "`search_after`")
        if not names or "_score" in names or len(values) != len(names) or body.get("from", 0):
            refuse("`search_after` needs `sort` by fields, one value for each, and no `from`")
        for name, value in zip(names, values, strict=True):
            if value is None and name != "id":
                continue
            kind = self._fields[name].type
            typed(value, Field("integer", "") if kind == "date" else self._fields[name], name)

    def _field(self, name: object, kind: str, types: Sequence[str]) -> Field:
        field = self._fields.get(name) if isinstance(name, str) else None
        if field is None:
            refuse(f"the mapping has no field {name!r}")
        if field.type not in types or not field.searchable:
            refuse(f"`{kind}` does not take {name}; it takes searchable fields of type {', '.join(types)}")
        return field


def sort_key(key: object) -> tuple[str, str]:
    """(field, `asc` or `desc`) of one entry of `sort`. Raises OutsideDialect."""
    if isinstance(key, str):
        return key, "desc" if key == "_score" else "asc"
    name, order = the_one(key, "`sort`")
    if isinstance(order, Mapping):
        only(order, ("order",), "`sort`")
        order = order.get("order")
    return name, _direction(order)


def _direction(value: object) -> str:
    if value not in ("asc", "desc"):
        refuse(f"an order is asc or desc, not {value!r}")
    return str(value)
