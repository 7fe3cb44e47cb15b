"""Whether two shares differ, and what may be said about it."""

from dataclasses import dataclass
from math import sqrt
from typing import Literal

from dashboards.measures.floors import SAMPLE_FLOOR

CRITICAL = 1.96
"""Two-sided 5 % point of the normal distribution."""

Verdict = Literal["none", "few", "first", "previous_few", "higher", "lower", "same"]


@dataclass(frozen=True, slots=True)
class Share:
    """`part` of `whole` comments."""

    part: int
    whole: int

    @property
    def enough(self) -> bool:
        """Whether the whole reaches the floor below which no share is shown."""
        return self.whole >= SAMPLE_FLOOR

    @property
    def value(self) -> float:
        """The share, 0–1; 0 of nothing is 0."""
        return self.part / self.whole if self.whole else 0.0


def z_statistic(one: Share, other: Share) -> float:
    """Two-proportion z with pooled variance (any introductory statistics text); 0 where there is no variance."""
    pooled = (one.part + other.part) / (one.whole + other.whole)
    variance = pooled * (1 - pooled) * (1 / one.whole + 1 / other.whole)
    return (one.value - other.value) / sqrt(variance) if variance > 0 else 0.0


def compare(share: Share, previous: Share | None) -> Verdict:
    """What may be said of a share against the previous one.

    none: no comments; few: below the floor; first: nothing before it; previous_few: what was before is below the
    floor; otherwise higher or lower where |z| > 1.96, else same.
    """
    if share.whole == 0:
        return "none"
    if not share.enough:
        return "few"
    if previous is None or previous.whole == 0:
        return "first"
    if not previous.enough:
        return "previous_few"
    z = z_statistic(share, previous)
    if abs(z) <= CRITICAL:
        return "same"
    return "higher" if z > 0 else "lower"
