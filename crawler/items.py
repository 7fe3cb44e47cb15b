"""Post, Comment, Reply: what a spider or an import hands to the steps.

An item is a fact as the platform gave it. `author` is raw only until the mask step; nothing raw is ever written.
Moments are aware datetimes in UTC. Ids are `platform:native_id` and never change.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Kind = Literal["comment", "letter", "submission"]
Precision = Literal["second", "minute", "day"]


@dataclass(frozen=True, slots=True)
class Post:
    """What an account published."""

    id: str
    platform: str
    source: str
    title: str
    text: str
    url: str
    posted_at: datetime
    collected_at: datetime
    run: str
    posted_precision: Precision = "second"
    account: str | None = None
    comment_count: int | None = None
    comments_open: bool | None = None
    curated: bool = False


@dataclass(frozen=True, slots=True)
class Comment:
    """What a member of the public said, under a post or on a board.

    `author` is a name or an account's number until masked, a keyed pseudonym (`~` and 20 hexadecimal digits)
    afterwards. Where it is a number, `author_name` is the writer's name, so that the mask step can take it out of the
    text; it is gone afterwards.
    `author_region` is a province at the finest. `category`, `domain` and `status` are the board's own words
    (咨询, 城建, 待回复). `satisfaction` is the writer's own mark for the answer, 0–1.
    """

    id: str
    platform: str
    source: str
    kind: Kind
    text: str
    url: str
    posted_at: datetime
    collected_at: datetime
    run: str
    title: str = ""
    posted_precision: Precision = "second"
    post_id: str | None = None
    parent_id: str | None = None
    root_id: str | None = None
    author: str | None = None
    author_region: str | None = None
    likes: int | None = None
    dislikes: int | None = None
    reply_count: int | None = None
    category: str | None = None
    domain: str | None = None
    status: str | None = None
    satisfaction: float | None = None
    author_name: str | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """What an official account or unit answered to a comment. `unit` is an organisation, never a person.

    `addressee` is the writer's name as the platform shows it, so that the mask step can take it out of the text
    (officials write 网友“楼上的猫”您好); it is gone afterwards.
    """

    id: str
    platform: str
    source: str
    comment_id: str
    unit: str
    text: str
    url: str
    replied_at: datetime
    collected_at: datetime
    run: str
    replied_precision: Precision = "second"
    addressee: str | None = None


Item = Post | Comment | Reply


@dataclass(frozen=True, slots=True)
class Gone:
    """A post or comment that did not show where it stood before, twice in a row: its platform no longer has it.

    `list` is the source's list in which it stood. Where it shows again, it is collected again.
    """

    id: str
    kind: Literal["post", "comment"]
    source: str
    list: str
    gone_at: datetime
    run: str
