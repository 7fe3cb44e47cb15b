"""The town's leaders' board, answering as 领导留言板 does, unsigned (a list in JSON, a letter as a page) and signed."""

import json
import zlib
from collections.abc import Iterator, Mapping
from html import escape

from pydantic import JsonValue

from crawler.platforms.liuyan.signed import APP_CODE, BOARDS, CONTENT, signature
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


def signed_call(town: Town, path: str, asked: Mapping[str, JsonValue]) -> bytes:
    """The answer of the signed interface: a list without texts, a letter's content, the boards there are."""
    param = str(asked.get("param"))
    if not asked.get("param") or asked.get("signature") != signature(path, param, APP_CODE):
        return _json({"code": "SN0006", "msg": "数据格式错误"})
    wanted = json.loads(param)
    if path == BOARDS:
        return _result({"forums": [{"province": "示例省", "children": [{"fid": BOARD, "forumName": "示例县县长"}]}]})
    if path == CONTENT:
        number = int(wanted["tid"])
        return _result({"contentList": list(_parts(town.numbered[number]))} if number in town.numbered else {})
    last, size = int(wanted["lastItem"] or 0), int(wanted["rows"])
    known = sorted(town.numbered, reverse=True) if wanted["fid"] == str(BOARD) else []
    below = [number for number in known if not last or number < last][:size]
    hidden = ("content", "answerContent", "answerId", "answerOrganization", "answerDateline")
    rows = [
        {name: value for name, value in _row(number, town.numbered[number]).items() if name not in hidden}
        for number in below
    ]
    return _result({"data": rows, "lastItem": str(below[-1]) if below else ""})


def _parts(letter: Letter) -> Iterator[dict[str, object]]:
    yield {
        "dataType": 1, "content": letter.text, "dateline": int(letter.at.timestamp()), "nickName": letter.author,
        "stateInfo": letter.status, "tags": [],
    }  # fmt: skip
    if reply := letter.reply:
        at = int(reply.at.timestamp())
        yield {"dataType": 4, "content": reply.text, "dateline": at, "organization": reply.unit}


def _result(value: object) -> bytes:
    return _json({"code": 0, "msg": "ok", "resultData": value})


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
