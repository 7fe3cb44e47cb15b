"""Request bodies: pure functions from a question to the dictionary that the index answers."""

from dashboards.queries.clauses import Clause, said_within

__all__ = ["Clause", "said_within"]
