"""领导留言板: the parsers on answers as recorded, and a crawl of the whole board of the town."""

import json
from datetime import UTC, datetime

import pytest

from crawler.items import Comment, Reply
from crawler.platforms.answers import Refused, Unreadable
from crawler.platforms.liuyan.unsigned import parse_full_text, parse_letter, parse_list
from crawler.town.server import TownServer, answering
from tests.installation import Installation
from tests.servers.village import LETTERS, REPLIES, VILLAGE

NOW = datetime(2026, 11, 24, tzinfo=UTC)
ROW = {
    "tid": 26050003,
    "userId": 998877,
    "nickName": "陈***",
    "subject": "电梯什么时候装",
    "content": "请问 6 楼老人 < 80 岁能不能先装？",
    "dateline": 1780489000,
    "from": " 示例省 示例县",
    "stateInfo": "已办理",
    "typeName": "咨询",
    "domainName": "城建",
    "forumName": "示例县县长",
    "answerId": 260500031,
    "answerContent": "网友您好！已安排。",
    "answerOrganization": "示例县住房和城乡建设局",
    "answerDateline": 1780575400,
    "gradeLevel": 5,
    "gradeManner": 4,
    "gradeSpeed": 3,
    "favNum": 7,
}


def page(*rows: dict[str, object]) -> bytes:
    return json.dumps({"result": "success", "resultDesc": "", "responseData": list(rows)}).encode()


def test_a_letter_and_its_answer_are_read() -> None:
    letter, reply = parse_letter(ROW, "board", "https://liuyan.people.com.cn", "board:1", NOW)
    assert isinstance(letter, Comment)
    assert letter.id == "liuyan:26050003"
    assert (letter.kind, letter.category, letter.domain, letter.status) == ("letter", "咨询", "城建", "已办理")
    assert letter.text == "请问 6 楼老人 < 80 岁能不能先装？"
    assert letter.posted_at == datetime(2026, 6, 3, 12, 16, 40, tzinfo=UTC)
    assert letter.author == "998877"
    assert letter.satisfaction == pytest.approx(0.75)
    assert letter.url == "https://liuyan.people.com.cn/threads/content?tid=26050003"
    assert isinstance(reply, Reply)
    assert (reply.comment_id, reply.unit) == (letter.id, "示例县住房和城乡建设局")
    assert reply.replied_at - letter.posted_at == datetime(2026, 6, 2) - datetime(2026, 6, 1)


def test_a_letter_without_answer_waits() -> None:
    waiting = {
        **ROW,
        "answerContent": None,
        "answerDateline": None,
        "gradeLevel": None,
        "gradeManner": None,
        "gradeSpeed": None,
    }
    (letter,) = parse_letter(waiting, "board", "https://liuyan.people.com.cn", "board:1", NOW)
    assert letter.satisfaction is None


def test_an_empty_list_is_the_end() -> None:
    assert parse_list(page()) == []


@pytest.mark.parametrize(
    ("body", "kind", "words"),
    [
        (b"", Refused, "空白回答"),
        (b"<html>login</html>", Refused, "得到的是网页"),
        (page(ROW)[:-40], Unreadable, "断了或写错了"),
        (b"[]", Unreadable, "不是预期的结构"),
        (
            b'{"result":"fail","resultDesc":"\xe7\x89\x88\xe5\x9d\x97\xe4\xb8\x8d\xe5\xad\x98\xe5\x9c\xa8","responseData":null}',
            Unreadable,
            "版块不存在",
        ),
        (b'{"result":"success"}', Unreadable, "没有“responseData”"),
        (page({**ROW, "tid": "26050003"}), Unreadable, "“tid”换了类型"),
        (page(ROW, ROW), Unreadable, "没有按编号从新到旧"),
    ],
)
def test_anything_else_is_said(body: bytes, kind: type[Exception], words: str) -> None:
    with pytest.raises(kind, match=words):
        parse_list(body)


def test_a_page_without_text_is_a_changed_page() -> None:
    with pytest.raises(Unreadable, match="没有正文"):
        parse_full_text("<html><div class='body'>…</div></html>")


def test_the_whole_board_comes_in_with_its_answers(installation: Installation) -> None:
    town = VILLAGE
    with TownServer(answering(town)) as server:
        installation.write_board(server.url)
        first = installation.run("crawl", "board")
        again = installation.run("crawl", "board")
    assert first.code == 0, first.err
    assert again.code == 0
    assert "入库 0" in again.out
    assert [(run.outcome, run.stored) for run in installation.runs()] == [
        ("complete", LETTERS + REPLIES),
        ("complete", 0),
    ]
    assert (installation.data / "logs" / "crawl.log").read_text() == ""
    comments = {comment.id: comment for comment in installation.comments()}
    assert len(comments) == LETTERS
    for number, letter in town.numbered.items():
        kept = comments[f"liuyan:{number}"]
        assert kept.posted_at == letter.at
        assert kept.status == letter.status
        assert [reply.unit for reply in kept.replies] == ([letter.reply.unit] if letter.reply else [])
        assert (kept.reply_hours is None) == (letter.reply is None)


def test_letters_older_than_since_are_left(installation: Installation) -> None:
    with TownServer(answering(VILLAGE)) as server:
        installation.write_board(server.url)
        path = installation.data / "sources.toml"
        path.write_text(path.read_text() + "since = 2026-07-01\n")
        assert installation.run("crawl", "board").code == 0
    moments = sorted(comment.posted_at for comment in installation.comments())
    assert len(moments) == sum(letter.at.date().isoformat() >= "2026-07-01" for letter in VILLAGE.letters)
