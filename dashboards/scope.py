"""Scope: what a reader looks at. It is the query string, so that a reload, a shared link and the back button agree."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal
from urllib.parse import urlencode

from crawler.errors import WrongUse
from crawler.registry import Policy, Registry, Stage
from dashboards.days import ONE_DAY, Days

Range = Literal["all", "stage", "30d", "days"]
RECENT_DAYS = 30
KNOWN = ("range", "from", "to", "src")


@dataclass(frozen=True, slots=True)
class Scope:
    """One policy; all its time, the stage it is in, its newest 30 days, or chosen days; all sources or one.

    `first` and `last` are both inside, and set only with the range `days`.
    """

    policy: str
    range: Range = "all"
    first: date | None = None
    last: date | None = None
    source: str | None = None

    def days(self, policy: Policy, stage: Stage | None, as_of: date | None) -> Days:
        """The days meant. `stage` is the one looked at, `as_of` the day of the newest comment."""
        window = policy.window(stage) if stage else None
        if self.range == "stage" and window is not None:
            return Days(window.since, window.until)
        if self.range == "30d" and as_of is not None:
            return recent(as_of)
        if self.range == "days":
            return Days(self.first, self.last + ONE_DAY if self.last else None)
        return Days()

    def query(self) -> str:
        """The query string, without what is default; empty or beginning with `?`."""
        values = {}
        if self.range == "days":
            values = {"from": self.first, "to": self.last}
        elif self.range != "all":
            values = {"range": self.range}
        if self.source:
            values["src"] = self.source
        given = {name: value for name, value in values.items() if value is not None}
        return f"?{urlencode(given)}" if given else ""


def recent(as_of: date) -> Days:
    """The 30 days up to and including a day."""
    return Days(as_of - (RECENT_DAYS - 1) * ONE_DAY, as_of + ONE_DAY)


def previous(days: Days) -> Days:
    """The 30 days before `recent`."""
    return Days(days.since - RECENT_DAYS * ONE_DAY, days.since) if days.since else days


def read_scope(policy: str, query: Mapping[str, Sequence[str]], registry: Registry) -> Scope:
    """A scope from a query string. Raises WrongUse with a sentence for what is unknown or makes no sense."""
    for name, values in query.items():
        if name not in KNOWN:
            raise WrongUse(f"不认识参数“{name[:40]}”。可用的有：{'、'.join(KNOWN)}。")
        if len(values) > 1:
            raise WrongUse(f"参数“{name}”只能写一次。")
    given = {name: values[0] for name, values in query.items() if values and values[0]}
    first, last = _day("from", given.get("from")), _day("to", given.get("to"))
    chosen = given.get("range")
    if first or last:
        if chosen not in (None, "days"):
            raise WrongUse("range 和 from、to 只能选一种写法。")
        if first and last and last < first:
            raise WrongUse(f"结束日期（{last}）早于开始日期（{first}）。")
        return Scope(policy, "days", first, last, _source(given.get("src"), registry))
    if chosen is not None and chosen not in ("all", "stage", "30d"):
        raise WrongUse("range 只能写 all、stage 或 30d；指定日期请用 from 和 to。")
    return Scope(policy, chosen or "all", source=_source(given.get("src"), registry))


def _day(name: str, text: str | None) -> date | None:
    if text is None:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise WrongUse(f"{name} 要写成 2026-06-01 这样的日期，不是“{text[:40]}”。") from error
    if not 1990 <= day.year <= 2200:
        raise WrongUse(f"{name} 的年份要在 1990 和 2200 之间。")
    return day


def _source(text: str | None, registry: Registry) -> str | None:
    if text is not None and text not in registry.sources:
        raise WrongUse(f"没有 id 为“{text[:64]}”的来源。")
    return text
