"""Whole crawls of Weibo by the command, over loopback: what reaches the disk, how a run ends, what a kill leaves."""

import os
import signal
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event

import pytest

from crawler.items import Comment, Reply
from crawler.town.corpus import ACCOUNT, ZONE, Answer, Town, TownPost, Utterance, load_town
from crawler.town.server import Answered, Answering, Asked, TownServer, answering
from crawler.town.weibo import MEMBER, Sizes, WeiboReplica
from crawler.town.weibo_rows import number_of, numbered
from tests.installation import CONTACT, Installation
from tests.servers import weibo_faults as faults

TOWN = Town((), (), load_town().weibo)
ITEMS = len(TOWN.weibo) + sum(1 + len(thread.children) for posted in numbered(TOWN) for thread in posted.threads)
COUNTY = '[[account]]\nid = "county"\nplatform = "weibo"\nregion = "示例县"\nunit = "示例县人民政府新闻办公室"\n'
NAMES = (
    "楼上的猫",
    "二婶发布",
    "(.*)+?[^",
    "用户<b>7654321</b>",
    "张建国'\"&",
    "13800138000",
    "小满县政府旁边的老王",
    "长" * 60,
    "emoji😀名",
)
START = datetime(2026, 6, 2, 9, tzinfo=ZONE)


def hostile() -> Town:
    """Everybody signs with the own name and is answered by name, by the next and by the account."""
    said = []
    for number, name in enumerate(NAMES):
        at = START + timedelta(hours=number)
        answers = (
            Answer(at + timedelta(minutes=1), name, f"我是“{name}”，再说一句"),
            Answer(at + timedelta(minutes=2), NAMES[number - 1], "同意", to=name),
            Answer(at + timedelta(minutes=3), ACCOUNT, f"“{name}”您好，已转办", official=True, to=name),
            Answer(at + timedelta(minutes=4), ACCOUNT, "再次答复", official=True),
        )
        said.append(Utterance(at, name, f"加装电梯我支持。“{name}”", 3, 0, "positive", (), answers))
    return Town((), (), (TownPost("lift", "a", START, ACCOUNT, "题", "【公告】加装电梯", tuple(said)),))


@pytest.mark.parametrize("way", ["m", "ajax"])
def test_no_name_number_or_cookie_reaches_the_disk(installation: Installation, tmp_path: Path, way: str) -> None:
    town = hostile()
    cookie = tmp_path / "cookie"
    cookie.write_text(f"SUB={MEMBER}; SUBP=0033-secret; XSRF-TOKEN=token-secret")
    cookie.chmod(0o600)
    with TownServer(answering(town, WeiboReplica(town, Sizes(children=2)))) as server:
        installation.write_weibo(server.url, f'way = "{way}", cookie_file = "{cookie}"', COUNTY)
        ended = installation.run("crawl", "weibo")
    assert ended.code == 0, ended.out + ended.err
    items = installation.items()
    assert (sum(isinstance(item, Comment) for item in items), sum(isinstance(item, Reply) for item in items)) == (
        27,
        18,
    )
    assert {item.unit for item in items if isinstance(item, Reply)} == {"示例县人民政府新闻办公室"}
    assert len({item.author for item in items if isinstance(item, Comment)}) == len(NAMES)
    kept = b"".join(path.read_bytes() for path in installation.data.rglob("*") if path.is_file()).decode(
        errors="replace"
    )
    written = kept.replace((installation.data / "sources.toml").read_text(encoding="utf-8"), "") + ended.out + ended.err
    numbers = {str(writer) for writer in writers(town)}
    for raw in (*NAMES, *numbers, MEMBER, "0033-secret", "token-secret"):
        assert raw not in written, raw


def writers(town: Town) -> set[int]:
    return {
        number_of(said)
        for posted in numbered(town)
        for thread in posted.threads
        for said in (thread.root, *thread.children)
        if said.author != ACCOUNT
    }


REFUSED = [
    ("no cookie for visitors", faults.on(faults.VISITOR, faults.NO_SUB), "blocked", "访客身份没有拿到", 0),
    ("432 for the posts", faults.on(faults.POSTS, faults.status(432)), "blocked", "HTTP 432", 0),
    ("432 for the comments", faults.on(faults.COMMENTS, faults.status(432)), "blocked", "cookie_file", 3),
    ("a wall for the comments", faults.on(faults.COMMENTS, faults.WALL), "blocked", "要求登录", 3),
    ("a captcha later on", faults.on(faults.COMMENTS, faults.CAPTCHA, after=3), "blocked", "验证码", 1),
    ("a wall later on", faults.on(faults.COMMENTS, faults.WALL, after=12), "blocked", "要求登录", 1),
    ("half answers", faults.on(faults.COMMENTS, lambda a: Answered(a.body[:-9]), after=5), "partial", "断了", 1),
]


@pytest.mark.parametrize(
    ("fault", "outcome", "words", "least"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED]
)
def test_a_refusal_is_said(
    installation: Installation, fault: faults.Fault, outcome: str, words: str, least: int
) -> None:
    with TownServer(fault(answering(TOWN))) as server:
        installation.write_weibo(server.url)
        ended = installation.run("crawl", "weibo")
    (run,) = installation.runs()
    assert (ended.code, run.outcome) == (1, outcome), ended.out + ended.err
    assert words in run.reason
    assert run.fetched >= least
    assert run.fetched == run.stored + run.unchanged + run.rejected
    assert "Traceback" not in ended.err


def test_a_wall_after_two_pages_is_partial_and_the_members_cookie_fills_it(
    installation: Installation, tmp_path: Path
) -> None:
    cookie = tmp_path / "cookie"
    cookie.write_text(f"SUB={MEMBER}; SUBP=0033")
    cookie.chmod(0o600)
    with TownServer(answering(TOWN, WeiboReplica(TOWN, Sizes(free_pages=2)))) as server:
        installation.write_weibo(server.url)
        assert installation.run("crawl", "weibo").code == 1
        installation.write_weibo(server.url, f'cookie_file = "{cookie}"')
        assert installation.run("crawl", "weibo").code == 0
    visitor, member = installation.runs()
    assert (visitor.outcome, "第 3 页起要登录" in visitor.reason) == ("partial", True)
    assert member.outcome == "complete", member.reason
    assert len({item.id for item in installation.items()}) == ITEMS
    assert member.stored == ITEMS - visitor.stored


def stopping_at(answer: Answering, number: int, reached: Event) -> Answering:
    seen = 0

    def held(asked: Asked) -> Answered:
        nonlocal seen
        seen += 1
        if seen == number:
            reached.set()
            Event().wait(6)
        return answer(asked)

    return held


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is a POSIX thing")
@pytest.mark.parametrize("request_number", [9, 22])
def test_a_killed_crawl_run_again_misses_nothing_and_has_nothing_twice(
    installation: Installation, request_number: int
) -> None:
    reached = Event()
    with TownServer(stopping_at(answering(TOWN), request_number, reached)) as server:
        installation.write_weibo(server.url)
        crawl = subprocess.Popen(
            [sys.executable, "-m", "lianxin", "crawl", "weibo"],
            env={**os.environ, **CONTACT, "LIANXIN_DATA": str(installation.data)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        assert reached.wait(120)
        crawl.send_signal(signal.SIGKILL)
        crawl.wait()
    assert [run.outcome for run in installation.runs()] == ["failed"]
    with TownServer(answering(TOWN)) as server:
        installation.write_weibo(server.url)
        assert installation.run("crawl", "weibo").code == 0
    items = [item.id for item in installation.items()]
    assert len(items) == len(set(items)) == ITEMS
    assert [run.outcome for run in installation.runs()] == ["failed", "complete"]


@pytest.mark.skipif(os.name != "posix", reason="modes are a POSIX thing")
def test_a_cookie_file_that_others_read_or_that_lies_in_the_journal_is_refused(installation: Installation) -> None:
    journal = installation.data / "journal"
    journal.mkdir(parents=True)
    cookie = journal / "cookie"
    cookie.write_text("SUB=_2A-secret; SUBP=0033")
    for mode, words in ((0o644, "chmod 600"), (0o600, "日志文件夹")):
        cookie.chmod(mode)
        installation.write_weibo("http://127.0.0.1:9", f'cookie_file = "{cookie}"')
        ended = installation.run("crawl", "weibo")
        assert (ended.code, words in ended.err, "options.cookie_file" in ended.err) == (2, True, True), ended.err
        assert "_2A-secret" not in ended.out + ended.err
    assert words in installation.run("check").out
