"""What is told of each platform: `python -m crawler.platforms.about` writes the table in docs/sources.md.

The facts stand in `about.toml`, one block a platform, one for files.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

BEGIN = "<!-- made by `make documents` from crawler/platforms/about.toml -->\n"
END = "<!-- made until here -->"
HEADS = ("platform", "collects", "does not", "refuses with", "tested against", "law", "notes")


@dataclass(frozen=True, slots=True)
class About:
    """One platform in words. `also` is what people call it; `tested_against` the replicas or real servers of the tests.

    `law` is what to mind before it is collected.
    """

    collects: str
    tested_against: str
    law: str
    also: str = ""
    leaves_out: str = ""
    refuses_with: str = ""
    notes: str = ""


def about_platforms() -> Mapping[str, About]:
    """What is told of each platform, by its name, and of `file`."""
    text = files(__package__).joinpath("about.toml").read_text(encoding="utf-8")
    return {name: About(**facts) for name, facts in tomllib.loads(text).items()}


def platforms_table() -> str:
    """The table in Markdown."""
    lines = ["| " + " | ".join(HEADS) + " |", "|---" * len(HEADS) + "|"]
    for name, told in about_platforms().items():
        cells = (
            f"`{name}` {told.also}".rstrip(),
            *(told.collects, told.leaves_out, told.refuses_with, told.tested_against, told.law, told.notes),
        )
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def with_table(document: str) -> str:
    """A document with the table between its two marks as it is now."""
    before, _, rest = document.partition(BEGIN)
    _, _, after = rest.partition(END)
    return before + BEGIN + platforms_table() + END + after


if __name__ == "__main__":
    path = Path("docs/sources.md")
    path.write_text(with_table(path.read_text(encoding="utf-8")), encoding="utf-8")
