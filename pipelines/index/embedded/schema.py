"""From `mapping.Field` to tantivy: the schema of one index, and a document in it.

A date is kept as milliseconds in an integer field, because tantivy's own date terms are cut to seconds. A text is kept
as its tokens, joined by spaces. What the document was is kept whole in `_source`.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from hashlib import blake2b

import orjson
import tantivy

from pipelines.documents import Source, Value
from pipelines.index.embedded.tokens import tokens
from pipelines.index.mapping import Field
from pipelines.index.moments import milliseconds

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


class DocumentBuilder:
    """Makes the tantivy documents of an index with these fields."""

    def __init__(self, fields: Mapping[str, Field]) -> None:
        kept = {name: field for name, field in fields.items() if _is_kept_apart(field)}
        self._single = {name: (_ADD[f.type], _READ.get(f.type)) for name, f in kept.items() if not f.many}
        self._lists = {name: _ADD[field.type] for name, field in kept.items() if field.many}
        self._digested = [name for name in kept if name in DIGESTED]

    def build(self, source: Source, content: bytes) -> tantivy.Document:
        """The document of a source that fits, and whose JSON is `content`."""
        document = tantivy.Document()
        for name, value in source.items():
            if name in self._single:
                add, read = self._single[name]
                add(document, name, read(value) if read else value)
        for name, add in self._lists.items():
            parts = source.get(name)
            document.add_text(LISTS, list_word(name, bool(parts)))
            # Elasticsearch keeps one doc value for equal keywords of a document; counting must not see them twice.
            for part in dict.fromkeys(parts or ()):
                add(document, name, part)
        for name in self._digested:
            if name in source:
                document.add_unsigned(digest_name(name), _digest(source[name]))
        document.add_bytes(SOURCE, content)
        return document


def read_source(document: tantivy.Document) -> Source:
    """The source that a document was built of."""
    return orjson.loads(read_bytes(document))


def read_bytes(document: tantivy.Document) -> bytes:
    """The same as it is stored."""
    return document.get_first(SOURCE)


def _is_kept_apart(field: Field) -> bool:
    """Whether a field is searchable; all others are only in `_source`."""
    return field.searchable and field.type != "object"


def _tokens(value: str) -> str:
    return " ".join(tokens(value))


def _milliseconds(value: str) -> int:
    return milliseconds(datetime.fromisoformat(value))


def _digest(value: str) -> int:
    return int.from_bytes(blake2b(value.encode(), digest_size=8).digest())


_ADD: Mapping[str, Callable[[tantivy.Document, str, Value], None]] = {
    "keyword": tantivy.Document.add_text,
    "text": tantivy.Document.add_text,
    "date": tantivy.Document.add_integer,
    "integer": tantivy.Document.add_integer,
    "double": tantivy.Document.add_float,
    "boolean": tantivy.Document.add_boolean,
}

_READ: Mapping[str, Callable[[str], str | int]] = {"text": _tokens, "date": _milliseconds}
"""How a value is kept that is not kept as it is."""
