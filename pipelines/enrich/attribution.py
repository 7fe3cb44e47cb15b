"""Which policies a text belongs to, and by which rule. Rules, strongest first:

`source:<id>`    the source is tied to the policy in sources.toml
`post:<id>`      the post it stands under belongs to the policy
`alias:<words>`  its own title or text names the policy

Where the source or the post already ties a comment to policies, its own words add no others: under a post about lifts
people mention parking without meaning the parking policy.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from crawler.registry import Policy
from pipelines.spelling import fold


@dataclass(frozen=True, slots=True)
class Ties:
    """The policies a text belongs to and the rules that say so, both in a fixed order."""

    policies: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()


def ties_by_source(source: str, policies: Iterable[str]) -> Ties:
    """The policies that sources.toml gives to a source."""
    found = tuple(policies)
    return Ties(found, (f"source:{source}",) if found else ())


def ties_by_post(post: str, policies: Iterable[str]) -> Ties:
    """The policies of the post a comment stands under."""
    found = tuple(policies)
    return Ties(found, (f"post:{post}",) if found else ())


def ties_by_words(text: str, policies: Mapping[str, Policy]) -> Ties:
    """The policies a text names, by its first alias that fits. Width and case do not matter."""
    folded = fold(text)
    found: dict[str, str] = {}
    for policy in policies.values():
        named = next((words for words in policy.names if _folded(words) in folded), None)
        if named is not None:
            found[policy.id] = f"alias:{named}"
    return Ties(tuple(found), tuple(found.values()))


@cache
def _folded(words: str) -> str:
    """A policy's name, which is looked for in every text."""
    return fold(words)


def strongest(*ties: Callable[[], Ties]) -> Ties:
    """The first of several ties, in order of strength, that ties at all; what is weaker is not looked for."""
    return next((found for tie in ties if (found := tie()).policies), Ties())
