"""Generations: which physical indices there are, which of them serve, which are being built.

A generation `1-20261124t170155123456` is one index of each of `templates.ALL`, e.g. `lianxin-comments-1-20261124t…`.
Aliases say what it is, and Elasticsearch changes any number of them at once:

`lianxin-comments`              the index that serves
`lianxin-building-comments`     the one being built beside it
`lianxin-open-comments-1-2026…` may be written; gone when the generation no longer serves, so that nobody who has not
                                noticed yet writes into it

An alias has one write index at most, so of two processes that begin at once one is refused and takes the other's.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from crawler.errors import ServiceAway, WrongUse
from pipelines.index.elasticsearch.connection import Connection
from pipelines.index.elasticsearch.reasons import refusal
from pipelines.index.elasticsearch.templates import ALL, DEFAULTS, PROGRESS, begun_here, defaults, template_of
from pipelines.index.mapping import VERSION

_PHYSICAL = re.compile(rf"({'|'.join(ALL)})-(\d+-\d{{8}}t\d{{12}})")
_PREFIX = "lianxin-"


def physical(index: str, generation: str) -> str:
    """The index of Elasticsearch that holds one of ALL in one generation."""
    return f"{index}-{generation}"


def building_alias(index: str) -> str:
    """The alias of what is being built."""
    return f"{_PREFIX}building-{index.removeprefix(_PREFIX)}"


def open_alias(index: str, generation: str) -> str:
    """The alias through which one generation is written."""
    return f"{_PREFIX}open-{index.removeprefix(_PREFIX)}-{generation}"


def generation_of(name: str) -> str | None:
    """The generation of a physical index; None for any other name."""
    found = _PHYSICAL.fullmatch(name)
    return found[2] if found else None


@dataclass(frozen=True, slots=True)
class Places:
    """All generations as they are now: the aliases of each of their indices, by generation and index."""

    aliases: Mapping[str, Mapping[str, frozenset[str]]]

    @property
    def serving(self) -> str | None:
        """The generation that serves."""
        return self._holder({index: index for index in ALL})

    @property
    def building(self) -> str | None:
        """The generation that is being built."""
        return self._holder({index: building_alias(index) for index in ALL})

    @property
    def kept(self) -> tuple[str, ...]:
        """All others, oldest first."""
        others = self.aliases.keys() - {self.serving, self.building}
        return tuple(sorted(others, key=lambda name: name.partition("-")[2]))

    def missing(self, generation: str) -> tuple[str, ...]:
        """Which of ALL a generation lacks."""
        return tuple(index for index in ALL if index not in self.aliases.get(generation, {}))

    def _holder(self, alias_of: Mapping[str, str]) -> str | None:
        for index in ALL:
            for generation, indices in self.aliases.items():
                if alias_of[index] in indices.get(index, frozenset()):
                    return generation
        return None


class Generations:
    """Makes, swaps and drops generations."""

    def __init__(self, connection: Connection, installation: Callable[[], str]) -> None:
        """`installation` gives the id of the one that begins them here."""
        self._connection = connection
        self._installation = installation

    def places(self) -> Places:
        """As the cluster has them now."""
        found = self._connection.get(
            "GET", f"/{','.join(f'{index}-*' for index in ALL)}/_alias", expand_wildcards="all"
        )
        aliases: dict[str, dict[str, frozenset[str]]] = {}
        for name, about in found.items():
            if match := _PHYSICAL.fullmatch(name):
                aliases.setdefault(match[2], {})[match[1]] = frozenset(about["aliases"])
        return Places(aliases)

    def begin(self, building: bool) -> str:
        """Begin a generation that serves, or is being built. Gives the one that somebody began before, if any."""
        self._put_templates()
        generation = f"{VERSION}-{datetime.now(UTC):%Y%m%dt%H%M%S%f}"
        trouble = self._make(PROGRESS, generation, building)
        places = self.places()
        holder = places.building if building else places.serving
        if holder is None:
            raise ServiceAway(trouble or refusal(self._connection.shown))
        if holder == generation:
            self.complete(generation, building)
        return holder

    def complete(self, generation: str, building: bool) -> None:
        """Make those indices of a generation that are missing."""
        for index in self.places().missing(generation):
            trouble = self._make(index, generation, building)
            if trouble and index in self.places().missing(generation):
                raise ServiceAway(trouble)

    def swap(self, generation: str) -> None:
        """Let the generation that is being built serve. Raises ServiceAway where it is no longer being built."""
        places = self.places()
        if places.serving == generation:
            return
        if places.building != generation:
            raise ServiceAway("新建的索引已被别的进程换下或删除，没有启用；请再运行一次。")
        actions = []
        if places.serving:
            for index, aliases in places.aliases[places.serving].items():
                name = physical(index, places.serving)
                ours = aliases & {index, open_alias(index, places.serving)}
                actions += [{"remove": {"index": name, "alias": alias}} for alias in sorted(ours)]
        for index in ALL:
            name = physical(index, generation)
            actions.append({"remove": {"index": name, "alias": building_alias(index)}})
            actions.append({"add": {"index": name, "alias": index, "is_write_index": True}})
        response = self._connection.ask("POST", "/_aliases", {"actions": actions})
        # Asked twice, or overtaken by another process: what counts is what is there now.
        if not response.ok and self.places().building == generation:
            raise ServiceAway(refusal(self._connection.shown, response.types))

    def discard(self, generation: str) -> None:
        """Drop the generation that is being built. Nothing where it is not."""
        places = self.places()
        if places.building == generation:
            self._delete(generation, places)

    def drop(self, generation: str) -> None:
        """Drop one that serves no more. Raises WrongUse for any other."""
        places = self.places()
        if generation not in places.kept:
            raise WrongUse(f"没有可以删除的旧索引 {generation}。")
        self._delete(generation, places)

    def _delete(self, generation: str, places: Places) -> None:
        names = ",".join(physical(index, generation) for index in places.aliases[generation])
        self._connection.get("DELETE", f"/{names}", ignore_unavailable="true")

    def _make(self, index: str, generation: str, building: bool) -> str | None:
        """Make one index with its aliases, all or nothing; a sentence where it was refused."""
        role = building_alias(index) if building else index
        aliases = {role: {"is_write_index": True}, open_alias(index, generation): {}}
        body = {"aliases": aliases, "mappings": begun_here(index, self._installation())}
        response = self._connection.ask("PUT", f"/{physical(index, generation)}", body)
        return None if response.ok else refusal(self._connection.shown, response.types)

    def _put_templates(self) -> None:
        self._connection.get("PUT", f"/_component_template/{DEFAULTS}", defaults())
        for index in ALL:
            self._connection.get("PUT", f"/_index_template/{index}", template_of(index))
