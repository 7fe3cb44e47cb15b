"""Crawls with a real Chromium: every way in which a page gives its comments, and every way in which it does not."""

import shutil
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from crawler.items import Comment, Item, Post, Reply
from crawler.runs import Run
from crawler.town.consultation import load_consultation
from crawler.town.server import TownServer, answering
from tests.crawler.platforms.page.cases import CASES, DONE, Case, counted, source
from tests.installation import Installation
from tests.servers.pages import GROWING, batches, busy_at_first, page, serving
from tests.servers.village import VILLAGE

pytestmark = pytest.mark.browser


@dataclass(frozen=True)
class Crawled:
    """What came of all cases, by the name of the case."""

    runs: dict[str, Run]
    items: dict[str, list[Item]]
    asked: dict[str, Counter[str]]


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    """Every case, in four crawls side by side: nearly all their time is waiting for what a page may still bring."""
    found = Crawled({}, {}, {})
    names = list(CASES)
    folders = [tmp_path_factory.mktemp("pages") / "data" for _ in range(4)]
    try:
        with ThreadPoolExecutor(len(folders)) as crawls:
            started = [crawls.submit(crawl_all, data, names[at::4], found) for at, data in enumerate(folders)]
        for crawl in started:
            crawl.result()
    finally:
        DONE.set()
    yield found


def crawl_all(data: Path, names: list[str], found: Crawled) -> None:
    installation = Installation(data)
    ids = {name: f"case-{number}" for number, name in enumerate(names)}
    with ExitStack() as stack:
        sources = []
        for name in names:
            counting, found.asked[name] = counted(CASES[name].site)
            sources.append(source(ids[name], stack.enter_context(TownServer(counting)).url, CASES[name]))
        installation.write("".join(sources))
        ended = installation.run("crawl", "--all")
    assert (ended.code, "Traceback" in ended.err) == (1, False), ended.err
    runs = {run.source: run for run in installation.runs()}
    for name in names:
        found.runs[name] = runs[ids[name]]
        found.items[name] = [item for item in installation.items() if item.source == ids[name]]


@pytest.mark.parametrize("name", CASES)
def test_a_page_gives_what_it_has_or_it_is_said_why_not(crawled: Crawled, name: str) -> None:
    case, run = CASES[name], crawled.runs[name]
    assert (run.outcome, len(crawled.items[name])) == (case.outcome, case.items), run.reason
    assert case.words in run.reason
    assert {path: crawled.asked[name][path] for path in case.asked} == case.asked


def test_what_a_page_asked_for_again_is_no_page_that_failed(installation: Installation) -> None:
    """Each of its ten scripts comes at the third try."""
    scripts = "".join(f'<script src="/made.js?n={number}"></script>' for number in range(10))
    site = {"/": page(GROWING) + scripts, "/made.js": busy_at_first(2), "/data": batches(5, 12)}
    with TownServer(serving(site)) as server:
        installation.write(source("page", server.url, Case(site)))
        ended = installation.run("crawl", "page")
    (run,) = installation.runs()
    assert (ended.code, run.outcome, run.reason, run.fetched) == (0, "complete", "", 12)
    assert run.requests > 30


def test_comments_are_what_stands_in_the_page(crawled: Crawled) -> None:
    comments = {item.id: item for item in crawled.items["by pressing a button"]}
    first = comments[f"page:{crawled.runs['by pressing a button'].source}:1"]
    assert isinstance(first, Comment)
    assert (first.text, first.posted_precision) == ("第1条意见", "second")
    assert f"{first.posted_at:%Y-%m-%d %H:%M}" == "2026-10-11 00:00"
    assert first.author is not None
    assert first.author.startswith("~")


def test_a_page_is_known_by_the_address_at_which_it_was_asked_for(crawled: Crawled) -> None:
    name = "by links to further pages"
    posts = {item.id for item in crawled.items[name] if isinstance(item, Post)}
    comments = [item for item in crawled.items[name] if isinstance(item, Comment)]
    assert posts == {f"page:{crawled.runs[name].source}:/"} == {comment.post_id for comment in comments}


def test_the_towns_consultation_comes_in_with_its_answers(installation: Installation) -> None:
    consultation = load_consultation()
    registry = Path(__file__).parents[4] / "crawler" / "town" / "registry"
    for name in ("policies.toml", "accounts.toml", "sources.toml"):
        installation.data.mkdir(exist_ok=True)
        shutil.copy(registry / name, installation.data / name)
    sources = installation.data / "sources.toml"
    with TownServer(answering(VILLAGE)) as town:
        sources.write_text(sources.read_text(encoding="utf-8").replace("{town}", town.url), encoding="utf-8")
        for _ in range(2):
            ended = installation.run("crawl", "town-page")
            assert ended.code == 0, ended.out + ended.err
    items = installation.items()
    assert sum(isinstance(item, Comment) for item in items) == len(consultation.opinions)
    assert sum(isinstance(item, Reply) for item in items) == sum(bool(said.reply) for said in consultation.opinions)
    assert len(items) == len({item.id for item in items}) == 35
    assert installation.runs()[-1].unchanged == 35
    assert (installation.data / "logs" / "crawl.log").read_text(encoding="utf-8") == ""
