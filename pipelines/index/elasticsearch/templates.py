"""What an index looks like when Elasticsearch makes it: closed mappings, settings, and where an operator adds theirs.

Everything called `lianxin-*` is made from these, so an index made by accident takes no document either.
"""

import platform
from collections.abc import Mapping

from pipelines.index.mapping import INDICES, VERSION, elasticsearch_mapping

PROGRESS = "lianxin-progress"
DEFAULTS = "lianxin@defaults"
CUSTOM = "lianxin@custom"
"""A component template of the operator's: shards, replicas, refresh interval, lifecycle. Need not exist."""

HOST, INSTALLATION = "begun_on", "begun_by"
"""Where the first index of a generation says which machine began it, as that calls itself, and which installation."""

ALL = (PROGRESS, *INDICES)
"""Every index of a generation. The first decides who began it."""


def mapping_of(index: str) -> dict[str, object]:
    """The mapping body of one of ALL."""
    if index != PROGRESS:
        return elasticsearch_mapping(index)
    return {
        "dynamic": "strict",
        "_meta": {"lianxin": VERSION},
        "properties": {
            "segment": {"type": "keyword"},
            "taken": {"type": "long"},
            "waiting": {"type": "long", "index": False, "doc_values": False},
            "recipe": {"type": "keyword", "index": False, "doc_values": False},
        },
    }


def defaults() -> dict[str, object]:
    """Settings that `lianxin@custom` may change. One node is green, two keep a copy of everything."""
    return {"template": {"settings": {"number_of_shards": 1, "auto_expand_replicas": "0-1"}}}


def template_of(index: str) -> dict[str, object]:
    """The index template of one of ALL. What it sets itself no component can change: stored means on disk."""
    return {
        "index_patterns": [f"{index}-*"],
        "priority": 500,
        "composed_of": [DEFAULTS, CUSTOM],
        "ignore_missing_component_templates": [CUSTOM],
        "template": {"settings": {"translog": {"durability": "request"}}, "mappings": mapping_of(index)},
        "_meta": {"lianxin": VERSION},
    }


def version_of(mapping: Mapping[str, object]) -> int:
    """The version of ours that a live mapping was made for; 0 where it does not say."""
    about = mapping.get("_meta")
    version = about.get("lianxin") if isinstance(about, Mapping) else None
    return version if isinstance(version, int) else 0


def begun_here(index: str, installation: str) -> dict[str, object]:
    """The mapping body of a new index of ours, beyond its template's: who makes it."""
    if index != PROGRESS:
        return {}
    return {"_meta": {"lianxin": VERSION, HOST: platform.node(), INSTALLATION: installation}}


def begun_by(mapping: Mapping[str, object]) -> tuple[str, str]:
    """The machine and the installation that made a live index; empty where it does not say."""
    about = mapping.get("_meta")
    known = about if isinstance(about, Mapping) else {}
    return str(known.get(HOST, "")), str(known.get(INSTALLATION, ""))


def unlike(index: str, live: Mapping[str, object]) -> list[str]:
    """How a live mapping differs from today's: one sentence a difference."""
    wanted = mapping_of(index)
    has, needs = _properties(live), _properties(wanted)
    found = []
    if live.get("dynamic") != wanted["dynamic"]:
        found.append(f"{index} 会收映射之外的字段（dynamic 是 {live.get('dynamic', 'true')}），应是 strict。")
    found += [f"{index} 没有字段 {name}。" for name in sorted(needs.keys() - has.keys())]
    found += [f"{index} 多了字段 {name}。" for name in sorted(has.keys() - needs.keys())]
    found += [
        f"{index} 的字段 {name} 是 {_brief(has[name])}，应是 {_brief(needs[name])}。"
        for name in sorted(needs.keys() & has.keys())
        if has[name] != needs[name]
    ]
    return found


def _properties(mapping: Mapping[str, object]) -> dict[str, dict[str, object]]:
    properties = mapping.get("properties")
    return dict(properties) if isinstance(properties, Mapping) else {}


def _brief(field: Mapping[str, object]) -> str:
    return " ".join(f"{key}={value}" for key, value in sorted(field.items()))
