"""From `mapping.Field` to tantivy: the schema of one index, and a document in it.

A date is kept as milliseconds in an integer field, because tantivy's own date terms are cut to seconds. A text is kept
as its tokens, joined by spaces. What the document was is kept whole in `_source`.
"""

from collections.abc import Callable, Mapping
from hashlib import blake2b

import orjson
import tantivy

from pipelines.documents import Source, Value
from pipelines.index.embedded.tokens import tokens
from pipelines.index.mapping import Field
from pipelines.index.moments import epoch_milliseconds

SOURCE = "_source"
LISTS = "_lists"
"""Of every list a document could have, one word that says whether it has it: a list's column is slow to ask."""

DIGESTED = frozenset({"author", "post_id", "twin"})  # keywords of many values that are counted: numbers are faster


def build_schema(fields: Mapping[str, Field]) -> tantivy.Schema:
    """The tantivy schema of an index with these fields."""
    builder = tantivy.SchemaBuilder()
    for name, field in fields.items():
        if not _is_kept_apart(field):
            continue
        if name in DIGESTED:
            builder.add_unsigned_field(digest_name(name), fast=True)
        if field.type == "keyword":
            builder.add_text_field(name, fast=True, tokenizer_name="raw", index_option="basic")
        elif field.type == "text":
            builder.add_text_field(name, tokenizer_name="whitespace", index_option="position")
        elif field.type == "double":
            builder.add_float_field(name, fast=True)  # ranges are read from the column; terms would only take room
        elif field.type == "date":
            builder.add_integer_field(name, fast=True)
        elif field.type == "boolean":
            builder.add_boolean_field(name, indexed=True, fast=True)
        else:
            builder.add_integer_field(name, indexed=True, fast=True)
    builder.add_text_field(LISTS, tokenizer_name="raw", index_option="basic")
    builder.add_bytes_field(SOURCE, stored=True)
    return builder.build()


def digest_name(name: str) -> str:
    """The field by which distinct values of a field are counted: itself, or a number of 64 bits made of its value."""
    return f"_digest_{name}" if name in DIGESTED else name


def list_word(name: str, there: bool) -> str:
    """The word in `LISTS` of a document that has, or lacks, the list of this name."""
    return name if there else f"no {name}"


def build_document(source: Source, content: bytes, fields: Mapping[str, Field]) -> tantivy.Document:
    """The tantivy document of a source that fits, and whose JSON is `content`."""
    document = tantivy.Document()
    for name, value in source.items():
        field = fields[name]
        if not _is_kept_apart(field):
            continue
        if name in DIGESTED:
            document.add_unsigned(digest_name(name), int.from_bytes(blake2b(value.encode(), digest_size=8).digest()))
        add = _ADD[field.type]
        if not field.many:
            add(document, name, value)
            continue
        # Elasticsearch keeps one doc value for equal keywords of a document; counting must not see them twice.
        for part in dict.fromkeys(value):
            add(document, name, part)
    for name, field in fields.items():
        if field.many and _is_kept_apart(field):
            document.add_text(LISTS, list_word(name, bool(source.get(name))))
    document.add_bytes(SOURCE, content)
    return document


def read_source(document: tantivy.Document) -> Source:
    """The source that `build_document` was given."""
    return orjson.loads(read_bytes(document))


def read_bytes(document: tantivy.Document) -> bytes:
    """The same as it is stored."""
    return document.get_first(SOURCE)


def _is_kept_apart(field: Field) -> bool:
    """Whether a field is searchable; all others are only in `_source`."""
    return field.searchable and field.type != "object"


def _add_text(document: tantivy.Document, name: str, value: str) -> None:
    document.add_text(name, " ".join(tokens(value)))


def _add_date(document: tantivy.Document, name: str, value: str) -> None:
    document.add_integer(name, epoch_milliseconds(value))


_ADD: Mapping[str, Callable[[tantivy.Document, str, Value], None]] = {
    "keyword": tantivy.Document.add_text,
    "text": _add_text,
    "date": _add_date,
    "integer": tantivy.Document.add_integer,
    "double": tantivy.Document.add_float,
    "boolean": tantivy.Document.add_boolean,
}
