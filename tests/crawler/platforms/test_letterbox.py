"""Letterboxes: every preset against its board, and whatever a board may do instead of answering."""

import re
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from crawler.items import Comment, Reply
from crawler.town.server import Answered, Answering, Asked, TownServer
from tests.installation import ASSESSED, Installation
from tests.servers import faults
from tests.servers.letterboxes import ANSWERED, BOARDS, LETTERS, REMARKS, beijing, hunan

SHANGHAI = ZoneInfo("Asia/Shanghai")
DATES_ONLY = ("beijing", "beijing-index")
REMARKS_OF = {"hunan": REMARKS, "wuhan": sum(bool(letter.remark and letter.answer) for letter in LETTERS)}


def source(name: str, preset: str, site: str, more: str = "") -> str:
    parameters = BOARDS[preset][1] if preset in BOARDS else ""
    options = f'{{ preset = "{preset}", site = "{site}", parameters = {{ {parameters} }} }}'
    return f'[[source]]\nid = "{name}"\nplatform = "letterbox"\n{ASSESSED}{more}options = {options}\n'


@pytest.fixture(scope="module")
def twice(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """All boards, crawled twice, all of their letters."""
    installation = Installation(tmp_path_factory.mktemp("boards") / "data")
    with ExitStack() as stack:
        servers = {name: stack.enter_context(TownServer(board(LETTERS))) for name, (board, _) in BOARDS.items()}
        installation.write(
            "".join(source(name, name, server.url, "overlap = 3650\n") for name, server in servers.items())
        )
        for _ in range(2):
            ended = installation.run("crawl", "--all")
            assert ended.code == 0, ended.out + ended.err
    assert (installation.data / "logs" / "crawl.log").read_text() == ""
    return installation


@pytest.mark.parametrize("preset", BOARDS)
def test_a_whole_board_comes_in_with_its_answers(twice: Installation, preset: str) -> None:
    remarks = REMARKS_OF.get(preset, 0)
    stored = len(LETTERS) + ANSWERED + remarks
    runs = [(run.outcome, run.stored, run.unchanged) for run in twice.runs() if run.source == preset]
    assert runs == [("complete", stored, 0), ("complete", 0, stored)]
    heard = [comment for comment in twice.comments() if comment.source == preset]
    letters = {comment.title: comment for comment in heard if comment.kind == "letter"}
    assert len(letters) == len(LETTERS)
    for letter in LETTERS:
        kept = letters[letter.title]
        at = datetime.fromisoformat(letter.at).replace(tzinfo=SHANGHAI)
        if preset in DATES_ONLY:
            at = at.replace(hour=0, minute=0)
        assert (kept.posted_at, kept.posted_precision == "day") == (at, preset in DATES_ONLY)
        assert kept.text == letter.text
        answers = [(letter.unit, letter.answer)] if letter.answer else []
        assert [(reply.unit, reply.text) for reply in kept.replies] == answers
    remarked = [comment for comment in heard if comment.kind == "comment"]
    assert len(remarked) == remarks
    assert {comment.parent_id for comment in remarked} <= {comment.id for comment in letters.values()}


def test_names_do_not_reach_the_disk(twice: Installation) -> None:
    journal = twice.journal_bytes().decode()
    assert [name for name in ("树下乘凉", "陈女士", "楼上的猫") if name in journal] == []


def test_an_answer_that_came_later_is_added(installation: Installation) -> None:
    waiting = replace(LETTERS[0], answer="", unit="", answered="")
    answered = replace(
        LETTERS[0], answer="您好，已解决。", unit="示例县住房和城乡建设局", answered="2026-10-01 09:00:00"
    )
    for letter in (waiting, answered):
        with TownServer(beijing([letter])) as server:
            installation.write(source("box", "beijing", server.url))
            assert installation.run("crawl", "box").code == 0
    (kept,) = installation.comments()
    assert [(reply.unit, reply.text) for reply in kept.replies] == [("示例县住房和城乡建设局", "您好，已解决。")]
    assert [type(item) for item in installation.items()] == [Comment, Reply]
    assert installation.items()[1].replied_precision == "day"


LIST, DETAIL = "/front/msg/list", "/front/msg/detail"
CAPTCHA = Answered("<!doctype html><title>安全验证</title>请完成验证码".encode())
SIGN_IN = Answered("<!doctype html><title>政务网</title><p>服务暂停</p>".encode())


def instead(path: str, answered: Answered | Callable[[Answered], Answered], after: int = 0) -> Answering:
    """百姓呼声, which answers otherwise at a path from the one after the first `after` on."""
    answer, seen = hunan(), 0

    def spoiled(asked: Asked) -> Answered:
        nonlocal seen
        right = answer(asked)
        if asked.path != path:
            return right
        seen += 1
        if seen <= after:
            return right
        return answered(right) if callable(answered) else answered

    return spoiled


def pages(change: Callable[[int], int]) -> Answering:
    """百姓呼声 without a total, which gives another page than was asked for."""
    answer = hunan()

    def turned(asked: Asked) -> Answered:
        if asked.path != LIST:
            return answer(asked)
        body = re.sub(rb'"page": (\d+)', lambda page: b'"page": %d' % change(int(page[1])), asked.body)
        body = body.replace(b'"page_num": 20', b'"page_num": 4')
        right = answer(replace(asked, body=body))
        return replace(right, body=right.body.replace(b'"total"', b'"said"'))

    return turned


FAULTS: list[tuple[str, Answering, str, str]] = [
    ("403", instead(LIST, faults.forbidden), "blocked", "HTTP 403"),
    ("429", instead(LIST, faults.too_many), "blocked", "HTTP 429"),
    ("502", instead(LIST, Answered(b"<h1>Bad Gateway</h1>", 502)), "failed", "HTTP 502"),
    ("502 of letters", instead(DETAIL, Answered(b"<h1>Bad Gateway</h1>", 502), after=3), "partial", "HTTP 502"),
    ("an empty body", instead(LIST, faults.blank), "blocked", "空白回答"),
    ("a page where data were due", instead(LIST, SIGN_IN), "failed", "得到的是网页"),
    ("a captcha", instead(LIST, CAPTCHA), "blocked", "登录或验证"),
    ("a captcha later on", instead(DETAIL, CAPTCHA, after=5), "blocked", "登录或验证"),
    ("no success", instead(LIST, Answered(b'{"status":"0","msg":"busy"}')), "failed", "没有给出数据（busy）"),
    ("half an answer", instead(LIST, faults.cut), "failed", "断了或写错了"),
    ("the same page again", pages(lambda _: 1), "partial", "翻页没有前进"),
    ("pages in a circle", pages(lambda page: (page - 1) % 3 + 1), "partial", "翻页没有前进"),
]


@pytest.fixture(scope="module")
def troubled(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """Boards that answer otherwise, crawled once."""
    installation = Installation(tmp_path_factory.mktemp("troubled") / "data")
    with ExitStack() as stack:
        servers = [stack.enter_context(TownServer(answer)) for _, answer, _, _ in FAULTS]
        installation.write("".join(source(f"b{place}", "hunan", each.url) for place, each in enumerate(servers)))
        ended = installation.run("crawl", "--all")
    assert (ended.code, "Traceback" in ended.err) == (1, False)
    return installation


@pytest.mark.parametrize(
    ("place", "outcome", "words"),
    [(place, *case[2:]) for place, case in enumerate(FAULTS)],
    ids=[case[0] for case in FAULTS],
)
def test_trouble_has_a_name(troubled: Installation, place: int, outcome: str, words: str) -> None:
    (run,) = (run for run in troubled.runs() if run.source == f"b{place}")
    assert (run.outcome, words in run.reason) == (outcome, True), run.reason
    assert run.fetched == run.stored + run.unchanged + run.rejected
