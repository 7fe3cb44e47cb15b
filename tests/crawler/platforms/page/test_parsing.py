"""Comments of a page, without a browser: what stands in a row, and what tells it from others."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from crawler.items import Comment, Reply
from crawler.platforms.answers import Unreadable
from crawler.platforms.page.gathering import Gathered
from crawler.platforms.page.options import PageOptions
from crawler.platforms.page.parsing import Reader

NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
URL = "http://site.example/zjdc/1.html?id=7"
FIELDS = {"id": "::attr(data-id)", "author": ".who", "posted_at": "li > time", "text": "li > p", "likes": ".up"}
REPLY = {"rows": ".reply", "fields": {"unit": "b", "replied_at": "time", "text": "p"}}
ROW = """<li data-id="77"><b class="who">楼上的猫</b><time>2026-10-19 10:41:26</time><p>早该这样了，<br>支持。</p>
<i class="up">1.2万</i>
<div class="reply"><b>示例县教育和体育局</b><time>2026-10-22 15:30</time><p>您好！</p></div></li>"""


def reader(**more: object) -> Reader:
    comments = {"rows": "li", "fields": FIELDS, "reply": REPLY, **more.pop("comments", {})}
    options = PageOptions.model_validate({"site": "http://site.example", "pages": ["/"], "comments": comments, **more})
    return Reader(options, "consultation", "county", "run", ZoneInfo("Asia/Shanghai"))


def unnumbered() -> Reader:
    return reader(comments={"fields": {name: path for name, path in FIELDS.items() if name != "id"}})


def test_a_row_is_a_comment_with_its_official_answer() -> None:
    comment, reply = reader().comment("77", ROW, URL, None, NOW)
    assert isinstance(comment, Comment)
    assert (comment.id, comment.kind, comment.text) == ("page:consultation:77", "comment", "早该这样了，\n支持。")
    assert (comment.author, comment.likes, comment.post_id) == ("楼上的猫", 12000, None)
    assert (comment.posted_at, comment.posted_precision) == (datetime(2026, 10, 19, 2, 41, 26, tzinfo=UTC), "second")
    assert isinstance(reply, Reply)
    assert (reply.id, reply.comment_id) == ("page:consultation:77-r20261022073000", comment.id)
    assert (reply.unit, reply.text, reply.addressee) == ("示例县教育和体育局", "您好！", "楼上的猫")
    assert (reply.replied_at, reply.replied_precision) == (datetime(2026, 10, 22, 7, 30, tzinfo=UTC), "minute")


def test_a_row_without_words_is_no_comment() -> None:
    assert list(reader().comment("77", '<li data-id="77"><time>2026-10-19</time><img></li>', URL, None, NOW)) == []


def test_a_row_without_a_time_is_an_error_that_says_so() -> None:
    with pytest.raises(Unreadable, match="posted_at"):
        list(reader().comment("77", "<li><p>好</p></li>", URL, None, NOW))


def test_what_a_page_publishes_stands_where_the_source_says() -> None:
    html = "<h1>征求意见</h1><p class=from>2026-10-19 10:00</p><article><p>一</p><p>二</p></article>"
    post = reader(post={"title": "h1", "text": "article", "posted_at": ".from"}).post(html, URL, NOW)
    assert post is not None
    assert (post.id, post.title, post.text) == ("page:consultation:/zjdc/1.html?id=7", "征求意见", "一\n二")
    assert (post.account, post.posted_at) == ("county", datetime(2026, 10, 19, 2, tzinfo=UTC))
    assert reader().post(html, URL, NOW) is None
    with pytest.raises(Unreadable, match=r"post.title（h2）"):
        reader(post={"title": "h2", "text": "article", "posted_at": ".from"}).post(html, URL, NOW)


def test_the_sites_own_number_tells_a_comment() -> None:
    assert reader().identity(ROW) == "77"
    with pytest.raises(Unreadable, match=r"fields\.id"):
        reader().identity("<li><p>好</p></li>")


def test_without_a_number_author_time_and_words_do() -> None:
    identity = unnumbered().identity(ROW)
    assert identity == unnumbered().identity(ROW.replace("1.2万", "3"))
    assert (
        len(
            {identity}
            | {
                unnumbered().identity(ROW.replace(*pair))
                for pair in [("楼上", "楼下"), ("10:41:26", "10:41:27"), ("支持", "反对")]
            }
        )
        == 4
    )


def test_a_time_that_moves_on_counts_as_its_day() -> None:
    said = [unnumbered().identity(ROW.replace("2026-10-19 10:41:26", when)) for when in ("昨天 10:41", "昨天 10:42")]
    assert said[0] == said[1]


def test_rows_are_gathered_once_whatever_the_page_does_with_them() -> None:
    gathered = Gathered(lambda row: row[0], repeats=False)
    assert gathered.take(["a1", "b1"]) == 2
    assert gathered.take(["a1", "b2", "c1"]) == 1
    assert gathered.take(["d1", "d2"]) == 1
    assert gathered.rows == {"a": "a1", "b": "b2", "c": "c1", "d": "d2"}


def test_the_same_words_twice_on_one_page_are_two_comments_without_numbers() -> None:
    gathered = Gathered(str, repeats=True)
    assert gathered.take(["顶", "顶"]) == 2
    assert gathered.take(["顶", "顶", "顶"]) == 1
    assert list(gathered.rows) == ["顶", "顶-2", "顶-3"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"pages": []}, "要写 pages"),
        ({"comments": {"rows": "li:::"}}, "不是 CSS 选择器"),
        ({"comments": {"more": "#a", "scroll": True}}, "只能写一个"),
        ({"comments": {"fields": {"text": "p"}}}, "缺少 posted_at"),
        ({"comments": {"fields": {"text": "p[", "posted_at": "time"}}}, "不是 CSS 选择器"),
        ({"comments": {"fields": {"text": {"cut": "."}, "posted_at": "time"}}}, "fields.text 要写 CSS 选择器"),
    ],
)
def test_a_mistake_in_the_options_is_named(changes: dict[str, object], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        reader(**changes)
