"""Two machines, each with its own journal, and one index: whoever comes in between, a comment is tied to its post."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from crawler.config import Config
from crawler.registry import Registry
from pipelines.documents import Source
from pipelines.feeder import feed
from pipelines.index import Version, Written
from pipelines.index.embedded.engine import EmbeddedIndex
from pipelines.index.mapping import COMMENTS, POSTS
from tests.installation import Installation
from tests.pipelines.collected import ACCOUNTS, COMMENT, POST, SOURCES, write

Deed = Callable[[], object]


class Interrupted(EmbeddedIndex):
    """Something happens once, before or after documents of one index are put."""

    before: tuple[str, Deed] | None = None
    after: tuple[str, Deed] | None = None

    def put(self, index: str, sources: Sequence[Source], versions: dict[str, Version] | None = None) -> Written:
        if self.before and self.before[0] == index:
            (_, deed), self.before = self.before, None
            deed()
        written = super().put(index, sources, versions)
        if self.after and self.after[0] == index:
            (_, deed), self.after = self.after, None
            deed()
        return written


@pytest.fixture
def here(installation: Installation) -> Config:
    """The machine with the post."""
    installation.write(SOURCES, accounts=ACCOUNTS)
    write(installation.config().journal_folder, POST)
    return installation.config()


@pytest.fixture
def there(tmp_path: Path) -> Config:
    """The machine with the comment under it, which says nothing of the policy by itself."""
    config = Config(data=tmp_path / "there")
    write(config.journal_folder, replace(COMMENT, text="早就该装了"))
    return config


@pytest.fixture
def registry(here: Config, installation: Installation) -> Registry:
    return installation.registry()


def policies(config: Config) -> object:
    return EmbeddedIndex(config.index_folder).get(COMMENTS, [COMMENT.id])[COMMENT.id].get("policies")


def test_a_comment_that_comes_between_the_search_and_the_post_is_tied(
    here: Config, there: Config, registry: Registry
) -> None:
    index = Interrupted(here.index_folder)
    index.before = POSTS, lambda: feed(there, registry, EmbeddedIndex(here.index_folder))
    feed(here, registry, index)
    assert policies(here) == ["lift"]


def test_a_comment_whose_post_comes_before_it_is_put_is_tied(here: Config, there: Config, registry: Registry) -> None:
    index = Interrupted(here.index_folder)
    index.before = COMMENTS, lambda: feed(here, registry, EmbeddedIndex(here.index_folder))
    feed(there, registry, index)
    assert policies(here) == ["lift"]


def test_a_feeder_that_is_killed_after_the_post_ties_the_comment_the_next_time(
    here: Config, there: Config, registry: Registry
) -> None:
    def die() -> None:
        raise KeyboardInterrupt

    index = Interrupted(here.index_folder)
    index.before = POSTS, lambda: feed(there, registry, EmbeddedIndex(here.index_folder))
    index.after = POSTS, die
    with pytest.raises(KeyboardInterrupt):
        feed(here, registry, index)
    assert policies(here) is None
    feed(here, registry, EmbeddedIndex(here.index_folder))
    assert policies(here) == ["lift"]
