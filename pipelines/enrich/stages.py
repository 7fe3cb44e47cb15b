"""Which stage of its policies a moment lies in, counted in days of the configured zone."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from crawler.registry import Policy


def policy_stages(
    policies: Iterable[str], at: datetime, registry: Mapping[str, Policy], zone: ZoneInfo
) -> tuple[str, ...]:
    """`policy:stage` for each policy; `policy:none` where the day lies in no stage."""
    day = at.astimezone(zone).date()
    return tuple(f"{policy}:{registry[policy].stage_on(day) or 'none'}" for policy in policies)
