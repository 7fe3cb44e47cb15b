"""人民网领导留言板 (liuyan.people.com.cn): letters to a leader's board with their official answers.

Pages   POST threads/queryThreadsList with `fid` and `lastItem` (0, then the last `tid` received); newest first, 10–20 a
        page, tids strictly falling. A text that the list cuts off is completed from the letter's own page.
Ends    with an empty list, or at the first letter older than the source's `since`.
Refuses with 403, 429 or an empty body when asked too fast; an unknown `fid` is `result: "fail"`.

Nicknames are already masked by the board and shared by many; the account number tells writers apart until it is
replaced by a pseudonym. Collected from the unsigned interface only (facts as recorded in 2021 and used in 2026).
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise
from urllib.parse import urljoin

from parsel import Selector
from pydantic import AnyHttpUrl, Field
from scrapy import Request
from scrapy.http import Response

from crawler.items import Comment, Item, Reply
from crawler.platforms.answers import Json, Unreadable, field, json_object
from crawler.platforms.base import Options, PlatformSpider
from crawler.reading.html import text_of

LIST = "/pro-dfbbs-front/threads/queryThreadsList"
BOARD = "/pro-dfbbs-front/forum/list?fid={fid}"
LETTER = "/threads/content?tid={tid}"
_CUT = ("…", "...")


def parse_list(body: bytes) -> list[Json]:
    """The rows of one page of the list, newest first."""
    answer = json_object(body)
    if answer.get("result") != "success":
        raise Unreadable(f"留言板没有给出列表（{answer.get('resultDesc') or '没有说明'}），请核对 fid。")
    rows = field(answer, "responseData", list)
    tids = [field(row, "tid", int) for row in rows]
    if any(later >= earlier for earlier, later in pairwise(tids)):
        raise Unreadable("列表没有按编号从新到旧排列，平台可能改版了。")
    return rows


def parse_letter(row: Json, source: str, site: str, run: str, now: datetime) -> Iterator[Item]:
    """A row as a letter and, where it is answered, the official reply."""
    tid = field(row, "tid", int)
    address = urljoin(site, LETTER.format(tid=tid))
    letter = f"liuyan:{tid}"
    yield Comment(
        id=letter,
        platform="liuyan",
        source=source,
        kind="letter",
        title=str(row.get("subject") or ""),
        text=str(field(row, "content", str)),
        url=address,
        posted_at=_moment(field(row, "dateline", int)),
        collected_at=now,
        run=run,
        author=str(row["userId"]) if row.get("userId") else None,
        author_region=row.get("from"),
        likes=row.get("favNum"),
        category=row.get("typeName"),
        domain=row.get("domainName"),
        status=row.get("stateInfo"),
        satisfaction=_satisfaction(row),
    )
    if row.get("answerContent"):
        yield Reply(
            id=f"liuyan:{tid}-{row.get('answerId') or 'answer'}",
            platform="liuyan",
            source=source,
            comment_id=letter,
            unit=str(row.get("answerOrganization") or row.get("forumName") or "答复单位未注明"),
            text=str(row["answerContent"]),
            url=address,
            replied_at=_moment(field(row, "answerDateline", int)),
            collected_at=now,
            run=run,
        )


def parse_full_text(body: str) -> str:
    """The whole text of a letter from its own page."""
    content = Selector(body).css(".content").get()
    if content is None:
        raise Unreadable("留言页里没有正文（.content），平台可能改版了。")
    return text_of(content)


def _moment(seconds: object) -> datetime:
    return datetime.fromtimestamp(int(str(seconds)), UTC)


def _satisfaction(row: Json) -> float | None:
    """The mean of 解决程度, 办理态度 and 办理速度 (1–5 each), brought to 0–1."""
    grades = [grade for name in ("gradeLevel", "gradeManner", "gradeSpeed") if isinstance(grade := row.get(name), int)]
    return (sum(grades) / len(grades) - 1) / 4 if grades else None


class LiuyanOptions(Options):
    """`fid` is the number of the leader's board; `site` is only changed in tests and in the made-up town."""

    fid: int = Field(gt=0)
    site: AnyHttpUrl = AnyHttpUrl("https://liuyan.people.com.cn")


class LiuyanSpider(PlatformSpider):
    """All letters of one board; see the module's docstring."""

    name = "liuyan"
    options_model = LiuyanOptions
    options: LiuyanOptions

    def addresses(self) -> list[str]:
        """The board's site."""
        return [str(self.options.site)]

    def begin(self) -> Iterator[Request]:
        """The board's page first, as a reader would: it sets the cookies."""
        yield self.ask(self.read_board, self._url(BOARD.format(fid=self.options.fid)))

    def read_board(self, _response: Response) -> Iterator[Request]:
        """Nothing is read from the page itself."""
        yield self._ask_list(last=0)

    def read_list(self, response: Response, last: int) -> Iterator[Item | Request]:
        """One page of letters, and the page after it."""
        rows = parse_list(response.body)
        if not rows:
            return
        if last and rows[0]["tid"] >= last:
            raise Unreadable("翻页没有前进，已停止。")
        for row in rows:
            if self.too_old(_moment(field(row, "dateline", int))):
                return
            if str(row.get("content")).endswith(_CUT):
                yield self.ask(self.read_letter, self._url(LETTER.format(tid=row["tid"])), row=row)
            else:
                yield from self._letter(row)
        yield self._ask_list(last=rows[-1]["tid"])

    def read_letter(self, response: Response, row: Json) -> Iterator[Item]:
        """A letter whose text the list had cut."""
        yield from self._letter({**row, "content": parse_full_text(response.text)})

    def _letter(self, row: Json) -> Iterator[Item]:
        return parse_letter(row, self.entry.id, str(self.options.site), self.tally.run, datetime.now(UTC))

    def _ask_list(self, last: int) -> Request:
        board = self._url(BOARD.format(fid=self.options.fid))
        form = {"fid": str(self.options.fid), "lastItem": str(last), "pageSize": "20"}
        headers = {"Referer": board, "X-Requested-With": "XMLHttpRequest"}
        return self.ask(self.read_list, self._url(LIST), form=form, headers=headers, last=last)

    def _url(self, path: str) -> str:
        return urljoin(str(self.options.site), path)
