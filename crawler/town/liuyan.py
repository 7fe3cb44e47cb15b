"""The town's leaders' board, answering as 领导留言板's unsigned interface does: a list in JSON, a letter as a page."""

import json
import zlib
from collections.abc import Mapping
from html import escape

from crawler.town.corpus import Letter, Town

BOARD = 5001
"""The number (`fid`) of the county leader's board."""

LARGEST_PAGE = 20
SMALLEST_PAGE = 10
CUT_AT = 200
"""Characters after which the list shortens a text."""

_TYPES = {"咨询": 1, "建言": 2, "投诉": 3, "感谢": 4}


def letters_list(town: Town, form: Mapping[str, str]) -> bytes:
    """The answer to queryThreadsList: letters below `lastItem`, newest first. An unknown board fails."""
    if form.get("fid") != str(BOARD):
        return _json({"result": "fail", "resultDesc": "版块不存在", "responseData": None})
    last = int(form.get("lastItem") or 0)
    size = min(LARGEST_PAGE, max(SMALLEST_PAGE, int(form.get("pageSize") or LARGEST_PAGE)))
    below = [number for number in sorted(town.numbered, reverse=True) if not last or number < last]
    rows = [_row(number, town.numbered[number]) for number in below[:size]]
    return _json({"result": "success", "resultDesc": "", "responseData": rows})


def letter_page(town: Town, number: int) -> str | None:
    """A letter's own page with its whole text; None where there is no such letter."""
    letter = town.numbered.get(number)
    if letter is None:
        return None
    answer = f'<section class="reply"><p>{_paragraphs(letter.reply.text)}</p></section>' if letter.reply else ""
    return (
        f'<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>{escape(letter.subject)}（虚构）</title>'
        f"<h1>{escape(letter.subject)}</h1>"
        f'<div class="content">{_paragraphs(letter.text)}</div>{answer}<footer>示例县为虚构。</footer></html>'
    )


def _row(number: int, letter: Letter) -> dict[str, object]:
    reply = letter.reply
    level, manner, speed = reply.grades if reply and reply.grades else (None, None, None)
    text = letter.text if len(letter.text) <= CUT_AT else letter.text[:CUT_AT] + "…"
    return {
        "tid": number,
        "userId": zlib.crc32(f"{letter.author}{letter.at}".encode()),
        "fid": BOARD,
        "typeId": _TYPES[letter.type],
        "typeName": letter.type,
        "domainName": letter.domain,
        "nickName": letter.author,
        "subject": letter.subject,
        "content": text,
        "dateline": int(letter.at.timestamp()),
        "threadsCheckTime": int(letter.at.timestamp()) + 3600,
        "ip": "127.0.0.*",
        "from": " 示例省 示例县",
        "stateInfo": letter.status,
        "forumName": "示例县县长",
        "sourceName": "示例县（虚构）",
        "answerId": number * 10 + 1 if reply else None,
        "answerContent": reply.text if reply else None,
        "answerOrganization": reply.unit if reply else None,
        "answerDateline": int(reply.at.timestamp()) if reply else None,
        "gradeLevel": level,
        "gradeManner": manner,
        "gradeSpeed": speed,
        "favNum": letter.likes,
    }


def _paragraphs(text: str) -> str:
    return "<br>".join(escape(line) for line in text.split("\n"))


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()
