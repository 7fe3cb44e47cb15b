"""The signed interface of 领导留言板: its signature on recorded requests, its parsers, and the town's board by it."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.items import Comment, Reply
from crawler.platforms.answers import Refused, Unreadable
from crawler.platforms.liuyan.signed import (
    APP_CODE,
    content_of,
    envelope,
    page_of,
    parse_boards,
    parse_content,
    parse_list,
    signature,
)
from crawler.town.server import TownServer, answering
from tests.installation import ASSESSED, Installation
from tests.servers.village import LETTERS, REPLIES, VILLAGE

NOW = datetime(2026, 11, 24, tzinfo=UTC)
LIST = "/v1/threads/list/df"
ROW = {
    "tid": 26050003,
    "subject": "电梯",
    "dateline": 1780489000,
    "typeName": "咨询",
    "stateInfo": "已办理",
    "userId": 7,
}
SAID = {"dataType": 1, "content": "3 < 5 吗", "dateline": 1780489000, "nickName": "陈***"}
ANSWER = {"dataType": 4, "content": "您好。", "dateline": 1780575400, "organization": "示例县住房和城乡建设局"}


def answer(result: object, code: object = 0) -> bytes:
    return json.dumps({"code": code, "msg": "ok", "resultData": result}).encode()


@pytest.mark.parametrize(
    ("param", "recorded"),
    [
        (page_of(559, ""), "9f41eaf88787382c14da461be7079546"),
        (page_of(593, "").replace('"position":0', '"position":"0"'), "a7db9282e68f7ccceff0785b444c2194"),
    ],
)
def test_the_signature_is_that_of_recorded_requests(param: str, recorded: str) -> None:
    assert signature(LIST, param, APP_CODE) == signature(f"{LIST}?a=1", param, APP_CODE) == recorded
    assert envelope(LIST, param, APP_CODE) == {"appCode": APP_CODE, "token": "", "signature": recorded, "param": param}


def test_a_param_is_as_the_site_writes_it() -> None:
    assert content_of(26109861) == '{"tid":"26109861","fromTrash":0}'


def test_a_list_is_read_with_where_it_goes_on() -> None:
    assert parse_list(answer({"data": [ROW], "lastItem": "26050003"})) == ([ROW], "26050003")
    assert parse_list(answer({"data": []})) == ([], "")


def test_a_letter_and_its_answers_are_read() -> None:
    letter, reply = parse_content(
        answer({"contentList": [SAID, {"dataType": 9}, ANSWER]}), ROW, "board", "https://liuyan.people.com.cn", "r", NOW
    )
    assert isinstance(letter, Comment)
    assert (letter.id, letter.text, letter.author, letter.category) == ("liuyan:26050003", "3 < 5 吗", "7", "咨询")
    assert letter.posted_at == datetime(2026, 6, 3, 12, 16, 40, tzinfo=UTC)
    assert isinstance(reply, Reply)
    assert (reply.comment_id, reply.unit) == (letter.id, "示例县住房和城乡建设局")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'{"code":"SN0006","msg":"x"}', "app_code 可能变了"),
        (answer({}, 500), "没有给出数据（500"),
        (answer({}), "没有“data”"),
        (answer({"data": [7]}), "不是来信"),
        (b"<title>404</title>", "得到的是网页"),
    ],
)
def test_anything_else_is_said(body: bytes, words: str) -> None:
    with pytest.raises(Unreadable, match=words):
        parse_list(body)


def test_boards_are_found_wherever_they_stand() -> None:
    tree = [{"fid": 1, "name": "甲", "children": [{"fid": 2, "forumName": "乙"}, {"fid": 3}]}]
    assert parse_boards(answer(tree)) == {"1": "甲", "2": "乙"}


NAMES = st.sampled_from(["data", "tid", "lastItem", "contentList", "dataType", "content", "dateline", "fid", "name"])
PLAIN = st.none() | st.booleans() | st.integers(0, 5) | st.just(2**70) | st.text(max_size=4) | st.just(1780489000)
TREES = st.recursive(PLAIN, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner), max_leaves=12)


@given(result=TREES)
def test_whatever_is_answered_is_read_or_said(result: object) -> None:
    body = answer(result)
    for read in (parse_list, parse_boards, lambda given: list(parse_content(given, ROW, "b", "https://a", "r", NOW))):
        try:
            read(body)
        except (Refused, Unreadable) as told:
            assert str(told)


def write(installation: Installation, site: str, more: str = "") -> None:
    options = f'{{ fid = 5001, way = "signed", site = "{site}"{more} }}'
    installation.write(f'[[source]]\nid = "board"\nplatform = "liuyan"\n{ASSESSED}options = {options}\n')


def test_the_whole_board_comes_in_signed(installation: Installation) -> None:
    with TownServer(answering(VILLAGE)) as server:
        write(installation, server.url)
        ended = installation.run("crawl", "board")
        looked = installation.run("check", "--source", "board")
        write(installation, server.url, ', app_code = "PC0"')
        refused = installation.run("crawl", "board")
    assert (ended.code, refused.code) == (0, 1), ended.out
    assert [(run.outcome, run.stored) for run in installation.runs()] == [
        ("complete", LETTERS + REPLIES),
        ("failed", 0),
    ]
    assert "app_code 可能变了" in refused.out
    comments = {comment.id: comment for comment in installation.comments()}
    for number, letter in VILLAGE.numbered.items():
        kept = comments[f"liuyan:{number}"]
        assert (kept.title != "", kept.posted_at, kept.status) == (True, letter.at, letter.status)
        assert [reply.unit for reply in kept.replies] == ([letter.reply.unit] if letter.reply else [])
    assert (looked.code, "5001" in looked.out, "示例县县长" in looked.out) == (0, True, True)


@pytest.mark.parametrize(("way", "words"), [("signed", "没有这个编号，它下面也没有来信"), ("unsigned", "请核对 fid")])
def test_a_board_that_is_not_there_is_said_before_it_is_crawled(
    installation: Installation, way: str, words: str
) -> None:
    with TownServer(answering(VILLAGE)) as server:
        options = f'{{ fid = 999, way = "{way}", site = "{server.url}" }}'
        installation.write(f'[[source]]\nid = "board"\nplatform = "liuyan"\n{ASSESSED}options = {options}\n')
        looked = installation.run("check", "--source", "board")
    assert (looked.code, words in looked.out, "5001" in looked.out) == (1, True, True), looked.out
