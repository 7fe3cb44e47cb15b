"""The documents promise only what is there."""

import re
from pathlib import Path

import pytest

from crawler.platforms import platforms, spider_for
from crawler.platforms.about import about_platforms, with_table
from crawler.registry import FILES
from lianxin.cli import COMMANDS
from lianxin.indexing import app as index_app

ROOT = Path(__file__).parents[1]
READMES = ("README.md", "README.zh-CN.md")


@pytest.mark.parametrize("name", READMES)
def test_every_command_of_the_readme_exists(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    named = set(re.findall(r"^\$ lianxin ([a-z]+)", text, re.MULTILINE))
    assert named == set(COMMANDS) - {"demo", "runs", "record"}
    assert set(re.findall(r"^\$ lianxin index ([a-z]+)", text, re.MULTILINE)) == {
        command.name for command in index_app.registered_commands
    }


@pytest.mark.parametrize("name", READMES)
def test_every_target_of_the_readme_exists(name: str) -> None:
    targets = set(re.findall(r"^\$ make ([a-z]+)", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE))
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert targets == {"demo", "test"}
    assert all(f"\n{target}:" in makefile for target in targets)


@pytest.mark.parametrize("name", [*READMES, "CONTRIBUTING.md", "docs/architecture.md", "docs/sources.md"])
def test_every_link_of_a_document_leads_somewhere(name: str) -> None:
    path = ROOT / name
    links = re.findall(r"\]\((?!https?:)([^)#]+)", path.read_text(encoding="utf-8"))
    assert [link for link in links if not (path.parent / link).exists()] == []


@pytest.mark.parametrize("platform", platforms())
def test_every_option_of_a_platform_is_documented(platform: str) -> None:
    section = (ROOT / "docs" / "sources.md").read_text(encoding="utf-8").split("## Options")[1].split("## Files")[0]
    described = next(part for part in section.split("\n\n") if part.startswith(f"`{platform}`"))
    assert [name for name in spider_for(platform).options_model.model_fields if f"`{name}" not in described] == []


def test_every_test_of_the_fault_tables_exists() -> None:
    text = (ROOT / "docs" / "resilience.md").read_text(encoding="utf-8")
    named = [name for row in re.findall(r"^\|.*\|(.*)\|$", text, re.MULTILINE) for name in re.findall(r"`(.+?)`", row)]
    assert len(named) > 30
    for name in named:
        path, _, test = name.partition("::")
        place = ROOT / "tests" / path
        assert place.exists(), name
        assert not test or f"def {test}(" in place.read_text(encoding="utf-8"), name


def test_the_table_of_platforms_is_as_made() -> None:
    text = (ROOT / "docs" / "sources.md").read_text(encoding="utf-8")
    assert text == with_table(text), "run `make documents`"
    assert sorted(about_platforms()) == sorted([*platforms(), FILES])
