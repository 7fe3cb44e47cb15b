"""How many documents match a query."""

import tantivy
from tantivy import Query


def count(searcher: tantivy.Searcher, query: Query) -> int:
    """The number of documents: of those with an id, which tantivy counts without weighing each of them."""
    found = searcher.aggregate(query, {"ids": {"value_count": {"field": "id"}}})
    return round(found["ids"]["value"])
