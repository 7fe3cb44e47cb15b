"""A crawl is read once more from what was kept of it: the same items, nobody's name, and nobody is asked."""

import gzip
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from importlib.resources import files
from pathlib import Path
from threading import Event

import pytest

from crawler.items import Comment, Reply
from crawler.ledger import Ledger
from crawler.reading.html import text_of
from crawler.registry import FILE_NAMES
from crawler.runs import Tally
from crawler.town.corpus import ACCOUNT, Town, load_town
from crawler.town.letterbox import load_hotline
from crawler.town.server import Answered, Asked, TownServer, answering
from crawler.town.weibo import MEMBER, Sizes, WeiboReplica
from tests.crawler.platforms.weibo.test_crawls import NAMES, hostile, writers
from tests.installation import ASSESSED, CONTACT, Finished, Installation
from tests.lianxin.test_killed import stopping_at
from tests.servers.village import LETTERS, REPLIES, VILLAGE

SOURCES = ("town-letters", "town-hotline", "town-comments", "town-weibo")
GRADED = sum(bool(letter.reply and letter.reply.grades) for letter in VILLAGE.letters)


def write_town(installation: Installation, site: str, way: str = "m", liuyan: str = "unsigned") -> None:
    installation.data.mkdir(parents=True, exist_ok=True)
    for name in FILE_NAMES:
        text = files("crawler.town").joinpath("registry", name).read_text(encoding="utf-8").replace("{town}", site)
        text = text.replace("options.uid", f'options.way = "{way}"\noptions.uid')
        text = text.replace("fid = 5001,", f'fid = 5001, way = "{liuyan}",')
        (installation.data / name).write_text(text, encoding="utf-8")


def kept_lines(installation: Installation) -> list[dict[str, object]]:
    """Everything that lies in the evidence, as lines."""
    return [
        json.loads(line)
        for path in sorted((installation.data / "evidence").iterdir())
        for line in gzip.decompress(path.read_bytes()).splitlines()
    ]


def people() -> set[str]:
    """Everybody in the town who writes, and the numbers by which the board knows them."""
    town = load_town()
    said = {words.author for words in town.utterances()}
    for letter in load_hotline():
        said |= {letter.author, *(remark.author for remark in letter.remarks)}
    return {name for name in said if name and name != ACCOUNT and not re.search(r"\*\*|^匿名", name)}


def phones() -> set[str]:
    town = load_town()
    texts = [words.text for words in town.utterances()] + [letter.text for letter in load_hotline()]
    return {found for text in texts for found in re.findall(r"(?<!\d)1[3-9]\d{9}(?!\d)|0\d{2,3}-\d{7,8}", text)}


@pytest.mark.parametrize(("way", "liuyan"), [("m", "unsigned"), ("ajax", "signed")])
def test_a_replay_of_the_town_stores_nothing(installation: Installation, way: str, liuyan: str) -> None:
    with TownServer(answering(load_town(), WeiboReplica(load_town(), Sizes()))) as server:
        write_town(installation, server.url, way, liuyan)
        assert installation.run("crawl", *SOURCES).code == 0
    crawled = {run.source: run for run in installation.runs()}
    items = installation.items()
    for source in SOURCES:
        ended = installation.run("crawl", source, "--replay", "last")
        assert ended.code == 0, ended.out + ended.err
        run = installation.runs()[-1]
        assert (run.id.endswith(":replay"), run.outcome, run.requests) == (True, "complete", 0)
        assert (run.fetched, run.stored, run.unchanged) == (crawled[source].fetched, 0, crawled[source].fetched)
    assert installation.items() == items
    written = (installation.data / "journal").rglob("*.jsonl")
    journal = "".join(path.read_text(encoding="utf-8") for path in written)
    kept = json.dumps(kept_lines(installation), ensure_ascii=False)
    assert {name for name in people() if name in kept} <= {name for name in people() if name in journal}
    assert not [number for number in phones() if number in kept]
    assert '"~' in kept.replace("\\", "")
    assert "0033-town" not in kept
    assert "_2Ak" not in kept


@pytest.mark.parametrize("way", ["m", "ajax"])
def test_no_hostile_name_is_kept(installation: Installation, tmp_path: Path, way: str) -> None:
    """Everybody is answered by name, in the text and by the account."""
    town = hostile()
    cookie = tmp_path / "cookie"
    cookie.write_text(f"SUB={MEMBER}; SUBP=0033-secret; XSRF-TOKEN=token-secret")
    cookie.chmod(0o600)
    with TownServer(answering(town, WeiboReplica(town, Sizes(children=2)))) as server:
        installation.write_weibo(server.url, f'way = "{way}", cookie_file = "{cookie}"')
        assert installation.run("crawl", "weibo").code == 0
    cookie.unlink()
    kept = "\n".join(texts_in(kept_lines(installation)))
    for raw in (*NAMES, *map(str, writers(town)), MEMBER, "0033-secret", "token-secret"):
        assert raw not in kept, raw
    cookie.write_text("SUB=another; SUBP=0033")
    cookie.chmod(0o600)
    ended = installation.run("crawl", "weibo", "--replay", "last")
    run = installation.runs()[-1]
    assert (ended.code, run.stored, run.unchanged) == (0, 0, run.fetched), ended.out + ended.err


def texts_in(value: object) -> Iterator[str]:
    """Every text, those of answers in JSON as a parser has them, and without markup as well."""
    if isinstance(value, str):
        yield value
        yield text_of(value)
        with suppress(ValueError):
            yield from texts_in(json.loads(value))
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from texts_in(each)
    elif isinstance(value, int):
        yield str(value)


def test_a_second_crawl_is_replayed_as_it_went(installation: Installation) -> None:
    """It asked for less than the first, by what the ledger knew."""
    with TownServer(answering(VILLAGE)) as server:
        installation.write_board(server.url)
        assert [installation.run("crawl", "board").code for _ in range(2)] == [0, 0]
    ended = installation.run("crawl", "board", "--replay", "last")
    assert ended.code == 0, ended.out + ended.err
    _, second, replayed = installation.runs()
    assert (replayed.outcome, replayed.stored, replayed.fetched) == ("complete", 0, second.fetched)


def test_letters_that_were_settled_are_so_in_the_replay(installation: Installation) -> None:
    """The second crawl asks for no letter: no answer follows what the ledger told of those in the list."""
    town = Town((), tuple(letter for letter in load_town().letters if letter.reply)[:20])
    with TownServer(answering(town)) as server:
        options = f'overlap = 1\noptions = {{ fid = 5001, way = "signed", site = "{server.url}" }}\n'
        installation.write(f'[[source]]\nid = "board"\nplatform = "liuyan"\n{ASSESSED}{options}')
        codes = [installation.run("crawl", "board").code for _ in range(2)]
    ended = installation.run("crawl", "board", "--replay", "last")
    first, second, replayed = installation.runs()
    assert (first.outcome, first.stored, second.requests) == ("complete", 40, 3)
    assert sum(name.startswith("answered ") for line in kept_lines(installation) for name in line.get("told", {})) > 0
    assert (ended.code, replayed.outcome, replayed.reason) == (codes[1], second.outcome, second.reason)
    assert (replayed.fetched, replayed.stored, replayed.errors) == (0, 0, 0)


def test_markup_that_cannot_be_masked_is_not_kept_and_fails_no_crawl(installation: Installation) -> None:
    """The number of a character, too long for a number."""
    endless = f"<b>&#{'1' * 5000};</b>晒被子"

    def hostile_list(asked: Asked) -> Answered:
        answer = answering(VILLAGE)(asked)
        if asked.method != "POST" or asked.form.get("lastItem", "0") != "0":
            return answer
        told = json.loads(answer.body)
        told["responseData"][0]["content"] = endless
        return Answered(json.dumps(told).encode())

    with TownServer(hostile_list) as server:
        installation.write_board(server.url)
        ended = installation.run("crawl", "board")
    assert ended.code == 0, ended.out + ended.err
    assert "晒被子" in next(item.text for item in installation.items())
    bodies = [line["answer"]["body"] for line in kept_lines(installation) if "answer" in line]
    assert bodies.count(None) == 1
    ended = installation.run("crawl", "board", "--replay", "last")
    assert (ended.code, "没有留下这一页的回答" in installation.runs()[-1].reason) == (1, True)


def test_old_evidence_that_cannot_be_deleted_keeps_no_crawl_from_starting(installation: Installation) -> None:
    stuck = installation.data / "evidence" / "folder.jsonl.gz"
    stuck.mkdir(parents=True)
    os.utime(stuck, (0, 0))
    with TownServer(answering(VILLAGE)) as server:
        installation.write_board(server.url)
        installation.run("crawl", "board")
    run = installation.runs()[-1]
    assert (run.outcome, run.stored) == ("partial", LETTERS + REPLIES)
    assert "到期了却删不掉，这次的没有留" in run.reason
    assert list(stuck.parent.iterdir()) == [stuck]


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of a board that was crawled once."""
    installation = Installation(tmp_path_factory.mktemp("board") / "data")
    with TownServer(answering(VILLAGE)) as server:
        installation.write_board(server.url)
        assert installation.run("crawl", "board").code == 0
    return installation.data


@pytest.fixture
def board(crawled: Path, installation: Installation) -> Installation:
    """Its copy; nobody answers at the board's address any more."""
    shutil.copytree(crawled, installation.data)
    return installation


def mended(installation: Installation, change: str, *arguments: str) -> Finished:
    """The command with a parser changed."""
    script = f"from crawler.platforms.liuyan import unsigned\n{change}\nfrom lianxin.cli import main\nmain()\n"
    ended = subprocess.run(
        [sys.executable, "-c", script, *arguments],
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
        env={**os.environ, "LIANXIN_DATA": str(installation.data), "PYTHONUTF8": "1"},
    )
    return Finished(ended.returncode, ended.stdout, ended.stderr)


def test_of_a_mended_parser_only_what_changed_is_stored(board: Installation) -> None:
    change = (
        "old = unsigned.satisfaction_of\nunsigned.satisfaction_of = lambda row: None if old(row) is None else 0.125"
    )
    ended = mended(board, change, "crawl", "board", "--replay", "last")
    assert ended.code == 0, ended.out + ended.err
    run = board.runs()[-1]
    assert 0 < GRADED < LETTERS
    assert (run.stored, run.unchanged) == (GRADED, LETTERS + REPLIES - GRADED)
    newest = {item.id: item for item in board.items()}
    assert len(newest) == LETTERS + REPLIES
    marks = [
        item.satisfaction for item in newest.values() if isinstance(item, Comment) and item.satisfaction is not None
    ]
    assert marks == [0.125] * GRADED
    assert len(board.comments()) == LETTERS
    again = board.run("crawl", "board", "--replay", "last")
    assert (again.code, board.runs()[-1].stored) == (0, GRADED)


def test_a_replay_is_no_history_of_its_source(board: Installation) -> None:
    change = "import crawler.platforms.liuyan as liuyan\nliuyan.parse_list = lambda body: unsigned.parse_list(body)[:1]"
    mended(board, change, "crawl", "board", "--replay", "last")
    with Ledger(board.data / "ledger.sqlite") as ledger:
        ((settings,),) = ledger._read("SELECT settings FROM set_as")
        history = ledger.history(Tally("board", "liuyan", settings_digest=str(settings)))
    assert (history.usual, len(history.profiles)) == (LETTERS + REPLIES, 1)
    assert "完整" in board.run("sources").out
    index = board.index()
    answer = index.search("lianxin-runs", {"query": {"match_all": {}}, "size": 10})
    index.close()
    assert [hit["_source"]["id"].endswith(":replay") for hit in answer["hits"]["hits"]] == [False]


def rewrite(installation: Installation, change: Callable[[dict[str, object]], dict[str, object] | None]) -> None:
    """Change or leave out lines of the only evidence there is."""
    (path,) = (installation.data / "evidence").iterdir()
    lines = [change(json.loads(line)) for line in gzip.decompress(path.read_bytes()).splitlines()]
    path.write_bytes(b"".join(gzip.compress(json.dumps(line).encode()) for line in lines if line is not None))


def test_a_missing_page_is_said(board: Installation) -> None:
    pages: list[str] = []

    def without_the_second_list(line: dict[str, object]) -> dict[str, object] | None:
        told = line.get("answer")
        if isinstance(told, dict) and "queryThreadsList" in told["url"]:
            pages.append(told["url"])
            return None if len(pages) == 2 else line
        return line

    rewrite(board, without_the_second_list)
    ended = board.run("crawl", "board", "--replay", "last")
    run = board.runs()[-1]
    assert (ended.code, run.outcome, run.stored) == (1, "partial", 0)
    assert "没有留下这一页的回答" in run.reason
    assert 0 < run.fetched < LETTERS + REPLIES


def test_times_count_back_from_the_first_reading(installation: Installation) -> None:
    """The evidence is moved three days on: what was said hours before it was read moves along."""
    town = load_town()
    young = WeiboReplica(town, clock=lambda: max(post.at for post in town.weibo) + timedelta(hours=30))
    with TownServer(answering(town, young)) as server:
        installation.write_weibo(server.url)
        assert installation.run("crawl", "weibo").code == 0
    before = {item.id: item for item in installation.items()}
    assert installation.run("crawl", "weibo", "--replay", "last").code == 0
    assert installation.runs()[-1].stored == 0
    rewrite(installation, _three_days_on)
    installation.run("crawl", "weibo", "--replay", "last")
    moved = [item for item in installation.items() if item.run.endswith(":replay")]
    assert moved
    for item in moved:
        was, at = before[item.id], "replied_at" if isinstance(item, Reply) else "posted_at"
        assert getattr(item, at) - getattr(was, at) == timedelta(days=3), item.id
        assert item.collected_at - was.collected_at == timedelta(days=3)


def _three_days_on(line: dict[str, object]) -> dict[str, object]:
    told = line.get("answer")
    if isinstance(told, dict):
        told["at"] = (datetime.fromisoformat(str(told["at"])) + timedelta(days=3)).isoformat()
    return line


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is a POSIX thing")
def test_a_killed_crawl_is_replayed_as_far_as_it_came(installation: Installation) -> None:
    reached = Event()
    with TownServer(stopping_at(answering(VILLAGE), 6, reached)) as server:
        installation.write_board(server.url)
        crawl = subprocess.Popen(
            [sys.executable, "-m", "lianxin", "crawl", "board"],
            env={**os.environ, **CONTACT, "LIANXIN_DATA": str(installation.data)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        assert reached.wait(60)
        crawl.send_signal(signal.SIGKILL)
        crawl.wait()
    ended = installation.run("crawl", "board", "--replay", "last")
    run = installation.runs()[-1]
    assert (ended.code, run.outcome) == (1, "partial"), ended.out + ended.err
    assert "没有留下这一页的回答" in run.reason
    names = [item.id for item in installation.items()]
    assert len(names) == len(set(names)) == run.fetched > 0


def test_a_refusal_is_kept_too(installation: Installation) -> None:
    def refusing(asked: Asked) -> Answered:
        return Answered(b"", 403) if asked.method == "POST" else answering(VILLAGE)(asked)

    with TownServer(refusing) as server:
        installation.write_board(server.url)
        assert installation.run("crawl", "board").code == 1
    ended = installation.run("crawl", "board", "--replay", "last")
    assert (ended.code, installation.runs()[-1].outcome) == (1, "blocked")
    assert "HTTP 403" in ended.out


def test_nothing_is_kept_where_nothing_is_wanted_or_nothing_may_be(installation: Installation) -> None:
    with TownServer(answering(VILLAGE)) as server:
        installation.write_board(server.url)
        assert installation.run("crawl", "board", LIANXIN_EVIDENCE_DAYS="0").code == 0
    assert not list((installation.data / "evidence").glob("*"))
    ended = installation.run("crawl", "board", "--replay", "last")
    assert (ended.code, "一次也没有留下" in ended.err) == (2, True)


@pytest.mark.parametrize(
    ("platform", "options"),
    [
        ("letterbox", 'preset = "beijing"'),
        ("page", 'site = "http://127.0.0.1:9", pages = ["/"], comments = { rows = "li", fields = { text = "p", '
                 'posted_at = "time" } }'),
    ],
)  # fmt: skip
def test_a_platform_that_keeps_nothing_says_why(installation: Installation, platform: str, options: str) -> None:
    installation.write(f'[[source]]\nid = "box"\nplatform = "{platform}"\n{ASSESSED}options = {{ {options} }}\n')
    ended = installation.run("crawl", "box", "--replay", "last")
    assert ended.code == 2
    assert (
        "来源“box”的回答没有留下，不能重读：这个来源的网页里分不清哪里写着人名，遮盖不可靠，所以从不保存。" in ended.err
    )


def test_what_was_to_be_gone_is_not_replayed(board: Installation) -> None:
    (path,) = (board.data / "evidence").iterdir()
    aged = path.stat().st_mtime - timedelta(days=7, minutes=1).total_seconds()
    os.utime(path, (aged, aged))
    ended = board.run("crawl", "board", "--replay", "last")
    assert (ended.code, "一次也没有留下" in ended.err, path.exists()) == (2, True, False)
    ended = board.run("crawl", "board", "--replay", "last", LIANXIN_EVIDENCE_DAYS="0")
    assert (ended.code, "LIANXIN_EVIDENCE_DAYS 设成了 0" in ended.err) == (2, True)


def test_old_evidence_that_cannot_be_deleted_keeps_no_replay_from_starting(board: Installation) -> None:
    stuck = board.data / "evidence" / "folder.jsonl.gz"
    stuck.mkdir()
    os.utime(stuck, (0, 0))
    ended = board.run("crawl", "board", "--replay", "last")
    assert (ended.code, board.runs()[-1].outcome) == (0, "complete"), ended.err
    assert f"以前留下的平台回答到期了却删不掉：读写不了 {stuck}" in ended.err
    assert "这次的没有留" not in board.runs()[-1].reason


def test_one_source_is_replayed_at_a_time(board: Installation) -> None:
    ended = board.run("crawl", "--all", "--replay", "last")
    assert (ended.code, "--replay 要写一个来源" in ended.err) == (2, True)
