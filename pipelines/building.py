"""Building beside: whose unfinished generation it is, and whether it may be dropped for another."""

from datetime import UTC, datetime, timedelta

from crawler.errors import ServiceAway
from pipelines.index import Index, Progress, Unfinished

LEFT_AFTER = timedelta(days=1)
"""Age at which what another installation began counts as left."""


def begun_for(index: Index, recipe: str) -> Index:
    """The generation beside `index` that was begun with this recipe; where there is none, a new and empty one.

    What was begun with another, or for a move, is dropped: it may hold documents that do not belong here. Raises
    ServiceAway where it may still be another installation's.
    """
    building = index.beside()
    if building.acknowledged().recipe != recipe:
        try:
            check_left(index.unfinished)
        except ServiceAway:
            building.close()
            raise
        building.discard()
        building.close()
        building = index.beside()
        building.acknowledge(Progress(recipe=recipe))
    return building


def check_left(begun: Unfinished | None) -> None:
    """Raise ServiceAway where another installation began this less than a day ago: it may be at it still."""
    if begun and not begun.ours and datetime.now(UTC) - begun.at < LEFT_AFTER:
        raise ServiceAway(
            f"没有建完的 {begun.generation} 是 {begun.host or '别的机器'} 在 {begun.at:%Y-%m-%d %H:%M} UTC 开始建的，"
            "也许还在建。请等它建完；确实不要了，就运行 lianxin index drop --unfinished --others。"
        )
