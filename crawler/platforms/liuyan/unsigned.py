"""The unsigned interface: rows of queryThreadsList with text and answer in them, and a letter's own page."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise
from urllib.parse import urljoin

from parsel import Selector

from crawler.items import Comment, Item, Reply
from crawler.platforms.answers import Json, Unreadable, field, json_object, no_data, page_for_page
from crawler.reading.html import text_of
from crawler.reading.quoting import quoted

LETTER = "/threads/content?tid={tid}"
UNNAMED = "答复单位未注明"
OF_LETTER = frozenset({
    "tid", "userId", "subject", "content", "dateline", "from", "favNum", "typeName", "domainName", "stateInfo",
    "gradeLevel", "gradeManner", "gradeSpeed", "forumName", "answerId", "answerContent", "answerOrganization",
    "answerDateline",
})  # fmt: skip
"""What is read of a row."""


def parse_list(body: bytes) -> list[Json]:
    """The rows of one page of the list, newest first."""
    answer = json_object(body)
    if answer.get("result") != "success":
        why = str(answer.get("resultDesc") or "没有说明")
        raise no_data(why, f"留言板没有给出列表（{quoted(why)}），请核对 fid。")
    rows = field(answer, "responseData", list)
    tids = [field(row, "tid", int) for row in rows]
    if any(later >= earlier for earlier, later in pairwise(tids)):
        raise Unreadable("列表没有按编号从新到旧排列，平台可能改版了。")
    return rows


def parse_letter(row: Json, source: str, site: str, run: str, now: datetime) -> Iterator[Item]:
    """A row as a letter and, where it is answered, the official reply."""
    letter = letter_of(row, field(row, "tid", int), source, site, run, now)
    yield letter
    if row.get("answerContent"):
        yield Reply(
            id=f"{letter.id}-{row.get('answerId') or 'answer'}",
            platform="liuyan",
            source=source,
            comment_id=letter.id,
            unit=str(row.get("answerOrganization") or row.get("forumName") or UNNAMED),
            text=str(row["answerContent"]),
            url=letter.url,
            replied_at=moment_of(field(row, "answerDateline", int)),
            collected_at=now,
            run=run,
        )


def letter_of(row: Json, tid: int, source: str, site: str, run: str, now: datetime) -> Comment:
    """The letter that a row of either interface tells of, `content` being its text."""
    return Comment(
        id=f"liuyan:{tid}",
        platform="liuyan",
        source=source,
        kind="letter",
        title=text_in(row, "subject") or "",
        text=str(field(row, "content", str)),
        url=urljoin(site, LETTER.format(tid=tid)),
        posted_at=moment_of(field(row, "dateline", int)),
        collected_at=now,
        run=run,
        author=text_in(row, "userId"),
        author_region=text_in(row, "from"),
        likes=row.get("favNum"),
        category=text_in(row, "typeName"),
        domain=text_in(row, "domainName"),
        status=text_in(row, "stateInfo"),
        satisfaction=satisfaction_of(row),
    )


def text_in(row: Json, name: str) -> str | None:
    """A field as text, None where it is missing or empty."""
    return str(row[name]) if row.get(name) else None


def parse_full_text(body: str) -> str:
    """The whole text of a letter from its own page."""
    content = Selector(body).css(".content").get()
    if content is None:
        raise page_for_page(body, "留言页里没有正文（.content）")
    return text_of(content)


def moment_of(seconds: object) -> datetime:
    """A moment in epoch seconds. Raises Unreadable for one that no calendar has."""
    try:
        return datetime.fromtimestamp(int(str(seconds)), UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise Unreadable(f"时间“{quoted(str(seconds))}”不是秒数，平台可能改版了。") from error


def satisfaction_of(row: Json) -> float | None:
    """The writer's own mark: the mean of 解决程度, 办理态度 and 办理速度 (1–5 each), brought to 0–1."""
    grades = [grade for name in ("gradeLevel", "gradeManner", "gradeSpeed") if isinstance(grade := row.get(name), int)]
    return (sum(grades) / len(grades) - 1) / 4 if grades else None
