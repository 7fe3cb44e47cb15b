"""Days of few terms are asked for as few terms of days, which tantivy answers far faster, and turned back."""

from collections.abc import Iterator, Mapping

from pipelines.index.embedded.nodes import Bucket, Node, Result

MANY_STEPS = 64  # intervals from which on turning pays
FEW_TERMS = 64

SIGN = ">"  # no aggregation's name holds it


def turned_name(outer: str, inner: str) -> str:
    """What the turned pair of two nodes is called, beside the outer one."""
    return f"{outer}{SIGN}{inner}"


def candidates(nodes: Mapping[str, Node]) -> Iterator[tuple[Node, Node]]:
    """Every date_histogram with each `terms` right below it."""
    for node in nodes.values():
        if node.kind == "date_histogram":
            yield from ((node, sub) for sub in node.below.values() if sub.kind == "terms")
        yield from candidates(node.below)


def turn_back(nodes: Mapping[str, Node], found: Result) -> None:
    """Put the turned pairs of a result of tantivy where they belong, as if nothing had been turned."""
    for name, node in nodes.items():
        if name not in found:
            continue
        for sub in node.below:
            if turned := found.pop(turned_name(name, sub), None):
                _put_back(found[name]["buckets"], turned["buckets"], name, sub)
        for bucket in found[name].get("buckets", ()) if node.below else ():
            turn_back(node.below, bucket)


def _put_back(outer: list[Bucket], turned: list[Bucket], name: str, sub: str) -> None:
    inside: dict[object, list[Bucket]] = {bucket["key"]: [] for bucket in outer}
    for term in turned:
        named = {key: term[key] for key in ("key", "key_as_string") if key in term}
        for bucket in term[name]["buckets"]:
            if bucket["doc_count"]:
                inside[bucket["key"]].append({**bucket, **named})
    for bucket in outer:
        bucket[sub] = {"buckets": inside[bucket["key"]], "sum_other_doc_count": 0}
