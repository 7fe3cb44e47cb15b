"""What a generation really looks like in Elasticsearch, and how that differs from what it should be."""

from collections.abc import Mapping
from dataclasses import dataclass

from pipelines.index.elasticsearch.connection import Connection
from pipelines.index.elasticsearch.generations import Places, building_alias, open_alias, physical
from pipelines.index.elasticsearch.templates import ALL, PROGRESS, begun_by, unlike, version_of
from pipelines.index.mapping import INDICES, VERSION


@dataclass(frozen=True, slots=True)
class About:
    """The live mappings of one generation, by index; an index that is not there is missing."""

    mappings: Mapping[str, Mapping[str, object]]

    @property
    def version(self) -> int:
        """The version of our mapping it was made for."""
        return min((version_of(mapping) for mapping in self.mappings.values()), default=0)

    @property
    def begun_by(self) -> tuple[str, str]:
        """The machine and the installation that began it; empty where it does not say."""
        return begun_by(self.mappings.get(PROGRESS, {}))

    @property
    def current(self) -> bool:
        """Whether it was made for today's mapping, so that it can be written."""
        return self.version == VERSION and not any(
            index not in self.mappings or unlike(index, self.mappings[index]) for index in ALL
        )

    def lacking(self, index: str) -> frozenset[str]:
        """Fields of today's mapping that it does not have."""
        properties = self.mappings.get(index, {}).get("properties")
        return frozenset(INDICES[index]) - frozenset(properties if isinstance(properties, Mapping) else ())


def look(connection: Connection, generation: str) -> About:
    """The live mappings of a generation. Raises ServiceAway."""
    names = {physical(index, generation): index for index in ALL}
    found = connection.get("GET", f"/{','.join(names)}/_mapping", ignore_unavailable="true")
    return About({index: found[name]["mappings"] for name, index in names.items() if name in found})


def differences(connection: Connection, places: Places, generation: str) -> list[str]:
    """How a generation differs from today's mapping and from what its aliases should be: one sentence each."""
    about = look(connection, generation)
    found = [] if about.version == VERSION else [f"索引是按映射第 {about.version} 版建的，现在是第 {VERSION} 版。"]
    for index in ALL:
        if index not in about.mappings:
            found.append(f"{physical(index, generation)} 不见了，请运行 lianxin index rebuild。")
        elif about.version == VERSION:
            found += unlike(index, about.mappings[index])
    if generation in (places.serving, places.building):
        found += _wrong_aliases(connection, generation, generation == places.building)
    return found


def _wrong_aliases(connection: Connection, generation: str, building: bool) -> list[str]:
    wanted = {}
    for index in ALL:
        for alias in (building_alias(index) if building else index, open_alias(index, generation)):
            wanted[alias] = {physical(index, generation)}
    holders: dict[str, set[str]] = {alias: set() for alias in wanted}
    answer = connection.ask("GET", f"/_alias/{','.join(wanted)}").body or {}
    for name, about in answer.items():
        for alias in about["aliases"] if isinstance(about, Mapping) and "aliases" in about else ():
            holders[alias].add(name)
    return [
        f"别名 {alias} 指向 {'、'.join(sorted(holders[alias])) or '空处'}，应只指向 {'、'.join(names)}。"
        for alias, names in wanted.items()
        if holders[alias] != names
    ]
