"""How a letterbox's list ends: as it should, or with the reason."""

import json
import re
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace

import pytest

from crawler.platforms.letterbox.preset import FOLDER
from crawler.town.server import Answered, Answering, Asked, TownServer
from tests.crawler.platforms.test_letterbox import CAPTCHA, SIGN_IN, source
from tests.installation import Installation
from tests.servers.letterboxes import LETTERS, hunan, sichuan

HUNAN = (FOLDER / "hunan.toml").read_text(encoding="utf-8").replace("size = 20", "size = 4")
UNCOUNTED = HUNAN.replace('total = "data.total"\n', "")
AUGUST = [letter for letter in LETTERS if letter.at >= "2026-08-01"]


def on_list(change: Callable[[int, Answered, Asked], Answered], letters: Answering | None = None) -> Answering:
    """A board whose list is changed; `change` has the page that was asked for."""
    answer = letters or hunan()

    def changed(asked: Asked) -> Answered:
        right = answer(asked)
        if asked.path not in ("/front/msg/list", "/main/thredlist"):
            return right
        return change(int(str(asked.json.get("page") or asked.query.get("page"))), right, asked)

    return changed


def again(page: int, right: Answered, asked: Asked) -> Answered:
    """After the last page the last page."""
    body = re.sub(rb'"page": \d+', b'"page": %d' % min(page, 6), asked.body)
    return hunan()(replace(asked, body=body))


def ever_new(answer: Answering) -> Answering:
    """New letters on every page, for ever."""

    def endless(asked: Asked) -> Answered:
        if asked.path == "/front/msg/detail":
            return answer(replace(asked, query={"id": asked.query["id"].partition("x")[2]}))
        if asked.path != "/front/msg/list":
            return answer(asked)
        page = int(str(asked.json["page"]))
        right = json.loads(answer(replace(asked, body=b'{"page": 1, "page_num": 4}')).body)
        for row in right["data"]["rows"]:
            row["id"] = f"{page}x{row['id']}"
        return Answered(json.dumps(right).encode(), content_type="application/json")

    return endless


def instead(answered: Answered) -> Callable[[int, Answered, Asked], Answered]:
    return lambda page, right, _: answered if page == 2 else right


def told(old: bytes, new: bytes) -> Callable[[int, Answered, Asked], Answered]:
    return lambda _page, right, _: replace(right, body=right.body.replace(old, new))


@dataclass(frozen=True, slots=True)
class Case:
    preset: str
    board: Answering
    outcome: str
    letters: int
    words: str = ""
    more: str = ""


CASES: dict[str, Case] = {
    "no total": Case(UNCOUNTED, hunan(), "complete", 23),
    "the last page again": Case(
        UNCOUNTED.replace("size = 4", "size = 4\nrepeats = true"), on_list(again), "complete", 23
    ),
    "pages without end": Case(
        UNCOUNTED.replace("size = 4", "size = 4\nmost_pages = 3"),
        ever_new(hunan()),
        "partial",
        12,
        "翻了 3 页还没有到头",
    ),
    "a total that is too high": Case(
        HUNAN, on_list(told(b'"total": 23', b'"total": 99')), "partial", 23, "共有 99 封来信，只给出 23 封"
    ),
    "one wrong date": Case(
        HUNAN, on_list(told(LETTERS[2].at.encode(), "改日".encode())), "partial", 22, " 的时间（posted_at）：看不懂时间"
    ),
    "rows by another name": Case(UNCOUNTED, on_list(told(b'"rows"', b'"lines"')), "failed", 0, "合得上“data.rows”"),
    "since": Case(UNCOUNTED, hunan(), "complete", len(AUGUST), more="since = 2026-08-01\n"),
    "a captcha for a page": Case("sichuan", on_list(instead(CAPTCHA), sichuan()), "blocked", 10, "登录或验证"),
    "another page for a page": Case("sichuan", on_list(instead(SIGN_IN), sichuan()), "partial", 10, "合得上“div.con"),
    "letters about sign-ins": Case(
        "sichuan", sichuan([replace(LETTERS[0], title="登录不了，收不到验证码")]), "complete", 1
    ),
}


@pytest.fixture(scope="module")
def ended(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """All cases, crawled once."""
    folder = tmp_path_factory.mktemp("endings")
    installation = Installation(folder / "data")
    with ExitStack() as stack:
        entries = []
        for place, case in enumerate(CASES.values()):
            server = stack.enter_context(TownServer(case.board))
            preset = case.preset
            if "\n" in preset:
                (folder / f"{place}.toml").write_text(preset, encoding="utf-8")
                preset = str(folder / f"{place}.toml")
            entries.append(source(f"b{place}", preset, server.url, case.more))
        installation.write("".join(entries))
        run = installation.run("crawl", "--all")
    assert (run.code, "Traceback" in run.err) == (1, False), run.err
    return installation


@pytest.mark.parametrize(("place", "case"), list(enumerate(CASES.values())), ids=CASES)
def test_a_list_ends_with_the_reason(ended: Installation, place: int, case: Case) -> None:
    (run,) = (run for run in ended.runs() if run.source == f"b{place}")
    assert (run.outcome, case.words in run.reason) == (case.outcome, True), run.reason
    letters = [item for item in heard(ended, f"b{place}") if item == "letter"]
    if case.outcome != "blocked":
        assert len(letters) == case.letters


def heard(installation: Installation, name: str) -> Sequence[str]:
    return [comment.kind for comment in installation.comments() if comment.source == name]
