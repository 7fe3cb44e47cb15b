"""Time zones by name: those that Python and Elasticsearch (Java) both know, on every machine the same."""

from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

AREAS = frozenset(
    ("Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Etc", "Europe", "Indian", "Pacific")
)


def zone_named(name: str) -> ZoneInfo:
    """The zone of `UTC` or of an area and city (`Asia/Shanghai`), spelt as in the IANA time zone database.

    Raises ValueError, with a sentence, for any other: Java lacks EST, MST, HST, ROC, Factory, and what only a machine
    has (localtime, posix/…, right/…).
    """
    if name not in zone_names():
        raise ValueError(f"没有“{name}”这个时区，应写 UTC 或 Asia/Shanghai 这样的名字")
    return ZoneInfo(name)


@cache
def zone_names() -> frozenset[str]:
    """All that `zone_named` takes."""
    # A look at the machine's own files would take any case where its file system does.
    listed = (files("tzdata") / "zones").read_text(encoding="ascii").split()
    return frozenset(name for name in listed if name == "UTC" or name.partition("/")[0] in AREAS)
