"""From `mapping.Field` to tantivy: the schema of one index, and a document in it.

A date is kept as milliseconds in an integer field, because tantivy's own date terms are cut to seconds. A text is kept
as its tokens, joined by spaces. What the document was is kept whole in `_source`.
"""

import math
from collections.abc import Mapping

import orjson
import tantivy

from pipelines.documents import Source, Value
from pipelines.index.embedded.tokens import tokens
from pipelines.index.mapping import Field
from pipelines.index.moments import epoch_milliseconds

SOURCE = "_source"
LONGEST_ID = 512  # bytes; Elasticsearch refuses a longer `_id`
LONGEST_KEYWORD = 32_766  # bytes; Lucene refuses a longer term
LARGEST_INTEGER = 2**31 - 1  # Elasticsearch's `integer` has 32 bits

_KINDS = {
    "keyword": str,
    "text": str,
    "date": str,
    "integer": int,
    "double": (int, float),
    "boolean": bool,
    "object": dict,
}


class UnfitDocument(ValueError):
    """A document that the mapping does not allow. Elasticsearch refuses it too; nothing of its batch was stored."""


def build_schema(fields: Mapping[str, Field]) -> tantivy.Schema:
    """The tantivy schema of an index with these fields."""
    builder = tantivy.SchemaBuilder()
    for name, field in fields.items():
        if not field.searchable or field.type == "object":
            continue
        if field.type == "keyword":
            builder.add_text_field(name, fast=True, tokenizer_name="raw", index_option="basic")
        elif field.type == "text":
            builder.add_text_field(name, tokenizer_name="whitespace", index_option="position")
        elif field.type == "double":
            builder.add_float_field(name, indexed=True, fast=True)
        elif field.type == "boolean":
            builder.add_boolean_field(name, indexed=True, fast=True)
        else:
            builder.add_integer_field(name, indexed=True, fast=True)
    builder.add_bytes_field(SOURCE, stored=True)
    return builder.build()


def build_document(source: Source, fields: Mapping[str, Field]) -> tantivy.Document:
    """The tantivy document of a source. Raises UnfitDocument when a field is unknown or of the wrong type."""
    document = tantivy.Document()
    identity = source.get("id")
    if not isinstance(identity, str) or not 0 < _size(identity) <= LONGEST_ID:
        raise UnfitDocument(f"id {str(identity)[:80]!r} must be a string of 1 to {LONGEST_ID} bytes")
    for name, value in source.items():
        if name not in fields:
            raise UnfitDocument(f"{identity}: the mapping has no field {name!r}")
        try:
            _add(document, name, value, fields[name])
        except ValueError as error:
            raise UnfitDocument(f"{identity}: field {name!r}: {error}") from error
    try:
        document.add_bytes(SOURCE, orjson.dumps(source))
    except orjson.JSONEncodeError as error:
        raise UnfitDocument(f"{identity}: {error}") from error
    return document


def read_source(document: tantivy.Document) -> Source:
    """The source that `build_document` was given."""
    return orjson.loads(document.get_first(SOURCE))


def _add(document: tantivy.Document, name: str, value: Value, field: Field) -> None:
    if field.many and not isinstance(value, list):
        raise ValueError("must be a list")
    for part in value if field.many else [value]:
        if not isinstance(part, _KINDS[field.type]) or (isinstance(part, bool) and field.type != "boolean"):
            raise ValueError(f"{str(part)[:80]!r} is not a {field.type}")
    if not field.searchable or field.type == "object":
        return
    # Elasticsearch keeps one doc value for equal keywords of a document; counting must not see them twice.
    for part in dict.fromkeys(value) if field.many else [value]:
        _add_one(document, name, part, field)


def _add_one(document: tantivy.Document, name: str, value: Value, field: Field) -> None:
    if field.type == "keyword":
        if _size(value) > LONGEST_KEYWORD:
            raise ValueError(f"a keyword may have {LONGEST_KEYWORD} bytes")
        document.add_text(name, value)
    elif field.type == "text":
        document.add_text(name, " ".join(tokens(value)))
    elif field.type == "date":
        document.add_integer(name, epoch_milliseconds(value))
    elif field.type == "integer":
        if abs(value) > LARGEST_INTEGER:
            raise ValueError(f"{value} does not fit 32 bits")
        document.add_integer(name, value)
    elif field.type == "double":
        if not math.isfinite(value):
            raise ValueError("is not a finite number")
        document.add_float(name, float(value))
    else:
        document.add_boolean(name, value)


def _size(text: str) -> int:
    """Bytes in UTF-8; half a surrogate pair counts as one and is refused later."""
    return len(text.encode(errors="replace"))
