"""Which queries a body may hold: the table of them, and the check of one against the fields of an index."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipelines.index.checks import a_list, only, refuse, texts, the_one, typed, whole
from pipelines.index.mapping import Field

MOST_TERMS = 65_536  # `index.max_terms_count`
LONGEST_TEXT = 1_000  # characters of a `match` or `match_phrase`
LONGEST_PREFIX = 100  # characters
LONGEST_WILDCARD = 32  # characters; with `MOST_UNKNOWNS`, what tantivy's automata can always hold
MOST_UNKNOWNS = 2  # `?` in a `wildcard`; each doubles what must be kept in mind after a `*`
DEEPEST = 20  # queries or aggregations inside one another
MOST_CLAUSES = 1_024  # in a body; what every server's Lucene takes (`too_many_nested_clauses`), more with more memory

BOOL = ("must", "filter", "should", "must_not", "minimum_should_match")
EXACT = ("keyword", "boolean", "integer")
VALUED = ("keyword", "boolean", "integer", "double", "date")


@dataclass(frozen=True, slots=True)
class Rule:
    """What one query or aggregation accepts: types of its field, names of its parameters, sub-aggregations or none."""

    types: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()
    nests: bool = False


QUERIES: dict[str, Rule] = {
    "match_all": Rule(),
    "bool": Rule(parameters=BOOL),
    "term": Rule(EXACT, ("value",)),
    "terms": Rule(("keyword", "integer")),
    "range": Rule(("date", "integer", "double"), ("gte", "gt", "lte", "lt")),
    "exists": Rule(VALUED, ("field",)),
    "ids": Rule(parameters=("values",)),
    "match": Rule(("text",), ("query", "operator")),
    "match_phrase": Rule(("text",), ("query",)),
    "prefix": Rule(("keyword",), ("value",)),
    "wildcard": Rule(("keyword",), ("value",)),
}
_LONGEST = {
    "match": LONGEST_TEXT,
    "match_phrase": LONGEST_TEXT,
    "prefix": LONGEST_PREFIX,
    "wildcard": LONGEST_WILDCARD,
}


class QueryCheck:
    """Checks the queries of one body against the fields of an index; every method raises OutsideDialect."""

    def __init__(self, fields: Mapping[str, Field]) -> None:
        self.fields = fields
        self._clauses = 0

    def count(self, clauses: int = 1) -> None:
        """Refuse more than MOST_CLAUSES in the body: a query or an aggregation is one, a text one a character.

        That is as many as Elasticsearch counts, or more: a text has no more words than characters, a `bool` may get a
        `match_all`. It asks for the query with a filter or a bucket of an aggregation as for one query.
        """
        self._clauses += clauses
        if self._clauses > MOST_CLAUSES:
            refuse(f"a body holds more than {MOST_CLAUSES} queries, aggregations and characters of text")

    def query(self, clause: object, depth: int = 1) -> None:
        """Refuse a query, or one within it, that the dialect does not have."""
        kind, body = the_one(clause, "a query")
        if kind not in QUERIES:
            refuse(f"there is no query {kind!r}")
        if depth > DEEPEST:
            refuse(f"more than {DEEPEST} queries inside one another")
        self.count()
        rule = QUERIES[kind]
        if kind == "bool":
            self._bool(body, depth)
        elif not rule.types:
            only(body, rule.parameters, f"`{kind}`")
            if kind == "ids" and not all(texts(body.get("values"), "`ids`")):
                refuse("no id in `ids` is empty")
        elif kind == "exists":
            only(body, rule.parameters, "`exists`")
            self.field(body.get("field"), kind, rule.types)
        else:
            name, operand = the_one(body, f"`{kind}`")
            self._operand(kind, name, self.field(name, kind, rule.types), operand)

    def field(self, name: object, kind: str, types: Sequence[str]) -> Field:
        """The field of this name, which must be searchable and of one of these types."""
        field = self.fields.get(name) if isinstance(name, str) else None
        if field is None:
            refuse(f"the mapping has no field {name!r}")
        if field.type not in types or not field.searchable:
            refuse(f"`{kind}` does not take {name}; it takes searchable fields of type {', '.join(types)}")
        return field

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
            if kind in _LONGEST and len(value) > _LONGEST[kind]:
                refuse(f"`{kind}` of {name} is longer than {_LONGEST[kind]} characters")
            if kind in ("match", "match_phrase"):
                self.count(len(value))
            if kind == "wildcard" and value.count("?") > MOST_UNKNOWNS:
                refuse(f"`wildcard` of {name} has more than {MOST_UNKNOWNS} question marks")
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
