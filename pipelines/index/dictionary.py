"""The data dictionary: `docs/data.md`, written from the mapping. `python -m pipelines.index.dictionary` prints it."""

import sys

from pipelines.index.mapping import INDICES, VERSION, Field

_HEAD = """# Data dictionary

Written from `pipelines/index/mapping.py` by `make documents`; a test compares the two. Mapping version {version}.

A date is a moment in UTC, ISO 8601 with milliseconds. `[]` marks a list. *stored* fields are returned, never searched.
Fields of later work are listed too: they are in the mapping from the beginning, empty until that work fills them.
"""


def dictionary() -> str:
    """The whole document."""
    parts = [_HEAD.format(version=VERSION)]
    for index, fields in INDICES.items():
        rows = "\n".join(_row(name, field) for name, field in fields.items())
        parts.append(f"## {index}\n\n| field | type | means |\n|---|---|---|\n{rows}\n")
    return "\n".join(parts)


def _row(name: str, field: Field) -> str:
    kind = field.type + ("[]" if field.many else "") + ("" if field.searchable else ", stored")
    return f"| `{name}` | {kind} | {field.means} |"


if __name__ == "__main__":
    sys.stdout.write(dictionary())
