"""What the browser saw of a page, and what it means where that is not what was due."""

from collections.abc import Mapping
from dataclasses import dataclass

from scrapy.http import Response

from crawler.platforms.answers import Refused, Unreadable
from crawler.platforms.letterbox.answer import missing
from crawler.platforms.page.options import Opening
from crawler.platforms.page.parsing import markup
from crawler.platforms.walls import BLANK
from crawler.runs import Mishap

OPENING, SEEN = "page_opening", "page_seen"
"""Where a request says how its page is opened and what its rows are gathered in, and where it is left what was seen."""

WALLED = "页面要求登录或验证，已停止。"


@dataclass(frozen=True, slots=True)
class Seen:
    """What a page showed: the markup of its rows by identity.

    appeared  whether what was due came, and nobody must sign in to see it
    walled    whether a captcha or a sign-in stands in the way
    foreign   hosts that the page wanted and the source does not declare
    mishaps   what it needed and could not have, and why it was not read to its end
    """

    rows: Mapping[str, str]
    appeared: bool
    walled: bool
    foreign: frozenset[str]
    mishaps: tuple[Mishap, ...]


def seen_in(response: Response) -> Seen:
    """What the browser saw. Raises Refused or Unreadable where that is nothing, or not what was due."""
    seen: Seen | None = response.meta.get(SEEN)
    if seen is None:
        raise _no_page(response)
    if not seen.rows and seen.mishaps:
        first = min(seen.mishaps, key=lambda mishap: mishap.outcome != "blocked")
        raise (Refused if first.outcome == "blocked" else Unreadable)(first.sentence)
    if not seen.appeared:
        raise _missing(response, seen)
    return seen


def _missing(response: Response, seen: Seen) -> Refused | Unreadable:
    if seen.walled:
        return Refused(WALLED)
    opening: Opening = response.meta[OPENING][0]
    hosts = "、".join(sorted(seen.foreign))
    elsewhere = f"（页面还要访问 {hosts}，不在 options.hosts 里）" if hosts else ""
    return missing(markup(response.text), f"页面里没有出现“{opening.waits_for or opening.rows}”{elsewhere}")


def _no_page(response: Response) -> Refused | Unreadable:
    if not response.body.strip():
        return Refused(BLANK.sentence)
    return Unreadable("要的是网页，得到的是别的东西，平台可能改版了。")
