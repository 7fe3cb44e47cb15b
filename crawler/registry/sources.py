"""sources.toml: what we crawl or bring in from files, how often, how gently, and who assessed it."""

from datetime import date, datetime

from pydantic import Field, JsonValue, field_validator, model_validator

from crawler.registry.cron import Cron
from crawler.registry.policies import Entry, Identifier, Words

FILES = "file"
"""The platform of sources that are brought in by `lianxin import` instead of crawled."""


class Pace(Entry):
    """How gently a source is asked: seconds between requests, requests at once, hours of the day allowed.

    `timeout` is the seconds in which a whole answer must have come.
    """

    delay: float = Field(default=2.0, ge=0, le=3600)
    concurrency: int = Field(default=1, ge=1, le=16)
    timeout: float = Field(default=30.0, ge=1, le=600)
    hours: str | None = Field(default=None, pattern=r"^([01]\d|2[0-3])-([01]\d|2[0-4])$")

    def allows(self, now: datetime) -> bool:
        """Whether a crawl may begin at this local time; `22-06` goes over midnight."""
        return self.allows_hour(now.hour)

    def allows_hour(self, hour: int) -> bool:
        """Whether a crawl may begin in this hour of the day."""
        if self.hours is None:
            return True
        first, last = (int(bound) for bound in self.hours.split("-"))
        return first <= hour < last if first < last else hour >= first or hour < last


class Assessment(Entry):
    """The impact assessment that 网络数据安全管理条例 art. 18 asks of automated collectors."""

    on: date
    by: Words
    note: Words


class SourceEntry(Entry):
    """One thing we follow: an account, a board, a page, a file. `options` are the platform's own.

    A crawl reads lists with dates until `overlap` days before the last one, for answers and changes come late.
    `inside` says that its hosts lie in our own network; else nothing but public addresses is asked. `changed` is the
    day on which the platform changed what it gives: earlier runs are no measure for later ones.
    """

    id: Identifier
    platform: Identifier
    account: Identifier | None = None
    policies: tuple[Identifier, ...] = ()
    schedule: str | None = None
    pace: Pace = Pace()
    since: date | None = None
    overlap: int = Field(default=30, ge=0, le=3650)
    changed: date | None = None
    inside: bool = False
    options: dict[str, JsonValue] = Field(default_factory=dict)
    assessment: Assessment | None = None
    enabled: bool = False

    @field_validator("schedule")
    @classmethod
    def _is_cron(cls, line: str | None) -> str | None:
        if line is not None:
            try:
                Cron(line)
            except ValueError as error:
                raise ValueError(f'“{line}”不是 cron 写法，或那一天不存在，例如每天 6 点写 "0 6 * * *"') from error
        return line

    @model_validator(mode="after")
    def _scheduled_within_its_hours(self) -> "SourceEntry":
        if self.schedule and not any(map(self.pace.allows_hour, Cron(self.schedule).hours())):
            raise ValueError(f"schedule 的时刻都不在 pace.hours（{self.pace.hours}）之内，永远不会采集")
        return self

    @model_validator(mode="after")
    def _assessed_before_enabled(self) -> "SourceEntry":
        if self.enabled and self.platform != FILES and self.assessment is None:
            raise ValueError('enabled = true 之前要写 assessment = { on = 日期, by = "谁", note = "结论" }（影响评估）')
        return self
