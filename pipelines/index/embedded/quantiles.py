"""Exact percentiles of a number: the values at certain ranks, found by counting in ever narrower intervals."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from itertools import accumulate, pairwise
from math import ceil, floor

import tantivy
from tantivy import Order, Query

from pipelines.index.embedded.counting import count
from pipelines.index.embedded.query import QueryBuilder, both

_FEW = 20_000  # values that are read rather than counted
_INTERVALS = 1_024
_DEEPEST = 8  # intervals inside one another; more would mean values of wildly different size


class Quantiles:
    """Finds percentiles in one snapshot."""

    def __init__(self, searcher: tantivy.Searcher, queries: QueryBuilder) -> None:
        self._searcher = searcher
        self._queries = queries

    def percentiles(self, query: Query, name: str, percents: Sequence[float]) -> dict[str, float | None]:
        """By percent: the value below which that share lies, between two values in proportion; None of nothing."""
        query = both(query, self._queries.build({"exists": {"field": name}}))
        total = count(self._searcher, query)
        if not total:
            return {str(float(percent)): None for percent in sorted(percents)}
        ranks = {percent: (total - 1) * percent / 100 for percent in sorted(percents)}
        wanted = {step for rank in ranks.values() for step in (floor(rank), min(floor(rank) + 1, total - 1))}
        values = self._at(query, name, sorted(wanted), total)
        return {str(float(percent)): _between(values, rank, total) for percent, rank in ranks.items()}

    def _at(self, query: Query, name: str, ranks: Sequence[int], total: int, depth: int = 0) -> Mapping[int, float]:
        """The values at these ranks (from 0) among all `total` values of a query's documents."""
        if total <= _FEW:
            hits = self._searcher.search(query, total, count=False, order_by_field=name, order=Order.Asc).hits
            return {rank: hits[rank][0] for rank in ranks}
        ends = self._searcher.aggregate(query, {end: {end: {"field": name}} for end in ("min", "max")})
        borders = self._borders(name, ends["min"]["value"], ends["max"]["value"])
        if ends["min"]["value"] == ends["max"]["value"]:
            return dict.fromkeys(ranks, ends["min"]["value"])
        whole = self._queries.fields[name].type == "integer"
        if not borders or depth > _DEEPEST:
            return self._one_by_one(query, name, ranks)
        ranges = [{"from": start} | ({} if end is None else {"to": end}) for start, end in pairwise((*borders, None))]
        counted = self._searcher.aggregate(query, {"all": {"range": {"field": name, "ranges": ranges}}})["all"]
        inside = [bucket["doc_count"] for bucket in counted["buckets"] if "from" in bucket]
        before = list(accumulate(inside, initial=0))
        values: dict[int, float] = {}
        for place in sorted({bisect_right(before, rank) - 1 for rank in ranks}):
            first, last = before[place : place + 2]
            if whole and borders[place : place + 2] == [borders[place], borders[place] + 1]:
                values |= {rank: float(borders[place]) for rank in ranks if first <= rank < last}
                continue
            part = both(query, self._queries.between(name, *(*borders, None)[place : place + 2]))
            here = [rank - first for rank in ranks if first <= rank < last]
            found = self._at(part, name, here, last - first, depth + 1)
            values |= {rank + first: value for rank, value in found.items()}
        return values

    def _borders(self, name: str, least: float, most: float) -> list[float]:
        """Where intervals begin that divide the values, the first at the least of them; none where they cannot be."""
        step = (most - least) / _INTERVALS
        if self._queries.fields[name].type == "integer":
            least, step = int(least), ceil(step)
        borders = [least + place * step for place in range(_INTERVALS)]
        rising = all(before < after for before, after in pairwise(borders))
        return [border for border in borders if border <= most] if rising else []

    def _one_by_one(self, query: Query, name: str, ranks: Sequence[int]) -> Mapping[int, float]:
        """Each rank by asking for what stands there: slower, but of any distribution."""
        return {
            rank: self._searcher.search(query, 1, count=False, order_by_field=name, order=Order.Asc, offset=rank).hits[
                0
            ][0]
            for rank in ranks
        }


def _between(values: Mapping[int, float], rank: float, count: int) -> float:
    lower = floor(rank)
    upper = min(lower + 1, count - 1)
    return values[lower] + (values[upper] - values[lower]) * (rank - lower)
