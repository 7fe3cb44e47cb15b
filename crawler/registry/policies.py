"""policies.toml: the policies we follow, with their dated stages."""

import re
from datetime import date
from itertools import pairwise
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

Stage = Literal["before", "during", "after"]
STAGES: tuple[Stage, ...] = get_args(Stage)


def _is_identifier(text: str) -> str:
    if not re.fullmatch(r"[a-z0-9][a-z0-9\-]{0,63}", text):
        raise ValueError("只能用小写字母、数字和连字符，最多 64 个，例如 lift-2026")
    return text


Identifier = Annotated[str, AfterValidator(_is_identifier)]
Words = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]


class Entry(BaseModel):
    """An entry of a registry file: closed and unchangeable."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Window(Entry):
    """Half-open days: `from` is the first day, `until` the first day no longer in it; without `until` it goes on."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    since: date = Field(alias="from")
    until: date | None = None

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> "Window":
        if self.until is not None and self.until <= self.since:
            raise ValueError(f"until（{self.until}）必须晚于 from（{self.since}）")
        return self

    def holds(self, day: date) -> bool:
        """Whether a day lies in the window."""
        return self.since <= day and (self.until is None or day < self.until)


class Milestone(Entry):
    """Something that happened to the policy on a day."""

    on: date
    text: Words


class Policy(Entry):
    """A policy with its stages. Stages may leave gaps but never overlap and come in order."""

    id: Identifier
    name: Words
    aliases: tuple[Annotated[str, StringConstraints(min_length=2, strip_whitespace=True)], ...] = ()
    document_number: str | None = None
    issuer: str | None = None
    region: str | None = None
    before: Window | None = None
    during: Window | None = None
    after: Window | None = None
    consultation: Window | None = None
    milestones: tuple[Milestone, ...] = ()

    @model_validator(mode="after")
    def _stages_in_order(self) -> "Policy":
        known = [(stage, window) for stage in STAGES if (window := self.window(stage))]
        for (first, earlier), (second, later) in pairwise(known):
            if earlier.until is None:
                raise ValueError(f"{first} 后面还有 {second}，所以 {first} 要写 until")
            if earlier.until > later.since:
                raise ValueError(
                    f"{first}（到 {earlier.until}）与 {second}（从 {later.since}）重叠，"
                    f"请把 {first} 的 until 改成 {later.since} 或更早"
                )
        return self

    @property
    def names(self) -> tuple[str, ...]:
        """What people call it: its name, then its aliases."""
        return (self.name, *self.aliases)

    def window(self, stage: Stage) -> Window | None:
        """The days of a stage, None while they are not set."""
        return {"before": self.before, "during": self.during, "after": self.after}[stage]

    def stage_on(self, day: date) -> Stage | None:
        """The stage a day lies in, None before the first, in a gap, or after the last."""
        return next((stage for stage in STAGES if (window := self.window(stage)) and window.holds(day)), None)
