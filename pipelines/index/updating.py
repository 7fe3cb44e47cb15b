"""Partial update: some fields of a stored document changed, the rest left as it is. On both engines.

The index is a view: a rebuild, or a newer version of a comment, makes its document anew without what was changed here.
Whoever changes something for good writes it into the journal as well.
"""

from collections.abc import Callable, Mapping

from crawler.errors import ServiceAway, WrongUse
from pipelines.documents import Source, Value
from pipelines.index.contract import Index

TRIES = 20
"""How often a change is tried where others change the same document."""


def update(index: Index, name: str, identity: str, changes: Mapping[str, Value | None]) -> bool:
    """Set these fields of one document of the index `name`; None takes a field away. Whether there is such a document.

    Whatever others change meanwhile stays. Raises WrongUse where the mapping refuses the changes, ServiceAway where
    others never stop changing the document.
    """
    return change(index, name, identity, lambda source: _merged(source, changes))


def change(index: Index, name: str, identity: str, how: Callable[[Source], Source]) -> bool:
    """The same with a function from the document's newest state to what it becomes; called again where it was stale."""
    for _ in range(TRIES):
        stored = index.read(name, [identity]).get(identity)
        if stored is None:
            return False
        changed = how(stored.source)
        if changed == stored.source:
            return True
        if changed.get("id") != identity:
            raise WrongUse(f"{identity} 的 id 不能改。")
        written = index.put(name, [changed], {identity: stored.version})
        if written.refused:
            raise WrongUse(f"{identity} 改不成这样：{written.refused[0].reason}")
        if not written.overtaken:
            return True
    raise ServiceAway(f"别人一直在改 {identity}，这次没有改上；请稍后再试。")


def _merged(source: Source, changes: Mapping[str, Value | None]) -> Source:
    merged = source | {name: value for name, value in changes.items() if value is not None}
    return {name: value for name, value in merged.items() if changes.get(name, value) is not None}
