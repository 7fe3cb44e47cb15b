"""Crawls of boards that changed after three complete runs: what changed is named; that it is so can be said."""

import json
import shutil
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest

from crawler.runs import Run
from crawler.town.corpus import Town, load_town
from crawler.town.server import Answered, Answering, Asked, TownServer, answering
from tests.crawler.platforms.test_walls import CAPTCHA, JIASULE, RUISHU, SHELL
from tests.installation import ASSESSED, Installation
from tests.servers import faults
from tests.servers.faults import Fault, on_data, on_rows
from tests.servers.village import LETTERS, REPLIES, VILLAGE

Row = dict[str, object]
USUAL = f"只取到 0 条，平时约 {LETTERS + REPLIES} 条。"
TODAY = datetime.now(UTC).date()


def dropped(*names: str) -> Callable[[Row], object]:
    return lambda row: [row.pop(name) for name in names]


def wall(page: str, status: int = 200) -> Fault:
    """From the second page on."""
    return on_data(lambda _: Answered(page.encode(), status), after=1)


@dataclass(frozen=True, slots=True)
class Case:
    """A board that changed; `more` is what `sources.toml` says of it by then."""

    fault: Fault
    outcome: str
    words: tuple[str, ...]
    more: str = ""


CASES: Mapping[str, Case] = {
    "gone": Case(
        on_rows(dropped("favNum")),
        "suspect",
        ("平台的回答（来信）里没有了“favNum”。请核对平台是否改版", "来信没有了“赞同数”，平时几乎每条都有。"),
    ),
    "gone-and-known": Case(on_rows(dropped("favNum")), "complete", (), f"changed = {TODAY}\n"),
    "several": Case(on_rows(dropped("favNum", "stateInfo")), "suspect", ("没有了“favNum”、“stateInfo”。",)),
    "text-for-number": Case(
        on_rows(lambda row: row.update(favNum=str(row["favNum"]))),
        "partial",
        (f"拒收 {LETTERS} 条", "平台的回答（来信）里“favNum”从数字变成了文字。"),
    ),
    "object-for-text": Case(
        on_rows(lambda row: row.update(typeName={"id": 1, "name": row["typeName"]})),
        "suspect",
        ("平台的回答（来信）里“typeName”从文字变成了对象。",),
    ),
    "renamed": Case(
        on_data(faults.renamed_field),
        "failed",
        ("回答里没有“dateline”", "里没有了“dateline”", "里多了“time”，程序不认识，没有读。"),
    ),
    "unknown": Case(
        on_rows(lambda row: row.update(ipRegion="示例省")),
        "complete",
        ("平台的回答（来信）里多了“ipRegion”，程序不认识，没有读。",),
    ),
    "no-answers": Case(
        on_rows(lambda row: row.update(answerContent=None)),
        "suspect",
        (f"一条官方答复也没有，平时至少 {REPLIES} 条。",),
    ),
    "nothing": Case(on_data(faults.empty_list), "suspect", ("一条内容也没有取到", USUAL)),
    "shell": Case(wall(SHELL), "blocked", ("只有脚本的空壳页",)),
    "ruishu-202": Case(wall(RUISHU, 202), "blocked", ("先要检查浏览器（瑞数）",)),
    "ruishu-412": Case(wall(RUISHU, 412), "blocked", ("平台拒绝访问（HTTP 412）",)),
    "jiasule": Case(wall(JIASULE, 521), "blocked", ("HTTP 521：平台先要检查浏览器（加速乐）",)),
    "captcha": Case(wall(CAPTCHA), "blocked", ("平台要求登录或验证（验证码）",)),
}


def crawled(installation: Installation, boards: Mapping[str, Answering], more: Mapping[str, str]) -> dict[str, Run]:
    """Crawl boards, each of its own server; their newest runs."""
    with ExitStack() as stack:
        urls = {name: stack.enter_context(TownServer(answer)).url for name, answer in boards.items()}
        entries = [  # so much overlap that every run is a whole one
            f'[[source]]\nid = "{name}"\nplatform = "liuyan"\noverlap = 3650\n{more.get(name, "")}{ASSESSED}'
            f'options = {{ fid = 5001, site = "{url}" }}\n'
            for name, url in urls.items()
        ]
        installation.write("".join(entries))
        assert "Traceback" not in installation.run("crawl", "--all").err
    return {run.source: run for run in installation.runs()}


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """Three complete runs of every board."""
    installation = Installation(tmp_path_factory.mktemp("watched") / "data")
    for _ in range(3):
        crawled(installation, dict.fromkeys(CASES, answering(VILLAGE)), {})
    assert {(run.outcome, run.reason) for run in installation.runs()} == {("complete", "")}
    return installation


@pytest.fixture(scope="module")
def changed(watched: Installation, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """After them, every board as it changed."""
    installation = Installation(Path(shutil.copytree(watched.data, tmp_path_factory.mktemp("changed") / "data")))
    boards = {name: case.fault(answering(VILLAGE)) for name, case in CASES.items()}
    crawled(installation, boards, {name: case.more for name, case in CASES.items()})
    return installation


@pytest.mark.parametrize("name", CASES)
def test_what_changed_is_named(changed: Installation, name: str) -> None:
    case, run = CASES[name], next(run for run in reversed(changed.runs()) if run.source == name)
    assert run.outcome == case.outcome, run.reason
    assert all(sentence in run.reason for sentence in case.words), run.reason
    assert bool(case.words) == bool(run.reason)
    assert run.fetched == run.stored + run.unchanged + run.rejected


def test_all_that_was_found_is_shown(changed: Installation) -> None:
    shown = changed.run("runs", "--source", "gone", "--last", "1", COLUMNS="2000").out
    assert all(sentence in shown for sentence in CASES["gone"].words)


def test_a_change_is_said_until_somebody_knows_it_and_a_new_key_once(changed: Installation, tmp_path: Path) -> None:
    installation = Installation(Path(shutil.copytree(changed.data, tmp_path / "data")))
    boards = {name: CASES[name].fault(answering(VILLAGE)) for name in ("gone", "unknown")}
    again = crawled(installation, boards, {})
    assert (again["gone"].outcome, "“favNum”" in again["gone"].reason) == ("suspect", True)
    assert (again["unknown"].outcome, again["unknown"].reason) == ("complete", "")


def test_a_lost_ledger_forgets_profiles_and_nothing_else(watched: Installation, tmp_path: Path) -> None:
    installation = Installation(Path(shutil.copytree(watched.data, tmp_path / "data")))
    for path in installation.data.glob("ledger.sqlite*"):
        path.unlink()
    boards = {name: CASES[name].fault(answering(VILLAGE)) for name in ("gone", "nothing")}
    runs = crawled(installation, boards, {})
    assert (runs["gone"].outcome, runs["gone"].reason) == ("complete", "")
    assert (runs["nothing"].outcome, USUAL in runs["nothing"].reason) == ("suspect", True)


def test_options_that_a_person_changed_are_no_change_of_the_platform(installation: Installation) -> None:
    """All posts of a site, then one of them: far fewer than usual."""
    with TownServer(answering(VILLAGE)) as server:
        every = [f"/gov/{post.slug}.html" for post in VILLAGE.posts]
        for pages in (every, every[-1:], every[-1:]):
            installation.write_thread(server.url, f"{server.url}/isso", f"pages = {json.dumps(pages)}")
            installation.run("crawl", "thread")
    before, fewer, again = installation.runs()
    assert before.fetched > fewer.fetched * 2
    assert [(run.outcome, run.reason) for run in (before, fewer, again)] == [("complete", "")] * 3


def test_retries_that_went_well_are_said(installation: Installation) -> None:
    town = Town((), (), load_town().weibo)
    with TownServer(every_other(answering(town))) as server:
        installation.write_weibo(server.url)
        assert installation.run("crawl", "weibo").code == 0
    (run,) = installation.runs()
    assert (run.outcome, "次请求里有" in run.reason, "没有得到可用的回答" in run.reason) == ("complete", True, True)


def every_other(answer: Answering) -> Answering:
    numbers = count()

    def failing(asked: Asked) -> Answered:
        busy = asked.path != "/robots.txt" and next(numbers) % 2 == 0
        return Answered(b"<h1>Bad Gateway</h1>", 502) if busy else answer(asked)

    return failing
