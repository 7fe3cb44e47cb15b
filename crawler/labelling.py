"""StanceLabel: what a member of staff read in a comment. An event of the journal beside what was collected.

Who read it is not kept: a label is the office's, and nobody is to be counted by what he labelled.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

TaughtStance = Literal["support", "oppose", "unclear"]


@dataclass(frozen=True, slots=True)
class StanceLabel:
    """The stance of one comment to one policy. Of several for the same two, the one labelled last counts."""

    comment_id: str
    policy: str
    stance: TaughtStance
    labelled_at: datetime
