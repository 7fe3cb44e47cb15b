"""Isso: the parsers, the whole site of the town, and a real Isso server under a page of ours."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from crawler.items import Comment, Post, Reply
from crawler.platforms.answers import Unreadable
from crawler.platforms.isso.parsing import parse_comment, parse_post, parse_thread
from crawler.town.server import Answered, Asked, TownServer, answering
from tests.installation import Installation
from tests.servers.isso_server import isso_server
from tests.servers.village import VILLAGE

NOW = datetime(2026, 11, 24, tzinfo=UTC)
POST = Post(
    id="isso:thread:/gov/a.html", platform="isso", source="thread", title="加装电梯公告", text="全文",
    url="http://127.0.0.1/gov/a.html", posted_at=NOW, collected_at=NOW, run="thread:1",
)  # fmt: skip
ROW = {
    "id": 7, "parent": None, "created": 1780489000.5, "modified": None, "mode": 1, "text": "<p>3 &lt; 5<br>好</p>",
    "author": "楼上的猫", "website": None, "likes": 4, "dislikes": 1, "hash": "abc", "total_replies": 2,
}  # fmt: skip
UNIT = "示例县住房和城乡建设局"
PAGE = """<!doctype html><html lang="zh-CN"><head><title>加装电梯公告</title>
<meta property="article:published_time" content="2026-06-01T09:00:00+08:00"></head>
<body><h1>加装电梯公告</h1><article><p>全文。</p></article></body></html>"""


def test_a_comment_is_read() -> None:
    comment = parse_comment(ROW, POST, frozenset({UNIT}), parent=None)
    assert isinstance(comment, Comment)
    assert comment.text == "3 < 5\n好"
    assert (comment.id, comment.post_id, comment.parent_id) == ("isso:thread:7", POST.id, None)
    assert (comment.author, comment.likes, comment.dislikes, comment.reply_count) == ("楼上的猫", 4, 1, 2)


def test_an_official_name_makes_an_answer_a_reply() -> None:
    reply = parse_comment({**ROW, "id": 8, "parent": 7, "author": UNIT}, POST, frozenset({UNIT}), parent=ROW)
    assert isinstance(reply, Reply)
    assert (reply.comment_id, reply.unit, reply.addressee) == ("isso:thread:7", UNIT, "楼上的猫")


def test_what_a_unit_says_to_nobody_is_no_comment() -> None:
    assert parse_comment({**ROW, "author": UNIT}, POST, frozenset({UNIT}), parent=None) is None


def test_a_nameless_writer_is_told_apart_by_the_hash() -> None:
    comment = parse_comment({**ROW, "author": None}, POST, frozenset(), parent=None)
    assert isinstance(comment, Comment)
    assert comment.author == "abc"


def test_a_deleted_comment_is_no_comment() -> None:
    assert parse_comment({**ROW, "mode": 4, "text": ""}, POST, frozenset(), parent=None) is None


def test_a_changed_answer_is_named() -> None:
    with pytest.raises(Unreadable, match="没有“hidden_replies”"):
        parse_thread(b'{"replies": []}')


def test_a_page_is_read_as_a_post() -> None:
    post = parse_post(PAGE, "https://example.cn/gov/a.html?x=1", "thread", "site", "thread:1", NOW)
    assert (post.id, post.title, post.text, post.account) == (
        "isso:thread:/gov/a.html",
        "加装电梯公告",
        "全文。",
        "site",
    )
    assert post.posted_at == datetime(2026, 6, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("missing", ["+08:00", "article", "published_time"])
def test_a_page_that_is_no_post_is_said(missing: str) -> None:
    with pytest.raises(Unreadable, match=r"/gov/a\.html"):
        parse_post(PAGE.replace(missing, ""), "https://example.cn/gov/a.html", "thread", None, "thread:1", NOW)


def test_every_thread_of_the_town_comes_in(installation: Installation) -> None:
    town = VILLAGE
    with TownServer(answering(town)) as server:
        installation.write_thread(server.url, f"{server.url}/isso")
        assert installation.run("crawl", "thread").code == 0
    posts = installation.posts()
    assert sorted(post.title for post in posts) == sorted(post.title for post in town.posts)
    (run,) = installation.runs()
    said = [words for post in town.posts for comment in post.comments for words in (comment, *comment.answers)]
    assert (run.outcome, run.stored) == ("complete", len(posts) + len(said))
    under_lift = {
        comment.policies for comment in installation.comments() if comment.post_id and "/lift-" in comment.post_id
    }
    assert under_lift == {("lift",)}


def test_a_real_isso_server_is_crawled_whole(installation: Installation, tmp_path: Path) -> None:
    """120 comments, one with 60 answers, one of them official: both kinds of paging are needed."""
    uri = "/gov/a.html"
    with isso_server(tmp_path) as isso, TownServer(lambda asked: serve_page(asked, uri)) as site:
        roots = [isso.post(uri, f"第 {number} 条意见：加装电梯", f"网友{number}") for number in range(120)]
        for number in range(59):
            isso.post(uri, f"回应 {number}", None, parent=roots[3])
        isso.post(uri, "您好，补贴每台 15 万元。", UNIT, parent=roots[3])
        installation.write_thread(site.url, isso.url, f'pages = ["{uri}"]')
        ended = installation.run("crawl", "thread")
    assert ended.code == 0, ended.out + ended.err
    comments = {comment.id: comment for comment in installation.comments()}
    assert len(comments) == 120 + 59
    asked = comments[f"isso:thread:{roots[3]}"]
    assert [(reply.unit, reply.text) for reply in asked.replies] == [(UNIT, "您好，补贴每台 15 万元。")]
    assert asked.policy_stages[0].startswith("lift:")
    answers = [comment for comment in comments.values() if comment.parent_id == asked.id]
    assert len(answers) == 59
    assert {comment.root_id for comment in answers} == {asked.id}


def serve_page(asked: Asked, uri: str) -> Answered:
    return Answered(PAGE.encode()) if asked.path == uri else Answered(b"", 404)
