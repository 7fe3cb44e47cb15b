"""Letterboxes on loopback, each answering in its board's own form. The letters are written here; nobody wrote them."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape

from crawler.town.server import Answered, Answering, Asked


@dataclass(frozen=True, slots=True)
class Written:
    """A letter with its answer, where there is one; `at` and `answered` are `2026-08-28 08:30:00`."""

    id: str
    kind: str
    title: str
    text: str
    author: str
    at: str
    unit: str = ""
    answer: str = ""
    answered: str = ""
    remark: str = ""


LETTERS = tuple(
    Written(
        id=f"AH260{900 - number}{number:04}",
        kind=("咨询", "建议", "投诉")[number % 3],
        title=f"第 {number} 封：{('加装电梯', '“停车”收费', '学校午餐')[number % 3]}怎么办",
        text=f"我家那栋楼的事，问了第 {number} 次。\n3 < 5，他说'可以'，\"真的\"吗？",
        author=("柳***", "树下乘凉", "陈女士")[number % 3],
        at=f"2026-{8 - number // 8:02}-{28 - number % 8 * 3:02} 08:{number:02}:00",
        unit="示例县住房和城乡建设局" if number % 4 else "",
        answer=f"您好，第 {number} 封来信收悉。\n已安排办理。" if number % 4 else "",
        answered=f"2026-09-{number % 27 + 1:02} 16:30:00" if number % 4 else "",
        remark=f"第 {number} 件还没有解决，只打了一个电话。" if number % 5 == 1 else "",
    )
    for number in range(23)
)
"""Newest first, as the boards list them; every fourth waits."""

ANSWERED = sum(bool(letter.answer) for letter in LETTERS)
REMARKS = sum(bool(letter.remark) for letter in LETTERS)
ROBOTS = Answered(b"User-agent: *\nDisallow:\n", content_type="text/plain")
NOWHERE = Answered(b"<h1>404</h1>", 404)
_DETAILS = {
    "咨询": "com.web.consult.consultDetail",
    "建议": "com.web.suggest.suggesDetail",
    "投诉": "com.web.complain.complainDetail",
}

Letters = Sequence[Written]


def beijing(letters: Letters = LETTERS) -> Answering:
    """首都之窗: both lists, and a page a letter at the address of its kind. The cookie is wanted."""
    by_detail = {f"/hudong/hdjl/{_DETAILS[letter.kind]}.flow": letter.kind for letter in letters}

    def answer(asked: Asked) -> Answered:
        if asked.path == "/hudong/hdjl/":
            return Answered(b"<!doctype html><title>letters</title>", headers={"Set-Cookie": "JSESSIONID=b"})
        if asked.path.endswith("mailList.biz.ext"):
            begin, length = int(asked.form["PageCond/begin"]), int(asked.form["PageCond/length"])
            rows = [_beijing_row(letter) for letter in letters[begin : begin + length]]
            return _json({"PageCond": {"begin": begin, "count": len(letters)}, "mailList": rows})
        if asked.path.endswith("letterListJson.action"):
            page, size = int(asked.query["page.pageNo"]), int(asked.query["page.pageSize"])
            return Answered(_loose(letters, page, size).encode(), content_type="text/html; charset=utf-8")
        if asked.path in by_detail:
            wanted = asked.query.get("originalId"), by_detail[asked.path]
            return _page(_beijing_page(found) if (found := _one(letters, *wanted)) else None)
        return NOWHERE

    return _with_robots(answer)


def _beijing_row(letter: Written) -> Mapping[str, object]:
    return {
        "letter_type": letter.kind, "original_id": letter.id, "letter_title": letter.title,
        "create_date": letter.at[:10], "isReply": bool(letter.answer), "catalog_id": "1", "org_id": "7",
    }  # fmt: skip


def _loose(letters: Letters, page: int, size: int) -> str:
    def quoted(text: str) -> str:
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n") + "'"

    rows = ",".join(
        f"{{originalId:{quoted(letter.id)},letterType:'1',letterTypeName:{quoted(letter.kind)},"
        f"letterTitle:{quoted(letter.title)},showLetterTitle:{quoted(letter.title[:9])},"
        f"writeDate:'{letter.at[:10]}',orgNames:{quoted(letter.unit)},showOrgNames:''}}"
        for letter in letters[(page - 1) * size : page * size]
    )
    pages = -(-len(letters) // size)
    return f"{{page:{{pageNo:{page},totalCount:{len(letters)},totalPages:{pages},pageSize:{size}}},result:[{rows}]}}"


def _beijing_page(letter: Written) -> str:
    answer = (
        f'<div class="row"><div class="col-xs-9 my-2">{escape(letter.unit)}</div>'
        f'<div class="col-xs-12 col-sm-3 col-md-3 my-2">答复时间：{letter.answered[:10]}</div>'
        f'<div class="col-xs-12 col-md-12 column p-4 text-muted my-3"><p>{_lines(letter.answer)}</p></div></div>'
    )
    return (
        f'<!doctype html><meta charset="utf-8"><title>信件</title><div class="col-xs-10"><strong>{escape(letter.title)}'
        '</strong></div><div class="col-xs-12 my-3"><div class="col-xs-10 text-muted">来信人：'
        f"{escape(letter.author)}</div></div>"
        f'<div class="col-xs-12"><div class="col-xs-5">时间：{letter.at[:10]}</div></div>'
        f'<div class="col-xs-12 col-md-12 column p-2 text-muted mx-2">{_lines(letter.text)}</div>'
        + (answer if letter.answer else "")
    )


def wuhan(letters: Letters = LETTERS) -> Answering:
    """城市留言板: forms in, JSON out, plain text; at most a hundred a page."""
    domain = {"咨询": "城建", "建议": "交通", "投诉": "教育"}

    def answer(asked: Asked) -> Answered:
        name = asked.path.removeprefix("/messageboard/internetUserInterface/")
        if name == "selectThreadsByGroup" and asked.method == "POST" and asked.form.get("fid") == "42":
            size, page = min(100, int(asked.form["pageSize"])), int(asked.form["pageNum"])
            rows = [row(letter) for letter in letters[(page - 1) * size : page * size]]
            return _json({"total": len(letters), "rows": rows, "other": {"forum": {"fid": 42}}})
        if name == "selectThreadsOne" and (letter := _one(letters, asked.form.get("tid"))):
            answers = [{
                "asContent": letter.answer, "organization": letter.unit, "dateline_txt": letter.answered,
                "feedbackContent": letter.remark or None, "feedbackCreateTime": "2026-10-30 09:00:00",
            }] if letter.answer else []  # fmt: skip
            return _json({"threadsObj": {**row(letter), "answersList": answers}})
        return NOWHERE

    def row(letter: Written) -> dict[str, object]:
        return {
            "tid": letter.id, "subject": letter.title, "content": letter.text, "dateline": _seconds(letter.at),
            "dateline_txt": letter.at, "domainId_txt": domain[letter.kind], "typeId_txt": letter.kind, "queryCode": "x",
        }  # fmt: skip

    return _with_robots(answer)


def hunan(letters: Letters = LETTERS) -> Answering:
    """百姓呼声: JSON in, JSON out, texts in HTML; answers and what other people said."""

    def answer(asked: Asked) -> Answered:
        if asked.path == "/front/msg/list" and asked.method == "POST":
            page, size = asked.json["page"], asked.json["page_num"]
            assert (type(page), type(size)) == (int, int)
            rows = [row(letter) for letter in letters[(page - 1) * size : page * size]]
            return _json({"status": "1", "data": {"rows": rows, "total": len(letters)}})
        if asked.path == "/front/msg/detail" and (letter := _one(letters, asked.query.get("id"))):
            reply = {"content": f"<p>{_lines(letter.answer)}</p>", "reply_time": letter.answered, "name": letter.unit}
            remark = {
                "id": 9,
                "content": f"<p>{letter.remark}</p>",
                "created_at": "2026-10-30 09:00:00",
                "nickname": "楼上的猫",
            }
            data = {
                "content": f"<div>{_lines(letter.text)}</div>",
                "reply": [reply] if letter.answer else [],
                "comment": [remark] if letter.remark else [],
            }
            return _json({"status": "1", "data": data})
        return _json({"status": "0", "msg": "参数错误"})

    def row(letter: Written) -> dict[str, object]:
        return {
            "id": letter.id, "title": letter.title, "created_at": letter.at, "type_name": letter.kind,
            "nickname": letter.author, "city_id": 1, "area_id": 2, "is_reply": int(bool(letter.answer)),
            "reply_name": letter.unit or None, "reply_time": letter.answered or None, "click_num": 8,
        }  # fmt: skip

    return _with_robots(answer)


def chengdu(letters: Letters = LETTERS) -> Answering:
    """12345 of Chengdu: a list of 15 in HTML, its total in a script; relative links."""

    def answer(asked: Asked) -> Answered:
        if asked.path == "/moreMail":
            page = int(asked.query.get("page") or 1)
            rows = "".join(
                f'<li class="f12px"><a href="moreDetail?id={1000 + place}"><div>{escape(letter.title)}</div></a>'
                f"<div>{letter.author}</div><div>{letter.unit}</div><div>已办</div><div>{letter.kind}</div><div>8</div></li>"
                for place, letter in list(enumerate(letters))[(page - 1) * 15 : page * 15]
            )
            script = f"<div class='pages'><script>var iRecCount = {len(letters)};</script></div>"
            return _page(f"<title>more</title><div class='left5'><ul>{rows}</ul></div>{script}")
        if asked.path == "/moreDetail":
            letter = letters[int(asked.query["id"]) - 1000]
            last = f"<tr><td>办理结果：</td><td class='td2'>{_lines(letter.answer)}</td></tr>" if letter.answer else ""
            times = f"<td class='td32'>{letter.at}</td><td class='td32'>{letter.answered}</td>"
            return _page(
                f"<title>mail</title><div class='rightside1'><table>"
                f"<tr><td class='td2'>{escape(letter.title)}</td></tr>"
                f"<tr>{times}</tr><tr><td class='td2'>{_lines(letter.text)}</td></tr>{last}</table></div>"
            )
        return NOWHERE

    return _with_robots(answer)


def sichuan(letters: Letters = LETTERS) -> Answering:
    """问政四川: lists without a total, several links a row; several paragraphs, several answers."""

    def answer(asked: Asked) -> Answered:
        if asked.path == "/main/thredlist" and asked.query.get("fid") == "1789":
            page = int(asked.query["page"])
            rows = "".join(
                f"<a href='/user'>作者</a><a href='/thread?tid={letter.id[2:]}'><img></a>"
                f"<a href='/thread?tid={letter.id[2:]}'>{escape(letter.title)}</a>"
                for letter in letters[(page - 1) * 10 : page * 10]
            )
            return _page(f"<title>list</title><div class='con_lylist w1000 auto'>{rows}&nbsp;</div>")
        if asked.path == "/thread" and (letter := _one(letters, "AH" + asked.query.get("tid", ""))):
            words = "".join(f"<p>{escape(line)}</p>" for line in letter.text.split("\n"))
            replied = f"{letter.unit} 回复时间：{letter.answered[:16]}"
            reply = f"<em>{letter.unit}</em><i>{replied}</i><p>{_lines(letter.answer)}</p>"
            return _page(
                f"<title>thread</title><div class='c1'><em>{escape(letter.title)}</em>"
                f"<i>{letter.author} {letter.at[:16]}</i>{words}</div>"
                + (f"<div class='c3'>{reply}</div>" if letter.answer else "")
            )
        return NOWHERE

    return _with_robots(answer)


def yantai(letters: Letters = LETTERS) -> Answering:
    """网上民声: JSON; the names inside are as guessed as the preset's."""
    base = "/public/index.php/pc/v1/"

    def answer(asked: Asked) -> Answered:
        if asked.path == f"{base}home/askList/0":
            page, size = int(asked.query["page"]), int(asked.query["size"])
            rows = [
                {"id": letter.id, "title": letter.title, "type_name": letter.kind, "city_name": "烟台市"}
                for letter in letters[(page - 1) * size : page * size]
            ]
            return _json({"code": 200, "msg": "ok", "data": {"data": rows, "total": len(letters)}})
        if asked.path.startswith(f"{base}askInfo/") and (letter := _one(letters, asked.path.rpartition("/")[2])):
            master = {"title": letter.title, "content": _lines(letter.text), "create_time": letter.at}
            one = {"content": _lines(letter.answer), "create_time": letter.answered, "dept_name": letter.unit}
            return _json({"code": 200, "data": {"master": master, "one": one if letter.answer else None, "two": []}})
        return _json({"code": 500, "msg": "不存在"})

    return _with_robots(answer)


BOARDS: Mapping[str, tuple[Callable[[Letters], Answering], str]] = {
    "beijing": (beijing, ""),
    "beijing-index": (beijing, ""),
    "wuhan": (wuhan, 'fid = "42"'),
    "hunan": (hunan, ""),
    "chengdu": (chengdu, ""),
    "sichuan": (sichuan, 'fid = "1789"'),
    "yantai": (yantai, ""),
}
"""Each preset with its board, and the parameters that it needs."""


def _with_robots(answer: Answering) -> Answering:
    return lambda asked: ROBOTS if asked.path == "/robots.txt" else answer(asked)


def _one(letters: Letters, identity: str | None, kind: str | None = None) -> Written | None:
    return next((letter for letter in letters if letter.id == identity and kind in {None, letter.kind}), None)


def _lines(text: str) -> str:
    return escape(text).replace("\n", "<br>")


def _json(value: object) -> Answered:
    return Answered(json.dumps(value, ensure_ascii=False).encode(), content_type="application/json;charset=UTF-8")


def _page(html: str | None) -> Answered:
    return Answered(f"<!doctype html><meta charset='utf-8'>{html}".encode()) if html is not None else NOWHERE


def _seconds(at: str) -> int:
    return int(datetime.fromisoformat(f"{at}+08:00").timestamp())
