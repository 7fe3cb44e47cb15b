"""Which hits a body shows, in which order: the checks of `size`, `sort`, `search_after`, `_source` and `highlight`."""

from collections.abc import Mapping

from pipelines.index.checks import a_list, an_object, only, refuse, sorted_by, texts, the_one, whole
from pipelines.index.mapping import Field
from pipelines.index.query_rules import QueryCheck

LAST_HIT = 10_000  # `index.max_result_window`
SORTED = ("integer", "double", "date")
HIGHLIGHT = ("encoder", "number_of_fragments", "fields")


def check_shown(options: Mapping[str, object], queries: QueryCheck, sizes: tuple[int, int] = (0, LAST_HIT)) -> None:
    """`size` within `sizes`, `sort` and `_source` of a body or of `top_hits`. Raises OutsideDialect."""
    whole(options.get("size", sizes[0]), *sizes, "`size`")
    if "_source" in options:
        names = texts(options["_source"], "`_source`")
        if not names or set(names) - set(queries.fields):
            refuse("`_source` lists at least one field, and only fields of the mapping")
    keys = [sort_key(key) for key in a_list(options.get("sort", ()), "`sort`")]
    names = [name for name, _ in keys]
    if keys == [("_score", "desc")] or not keys:
        return
    if len(keys) > 2 or names[-1] != "id":
        refuse("`sort` is `_score`, or `id`, or a field and then `id`")
    for name in names[:-1]:
        queries.field(name, "sort", SORTED)


def check_search_after(body: Mapping[str, object], fields: Mapping[str, Field]) -> None:
    """The `sort` values of the last hit: one for every key, null for a missing field. Raises OutsideDialect."""
    names = [sort_key(key)[0] for key in body.get("sort", ())]
    values = a_list(body["search_after"], "`search_after`")
    if not names or "_score" in names or len(values) != len(names) or body.get("from", 0):
        refuse("`search_after` needs `sort` by fields, one value for each, and no `from`")
    for name, value in zip(names, values, strict=True):
        if value is not None or name == "id":
            sorted_by(value, fields[name], name)


def check_highlight(options: object, queries: QueryCheck) -> None:
    """Whole texts with `<em>` around what matched, all else escaped. Raises OutsideDialect."""
    only(options, HIGHLIGHT, "`highlight`")
    if options.get("encoder") != "html" or options.get("number_of_fragments", 5) != 0:
        refuse("`highlight` has `encoder` html and `number_of_fragments` 0")
    fields = an_object(options.get("fields"), "`fields` of `highlight`")
    if not fields:
        refuse("`highlight` has at least one field")
    for name, more in fields.items():
        queries.field(name, "highlight", ("text",))
        only(more, (), f"`highlight` of {name}")


def sort_key(key: object) -> tuple[str, str]:
    """(field, `asc` or `desc`) of one entry of `sort`. Raises OutsideDialect."""
    if isinstance(key, str):
        return key, "desc" if key == "_score" else "asc"
    name, order = the_one(key, "`sort`")
    if isinstance(order, Mapping):
        only(order, ("order",), "`sort`")
        order = order.get("order")
    return name, read_direction(order)


def read_direction(value: object) -> str:
    """`asc` or `desc`. Raises OutsideDialect."""
    if value not in ("asc", "desc"):
        refuse(f"an order is asc or desc, not {value!r}")
    return str(value)
