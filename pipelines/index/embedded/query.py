"""From the dialect's queries to tantivy's. Expects queries that `dialect.validate` has let through."""

import math
import re
from collections.abc import Mapping, Sequence

import tantivy
from tantivy import FieldType, Occur, Query

from pipelines.index.embedded.schema import LISTS, list_word
from pipelines.index.embedded.tokens import tokens
from pipelines.index.mapping import Field
from pipelines.index.moments import epoch_milliseconds

Clause = Mapping[str, object]
Scalar = str | int | float | bool

_ANYTHING = "(?s:.)"
_OPERATORS = frozenset(r"\.+*?()|[]{}^$#&-~")
_TANTIVY_TYPES = {"date": FieldType.Integer, "integer": FieldType.Integer, "double": FieldType.Float}


class QueryBuilder:
    """Builds tantivy queries over one index."""

    def __init__(self, schema: tantivy.Schema, fields: Mapping[str, Field]) -> None:
        self.schema = schema
        self.fields = fields

    def build(self, clause: Clause | None) -> Query:
        """The query of one clause, e.g. `{"term": {"platform": "weibo"}}`; None matches everything."""
        if not clause:
            return Query.all_query()
        ((kind, body),) = clause.items()
        if kind == "match_all":
            return Query.all_query()
        if kind == "bool":
            return self._bool(body)
        if kind == "ids":
            return Query.term_set_query(self.schema, "id", list(body["values"]))
        if kind == "exists":
            return self.exists(body["field"])
        ((name, operand),) = body.items()
        builders = {
            "term": self._term,
            "terms": self._terms,
            "range": self._range,
            "match": self._match,
            "match_phrase": self._match_phrase,
            "prefix": self._prefix,
            "wildcard": self._wildcard,
        }
        return builders[kind](name, operand)

    def exists(self, name: str) -> Query:
        """Documents that have something in this field."""
        if self.fields[name].many:
            return self._list(name, there=True)
        return Query.exists_query(name)

    def missing(self, name: str) -> Query:
        """Documents that have nothing in this field."""
        if self.fields[name].many:
            return self._list(name, there=False)
        return without(Query.exists_query(name))

    def _list(self, name: str, there: bool) -> Query:
        return Query.const_score_query(Query.term_query(self.schema, LISTS, list_word(name, there)), 1.0)

    def equal(self, name: str, value: Scalar | None) -> Query:
        """Documents whose field has exactly this value (a date in milliseconds); None is a missing field."""
        if value is None:
            return self.missing(name)
        kind = self.fields[name].type
        if kind in ("double", "date"):
            return Query.range_query(self.schema, name, _TANTIVY_TYPES[kind], lower_bound=value, upper_bound=value)
        return Query.term_query(self.schema, name, value)

    def between(self, name: str, start: float | None, end: float | None) -> Query:
        """Documents whose number, or date in milliseconds, lies in [start, end); None is no bound."""
        kind = _TANTIVY_TYPES[self.fields[name].type]
        if kind == FieldType.Integer:  # whole numbers from 2.5 are those from 3
            start, end = (None if bound is None else math.ceil(bound) for bound in (start, end))
        return Query.range_query(self.schema, name, kind, lower_bound=start, upper_bound=end, include_upper=end is None)

    def beyond(self, name: str, value: int | float, descending: bool) -> Query:
        """Documents whose number or date comes after `value` in this order."""
        bound = {"upper_bound": value, "include_upper": False} if descending else {"lower_bound": value}
        bound |= {} if descending else {"include_lower": False}
        return Query.range_query(self.schema, name, _TANTIVY_TYPES[self.fields[name].type], **bound)

    def _bool(self, body: Mapping[str, object]) -> Query:
        parts = [(Occur.Must, self.build(clause)) for clause in clauses_of(body.get("must"))]
        parts += [(Occur.Must, unscored(self.build(clause))) for clause in clauses_of(body.get("filter"))]
        should = [(Occur.Should, self.build(clause)) for clause in clauses_of(body.get("should"))]
        needed = body.get("minimum_should_match", 0 if parts else 1)
        if should and needed > len(should):
            return Query.empty_query()
        if should and needed:
            parts.append((Occur.Must, Query.boolean_query(should, minimum_number_should_match=needed)))
        elif should:
            parts += should
        if not any(occur == Occur.Must for occur, _ in parts):
            parts.append((Occur.Must, unscored(Query.all_query()) if body.get("must_not") else Query.all_query()))
        return Query.boolean_query([*parts, *map(self._not, clauses_of(body.get("must_not")))])

    def _not(self, clause: Clause) -> tuple[Occur, Query]:
        name = clause.get("exists", {}).get("field")
        if name and self.fields[name].many:
            return Occur.Must, unscored(self.missing(name))
        return Occur.MustNot, self.build(clause)

    def _term(self, name: str, operand: Scalar | Mapping[str, Scalar]) -> Query:
        # Elasticsearch gives every match of one keyword the same score, however many keywords a document has.
        return Query.const_score_query(
            self.equal(name, operand["value"] if isinstance(operand, Mapping) else operand), 1.0
        )

    def _terms(self, name: str, operand: Sequence[Scalar]) -> Query:
        # Elasticsearch gives every match of `terms` the score 1.
        return Query.const_score_query(Query.term_set_query(self.schema, name, list(operand)), 1.0)

    def _range(self, name: str, operand: Mapping[str, Scalar]) -> Query:
        kind = self.fields[name].type
        bounds = {key: _comparable(kind, value) for key, value in operand.items()}
        return Query.range_query(
            self.schema,
            name,
            _TANTIVY_TYPES[kind],
            lower_bound=bounds.get("gte", bounds.get("gt")),
            upper_bound=bounds.get("lte", bounds.get("lt")),
            include_lower="gt" not in bounds,
            include_upper="lt" not in bounds,
        )

    def _match(self, name: str, operand: str | Mapping[str, str]) -> Query:
        options = {"query": operand} if isinstance(operand, str) else operand
        occur = Occur.Must if options.get("operator", "or") == "and" else Occur.Should
        words = [(occur, Query.term_query(self.schema, name, word)) for word in tokens(options["query"])]
        return Query.boolean_query(words) if words else Query.empty_query()

    def _match_phrase(self, name: str, operand: str | Mapping[str, str]) -> Query:
        words = tokens(operand if isinstance(operand, str) else operand["query"])
        if not words:
            return Query.empty_query()
        if len(words) == 1:
            return Query.term_query(self.schema, name, words[0])
        return Query.phrase_query(self.schema, name, words)

    def _prefix(self, name: str, operand: str | Mapping[str, str]) -> Query:
        start = operand if isinstance(operand, str) else operand["value"]
        return Query.regex_query(self.schema, name, f"{_literal(start)}{_ANYTHING}*")

    def _wildcard(self, name: str, operand: str | Mapping[str, str]) -> Query:
        """`*` is any text, `?` one character, a backslash takes the meaning from what follows it."""
        pattern = operand if isinstance(operand, str) else operand["value"]
        if not pattern:
            return Query.empty_query()  # Elasticsearch finds not even the empty keyword
        parts = re.findall(r"\\?(?s:.)", pattern)
        meanings = {"*": f"{_ANYTHING}*", "?": _ANYTHING}
        return Query.regex_query(self.schema, name, "".join(meanings.get(part) or _literal(part[-1]) for part in parts))


def both(first: Query, second: Query) -> Query:
    """Documents of the first query that also match the second; scored by the first alone."""
    return Query.boolean_query([(Occur.Must, first), (Occur.Must, unscored(second))])


def without(unwanted: Query) -> Query:
    """Documents that do not match."""
    return Query.boolean_query([(Occur.Must, Query.all_query()), (Occur.MustNot, unwanted)])


def unscored(query: Query) -> Query:
    """The same documents, adding nothing to the score."""
    return Query.const_score_query(query, 0.0)


def _literal(text: str) -> str:
    """A regular expression that finds this text."""
    return "".join(f"\\{letter}" if letter in _OPERATORS else letter for letter in text)


def clauses_of(given: Clause | Sequence[Clause] | None) -> Sequence[Clause]:
    """What one occur of a `bool` holds: none, one or several clauses."""
    if given is None:
        return ()
    return (given,) if isinstance(given, Mapping) else given


def _comparable(kind: str, value: Scalar) -> int | float:
    if kind == "date":
        return epoch_milliseconds(str(value))
    return float(value) if kind == "double" else int(value)
