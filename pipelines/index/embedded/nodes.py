"""Aggregations as a tree of nodes, read from a request."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from pipelines.index.embedded.schema import DIGESTED

Request = Mapping[str, Mapping[str, object]]
Result = dict[str, object]
Bucket = dict[str, object]
Way = tuple[tuple[str, "Node"], ...]

MOST_BUCKETS = 65_000  # tantivy's limit on one pass
MOST_COUNTED = 65_536  # Elasticsearch's `search.max_buckets`, as `bucket_count` counts
GAPS_COUNTED_TWICE = 10_000
BUCKETS = frozenset({"terms", "date_histogram", "histogram", "range"})
METRICS = frozenset({"avg", "sum", "min", "max", "value_count", "cardinality", "estimate", "stats", "extended_stats"})


@dataclass(frozen=True, slots=True)
class Node:
    """One aggregation: its kind, its parameters, its sub-aggregations.

    `keys` are the terms wanted, neither ordered nor cut, all of them where it is empty. `apart` says that it must not
    share the one pass.
    """

    kind: str
    options: Mapping[str, object]
    below: Mapping[str, "Node"] = field(default_factory=dict)
    keys: tuple[object, ...] | None = None
    apart: bool = False

    @property
    def native(self) -> bool:
        """tantivy answers it in one pass, whatever is below it."""
        return self.kind in BUCKETS or (self.kind in METRICS and not self.apart)

    @property
    def field(self) -> str:
        """The field it looks at."""
        return self.options["field"]

    @property
    def order(self) -> tuple[str, bool]:
        """What `terms` are ordered by (`_count`, `_key` or the name of a metric), and whether downwards."""
        ((key, direction),) = self.options.get("order", {"_count": "desc"}).items()
        return key, direction == "desc"

    @property
    def size(self) -> int:
        """How many `terms` are wanted."""
        return self.options.get("size", 10)

    @property
    def room(self) -> int:
        """How many `terms` Elasticsearch looks at to find those wanted (`shard_size`)."""
        return self.size * 3 // 2 + 10

    @property
    def least(self) -> int:
        """`min_doc_count`."""
        return self.options.get("min_doc_count", 1 if self.kind == "terms" else 0)


def read(request: Request, ordering: str = "") -> dict[str, Node]:
    """The nodes of a request that `dialect.validate` has let through; `ordering` is the one its parent is ordered by.

    A `cardinality` stands apart where its values may be many and nothing is ordered by it.
    """
    nodes = {}
    for name, body in request.items():
        below = body.get("aggs", body.get("aggregations", {}))
        ((kind, options),) = ((key, value) for key, value in body.items() if key not in ("aggs", "aggregations"))
        many = kind == "cardinality" and options["field"] in DIGESTED and name != ordering
        (first,) = options.get("order", {"_count": "desc"}) if kind == "terms" else ("",)
        nodes[name] = Node(kind, options, read(below, first), apart=many)
    return nodes


def distinct_apart(nodes: Mapping[str, Node]) -> dict[str, Node]:
    """The same tree with every `cardinality` out of the one pass."""
    return {
        name: replace(node, below=distinct_apart(node.below), apart=node.kind == "cardinality")
        for name, node in nodes.items()
    }


def core(nodes: Mapping[str, Node]) -> dict[str, Node]:
    """What of a tree tantivy answers in one pass: buckets and metrics, without what stands apart."""
    return {name: replace(node, below=core(node.below)) for name, node in nodes.items() if node.native}


def apart(nodes: Mapping[str, Node], path: Way = ()) -> Iterator[tuple[Way, str, Node]]:
    """The other nodes, each with the buckets it stands in, outermost first."""
    for name, node in nodes.items():
        if node.native:
            yield from apart(node.below, (*path, (name, node)))
        else:
            yield path, name, node


def buckets_at(result: Result, path: Way) -> list[Bucket]:
    """Every bucket at the end of a path; the result itself where the path is empty."""
    found = [result]
    for name, _ in path:
        found = [bucket for part in found for bucket in part[name]["buckets"]]
    return found


def skeleton(result: Result, path: Way, below: Mapping[str, Node]) -> dict[str, Node]:
    """The buckets of a path as they are in a result, no more to be ordered or cut, around other nodes."""
    for depth in range(len(path) - 1, -1, -1):
        name, node = path[depth]
        options, keys = node.options, None
        if node.kind == "terms":
            keys = tuple({bucket["key"]: None for bucket in buckets_at(result, path[: depth + 1])})
        elif node.kind != "range":
            options = {**options, "min_doc_count": 1}
        below = {name: Node(node.kind, options, below, keys)}
    return dict(below)


def pairs(have: Result, found: Result | None, path: Way) -> Iterator[tuple[Bucket, Bucket | None]]:
    """Every bucket at the end of a path with the same one of another result, None where that has none."""
    if not path:
        yield have, found
        return
    (name, _), *rest = path
    others = {bucket["key"]: bucket for bucket in found[name]["buckets"]} if found else {}
    for bucket in have[name]["buckets"]:
        yield from pairs(bucket, others.get(bucket["key"]), tuple(rest))


def bucket_count(nodes: Mapping[str, Node], result: Result) -> int:
    """How many buckets results hold as Elasticsearch counts them: gaps filled by the ten thousand count twice."""
    return sum(_bucket_count(node, result[name]) for name, node in nodes.items())


def _bucket_count(node: Node, result: Result) -> int:
    if node.kind == "filter":
        return bucket_count(node.below, result)
    found = result.get("buckets", ())
    buckets = list(found.values()) if isinstance(found, Mapping) else found
    count = len(buckets)
    if node.kind in ("date_histogram", "histogram"):
        gaps = sum(not bucket["doc_count"] for bucket in buckets)
        count += gaps // GAPS_COUNTED_TWICE * GAPS_COUNTED_TWICE
    return count + (sum(bucket_count(node.below, bucket) for bucket in buckets) if node.below else 0)
