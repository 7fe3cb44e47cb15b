"""The signed interface of the board's own pages: envelopes out, letters in. Pure.

The signature is no secret: it is made of the request and of a code that the site gives every reader in its page.
"""

import json
from collections.abc import Iterator
from datetime import datetime
from hashlib import md5

from pydantic import JsonValue

from crawler.items import Item, Reply
from crawler.platforms.answers import Json, Unreadable, field, json_object, no_data
from crawler.platforms.liuyan.unsigned import UNNAMED, letter_of, moment_of, text_in
from crawler.reading.quoting import quoted

APP_CODE = "PC42ce3bfa4980a9"
LOCAL, MINISTRY, CONTENT = "/v1/threads/list/df", "/v1/threads/list/bw", "/v1/threads/content"
BOARDS, MINISTRIES = "/v1/forum/getTopForums", "/v1/forum/getTopBwForums"
PAGE = 10
_WRONG_SIGNATURE = "SN0006"
_LETTER, _ANSWER = 1, 4
"""`dataType` of what stands in a letter's content."""


def signature(path: str, param: str, app_code: str) -> str:
    """md5 of path (without its query), param and the first half of md5 of the code; checked with recorded requests.

    A signed-in reader's token would follow; nobody signs in here.
    """
    return _md5(f"{path.partition('?')[0]}{param}{_md5(app_code)[:16]}")


def envelope(path: str, param: str, app_code: str) -> dict[str, JsonValue]:
    """The JSON of a call. `param` is sent as the very text that is signed."""
    return {"appCode": app_code, "token": "", "signature": signature(path, param, app_code), "param": param}


def page_of(fid: int, last: str) -> str:
    """The param of a page of a board's list; the order of its keys is the site's."""
    return _compact({
        "fid": str(fid), "showUnAnswer": 1, "typeId": 5, "lastItem": last, "position": 0, "rows": PAGE, "orderType": 2,
    })  # fmt: skip


def content_of(tid: int) -> str:
    """The param of a letter's content."""
    return _compact({"tid": str(tid), "fromTrash": 0})


def parse_list(body: bytes) -> tuple[list[Json], str]:
    """The rows of a page and the `lastItem` of the next, empty at the end."""
    result = _result(body)
    rows = field(result, "data", list)
    for row in rows:
        tid_of(row)
    return rows, str(result.get("lastItem") or "")


def parse_content(body: bytes, row: Json, source: str, site: str, run: str, now: datetime) -> Iterator[Item]:
    """A letter with what its row in the list says of it, then the official answers."""
    parts = [part for part in field(_result(body), "contentList", list) if isinstance(part, dict)]
    said = next((part for part in parts if part.get("dataType") == _LETTER), None)
    if said is None:
        raise Unreadable("回答里没有来信正文（dataType 1），平台可能改版了。")
    known = {**said, **{name: value for name, value in row.items() if value is not None}}
    letter = letter_of({**known, "content": field(said, "content", str)}, tid_of(row), source, site, run, now)
    yield letter
    for part in parts:
        if part.get("dataType") == _ANSWER and part.get("content"):
            yield Reply(
                id=f"{letter.id}-{part.get('answerId') or field(part, 'dateline', int)}",
                platform="liuyan",
                source=source,
                comment_id=letter.id,
                unit=text_in(part, "organization") or text_in(known, "forumName") or UNNAMED,
                text=str(field(part, "content", str)),
                url=letter.url,
                replied_at=moment_of(field(part, "dateline", int)),
                collected_at=now,
                run=run,
            )


def parse_boards(body: bytes) -> dict[str, str]:
    """Names of boards by `fid`, wherever in the answer they stand: its shape is not known."""
    return dict(_boards(_result(body)))


def tid_of(row: object) -> int:
    """The number of a letter in the list."""
    if not isinstance(row, dict):
        raise Unreadable("列表里的一行不是来信，平台可能改版了。")
    tid = str(field(row, "tid", (int, str)))
    if not (tid.isascii() and tid.isdigit()):
        raise Unreadable("列表里的编号（tid）不是数字，平台可能改版了。")
    return int(tid)


def _boards(value: object) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        name = next((value[key] for key in ("forumName", "name", "forumname") if value.get(key)), None)
        if value.get("fid") and isinstance(name, str):
            yield str(value["fid"]), name
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _boards(inner)


def _result(body: bytes) -> Json:
    answer = json_object(body)
    code = str(field(answer, "code", (int, str)))
    if code == _WRONG_SIGNATURE:
        raise Unreadable(
            "留言板不认签名（SN0006），app_code 可能变了：请在网站页面的 SITE_CONFIG 里找，写进 options.app_code。"
        )
    if code != "0":
        why = str(answer.get("msg") or "没有说明")
        raise no_data(why, f"留言板没有给出数据（{code}，{quoted(why)}），请核对 fid。")
    result = field(answer, "resultData", (dict, list))
    return result if isinstance(result, dict) else {"data": result}


def _compact(param: dict[str, JsonValue]) -> str:
    return json.dumps(param, ensure_ascii=False, separators=(",", ":"))


def _md5(text: str) -> str:
    return md5(text.encode(), usedforsecurity=False).hexdigest()
