"""The spider over the town's replica, both sites: what it brings in, where it stops, what it says."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine

from crawler.town.corpus import ACCOUNT, ZONE, Answer, Town, TownPost, Utterance, load_town
from crawler.town.server import Answered, Answering, answering
from crawler.town.weibo import MEMBER, Sizes, WeiboReplica
from crawler.town.weibo_rows import numbered
from pipelines.digests import digest_of
from tests.crawler.platforms.weibo.walking import Walked, walk
from tests.servers import weibo_faults as faults

TOWN = Town((), (), load_town().weibo)
SAID = {
    f"weibo:{said.number}": said
    for posted in numbered(TOWN)
    for thread in posted.threads
    for said in (thread.root, *thread.children)
}
OFFICIAL = {name for name, said in SAID.items() if said.author == ACCOUNT}
WAYS = pytest.mark.parametrize("way", ["m", "ajax"])
COUNTY = "示例县人民政府新闻办公室"


def town(**sizes: int) -> Answering:
    return answering(TOWN, WeiboReplica(TOWN, Sizes(**sizes)))


@WAYS
@pytest.mark.parametrize("sizes", [{}, {"posts": 20, "comments": 20}, {"posts": 1, "comments": 1, "children": 20}])
def test_everything_comes_in_once(tmp_path: Path, way: str, sizes: dict[str, int]) -> None:
    walked = walk(town(**sizes), tmp_path, way=way)
    assert walked.outcome == ("complete", "")
    assert len(walked.items) == len({item.id for item in walked.items})
    assert len(walked.posts) == len(TOWN.weibo)
    assert walked.comments.keys() == SAID.keys() - OFFICIAL
    assert walked.replies.keys() == OFFICIAL
    for name, comment in walked.comments.items():
        assert comment.text == SAID[name].words.text
        assert (comment.parent_id is None) == isinstance(SAID[name].words, Utterance)
    assert walked.tally.asked == walked.tally.answered == len(walked.asked)


@WAYS
def test_long_posts_are_whole_and_asked_for_only_where_they_are_long(tmp_path: Path, way: str) -> None:
    walked = walk(town(), tmp_path, way=way)
    long = [post for post in TOWN.weibo if len(post.text.strip()) > 140]
    assert walked.count("/statuses/extend" if way == "m" else "/ajax/statuses/longtext") == len(long) == 1
    assert {post.text for post in walked.posts.values()} == {post.text.strip() for post in TOWN.weibo}


@WAYS
def test_chosen_and_closed_comments_are_said(tmp_path: Path, way: str) -> None:
    posts = {post.title: post for post in walk(town(), tmp_path, way=way).posts.values()}
    assert [title for title, post in posts.items() if post.curated] == ["午餐满月成绩单"]
    assert [title for title, post in posts.items() if post.comments_open is False] == ["加装电梯申请系统维护通知"]


@WAYS
def test_answers_know_whom_they_answer(tmp_path: Path, way: str) -> None:
    walked = walk(town(), tmp_path, way=way)
    by_text = {item.text: item for item in (*walked.comments.values(), *walked.replies.values())}
    sister = by_text["姐，图纸一起看，不行就往外挪，真的"]
    assert sister.parent_id == by_text["西装我给他熨，但是能不能别把井道立在我窗户前头"].id
    assert sister.root_id == by_text["我家老爷子上次下楼还是去年国庆，他说电梯装好那天要穿西装[泪]"].id
    reply = by_text["抱歉，退款已于今天上午到账，延误的原因是批量审核，我们已请停车公司改为逐笔退。"]
    assert reply.comment_id == by_text["三个工作日过了，恋爱还没分手，钱也没回来"].id
    assert reply.unit == ACCOUNT  # no account in the registry


def test_the_unit_of_the_registry_signs_the_replies(tmp_path: Path) -> None:
    account = 'id = "county"\nplatform = "weibo"\nregion = "示例县"\n'
    (tmp_path / "accounts.toml").write_text(f'[[account]]\n{account}unit = "{COUNTY}"\n', encoding="utf-8")
    walked = walk(town(), tmp_path, account="county")
    assert {reply.unit for reply in walked.replies.values()} == {COUNTY}


@WAYS
def test_a_pinned_post_is_no_reason_to_stop(tmp_path: Path, way: str) -> None:
    """It is from June and stands at the top."""
    walked = walk(town(posts=2), tmp_path, since="2026-08-29", way=way)
    assert walked.outcome[0] == "complete"
    wanted = {
        f"weibo:{posted.number}" for posted in numbered(TOWN) if posted.post.at.date().isoformat() >= "2026-08-29"
    }
    assert walked.posts.keys() == wanted
    assert len(wanted) == 4


def test_the_cookies_of_the_visitor_go_along_and_no_others(tmp_path: Path) -> None:
    for way, sub in (("m", "_2Ak-m"), ("ajax", "_2Ak-web")):
        walked = walk(town(), tmp_path, way=way)
        first, *others = walked.asked
        assert (first.method, first.form["cb"], first.cookies) == ("POST", "visitor_gray_callback", {})
        assert {tuple(asked.cookies.items()) for asked in others} == {(("SUB", sub), ("SUBP", "0033-town"))}
        assert walked.count(first.path) == 1


def test_cookies_of_the_other_site_do_not_help(tmp_path: Path) -> None:
    sites = {"m": "http://m.test", "m_visitor": "http://v.test/weibo.com"}
    walked = walk(town(), tmp_path, sites=sites)
    assert (walked.closed, walked.items) == ("blocked", [])
    assert "要求登录" in walked.outcome[1]


@WAYS
def test_the_operators_cookie_sees_more(tmp_path: Path, way: str) -> None:
    file = tmp_path / "cookie"
    file.write_text(f"SUB={MEMBER}; SUBP=0033; XSRF-TOKEN=tok")
    file.chmod(0o600)
    seen = walk(town(free_pages=1, children=2), tmp_path, way=way, cookie_file=str(file))
    assert seen.outcome == ("complete", "")
    assert all(asked.cookies["SUB"] == MEMBER for asked in seen.asked)
    assert seen.comments.keys() == SAID.keys() - OFFICIAL


@WAYS
def test_a_wall_after_some_pages_is_that_posts_alone(tmp_path: Path, way: str) -> None:
    walked = walk(town(free_pages=2), tmp_path, way=way)
    outcome, reason = walked.outcome
    assert (outcome, walked.closed) == ("partial", "")
    assert "第 3 页起要登录" in reason
    walled = [posted for posted in numbered(TOWN) if len(posted.threads) > 6]
    assert len(walked.tally.mishaps) == len(walled) > 1
    assert len(walked.posts) == len(TOWN.weibo)
    first = {f"weibo:{thread.root.number}" for posted in numbered(TOWN) for thread in posted.threads[:6]}
    assert {name for name, comment in walked.comments.items() if comment.parent_id is None} == first


@WAYS
def test_a_wall_after_the_first_answers_is_that_threads_alone(tmp_path: Path, way: str) -> None:
    walked = walk(town(children=2), tmp_path, way=way)
    assert walked.outcome[0] == "partial"
    assert all("的回复第 2 页起要登录" in mishap.sentence for mishap in walked.tally.mishaps)
    assert len(walked.tally.mishaps) == sum(len(t.children) > 2 for posted in numbered(TOWN) for t in posted.threads)


@WAYS
@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (faults.WALL, "要求登录"),
        (faults.CAPTCHA, "验证码"),
        (faults.TOO_OFTEN, "太频繁"),
        (faults.EXPIRED, "登录已失效"),
        (faults.EXPIRED_SESSION, "登录已失效"),
        (faults.VISITOR_SYSTEM, "Sina Visitor System"),
        (faults.SIGN_IN_PAGE, "登录页"),
        *((faults.status(code), f"HTTP {code}") for code in (403, 414, 418, 429, 432, 511)),
    ],
)
@pytest.mark.parametrize("paths", [faults.POSTS, faults.COMMENTS])
def test_a_refusal_on_the_first_page_of_anything_ends_the_crawl(
    tmp_path: Path, way: str, spoil: Callable[[Answered], Answered], words: str, paths: tuple[str, ...]
) -> None:
    walked = walk(faults.on(paths, spoil)(town()), tmp_path, way=way)
    assert walked.closed == "blocked"
    outcome, reason = walked.outcome
    assert (outcome, words in reason) == ("blocked", True), reason
    assert sum(asked.path in paths for asked in walked.asked) == 1
    assert ("cookie_file" in reason) == (words not in ("验证码", "太频繁")), reason


@WAYS
@pytest.mark.parametrize("spoil", [faults.WALL, faults.CAPTCHA, faults.status(432)])
def test_the_posts_are_kept_when_the_first_comments_are_walled(
    tmp_path: Path, way: str, spoil: Callable[[Answered], Answered]
) -> None:
    walked = walk(faults.on(faults.COMMENTS, spoil)(town(posts=3)), tmp_path, way=way)
    assert (walked.outcome[0], walked.comments) == ("blocked", {})
    assert len(walked.items) == len(walked.posts) == walked.tally.fetched >= 2


@pytest.mark.parametrize("spoil", [faults.NO_SUB, faults.status(403), faults.said(b"")])
def test_a_visitor_who_gets_no_cookie_is_turned_away(tmp_path: Path, spoil: Callable[[Answered], Answered]) -> None:
    walked = walk(faults.on(faults.VISITOR, spoil)(town()), tmp_path)
    assert (walked.closed, len(walked.asked)) == ("blocked", 1)
    assert walked.outcome[0] == "blocked"


def test_cookies_that_are_set_and_not_told_do_as_well(tmp_path: Path) -> None:
    def spoil(_: Answered) -> Answered:
        cookies = ("SUB=_2Ak-m; path=/; domain=.weibo.cn; httponly", "SUBP=0033; path=/", "SUB=deleted; path=/x")
        return Answered(b'cb({"retcode":20000000,"data":{"tid":"01A"}});', cookies=cookies)

    assert walk(faults.on(faults.VISITOR, spoil)(town()), tmp_path).outcome[0] == "complete"


@WAYS
def test_one_sided_cookies_are_not_enough_for_the_replica(tmp_path: Path, way: str) -> None:
    """SUB alone is answered with 432, or with the visitor's page."""
    spoil = faults.said(b'cb({"data":{"sub":"_2Ak-m"}});')
    walked = walk(faults.on(faults.VISITOR, spoil)(town()), tmp_path, way=way)
    assert walked.closed == "blocked"
    assert ("432" if way == "m" else "Sina Visitor System") in walked.outcome[1]


@WAYS
@pytest.mark.parametrize(("spoil", "words"), [(faults.same_cursor, "没有前进"), (faults.new_cursors(), "没有新的内容")])
def test_endless_pages_end_with_the_reason(
    tmp_path: Path, way: str, spoil: Callable[[Answered], Answered], words: str
) -> None:
    walked = walk(faults.on(faults.COMMENTS, spoil)(town(posts=20)), tmp_path, way=way)
    assert walked.outcome[0] == "partial"
    assert any(words in mishap.sentence for mishap in walked.tally.mishaps)
    assert len(walked.asked) < 150


@WAYS
def test_a_deleted_post_is_said_and_the_others_come_in(tmp_path: Path, way: str) -> None:
    first = {"done": False}

    def spoil(answered: Answered) -> Answered:
        if first["done"]:
            return answered
        first["done"] = True
        return faults.DELETED(answered)

    walked = walk(faults.on(faults.COMMENTS, spoil)(town()), tmp_path, way=way)
    assert (walked.outcome[0], "已删除" in walked.outcome[1]) == ("partial", True)
    assert len(walked.posts) == len(TOWN.weibo) - 1


@WAYS
def test_closed_comments_are_no_trouble(tmp_path: Path, way: str) -> None:
    walked = walk(faults.on(faults.COMMENTS, faults.CLOSED)(town()), tmp_path, way=way)
    assert (walked.tally.mishaps, len(walked.posts), walked.comments) == ([], len(TOWN.weibo), {})
    assert {post.comments_open for post in walked.posts.values()} == {False}


def test_what_hotflow_does_not_tell_the_older_list_does(tmp_path: Path) -> None:
    walked = walk(faults.on(faults.COMMENTS, faults.STRANGE)(town()), tmp_path)
    assert walked.outcome == ("complete", "")
    assert walked.comments.keys() == SAID.keys() - OFFICIAL


def test_the_older_list_gives_fifty_and_that_is_said(tmp_path: Path) -> None:
    post = crowd(70)
    answer = answering(post, WeiboReplica(post, Sizes(comments=20)))
    assert len(walk(answer, tmp_path).comments) == 70
    walked = walk(faults.on(faults.COMMENTS, faults.STRANGE)(answer), tmp_path)
    assert len(walked.comments) == 50
    assert (walked.outcome[0], "只给到前几十条" in walked.outcome[1]) == ("partial", True)


def test_a_notice_board_that_hides_the_comments_is_left_out(tmp_path: Path) -> None:
    def answer_of(answer: Answering) -> Answering:
        def hiding(asked: object) -> Answered:
            if asked.query.get("is_show_bulletin") == "2" and asked.query.get("fetch_level") == "0":
                return Answered(b'{"ok":1,"data":[],"max_id":0,"total_number":0}')
            return answer(asked)

        return hiding

    walked = walk(answer_of(town()), tmp_path, way="ajax")
    assert walked.comments.keys() == SAID.keys() - OFFICIAL


@WAYS
def test_a_list_that_is_ranked_anew_while_it_is_read_brings_nothing_twice(tmp_path: Path, way: str) -> None:
    """Every page repeats the one before it, and its own last row."""
    before: list[object] = []

    def spoil(answered: Answered) -> Answered:
        body = json.loads(answered.body)
        rows = body["data"]["data"] if way == "m" else body["data"]
        repeated = list(before)
        before[:] = rows
        rows += [rows[-1], *repeated]
        return Answered(json.dumps(body).encode())

    post = crowd(30)
    answer = faults.on(faults.COMMENTS, spoil)(answering(post, WeiboReplica(post, Sizes(comments=4))))
    walked = walk(answer, tmp_path, way=way)
    assert walked.outcome == ("complete", "")
    assert len(walked.items) == len({item.id for item in walked.items}) == 31


def test_other_peoples_posts_in_the_list_are_not_ours(tmp_path: Path) -> None:
    def spoil(answered: Answered) -> Answered:
        body = json.loads(answered.body)
        for card in body["data"].get("cards", []):
            if card.get("card_type") == 9 and card["mblog"]["mblogtype"] == 0:
                card["mblog"]["user"] = None
        return Answered(json.dumps(body).encode())

    walked = walk(faults.on(faults.POSTS, spoil)(town(posts=20)), tmp_path)
    assert len(walked.posts) == 1  # the pinned one


@pytest.mark.parametrize("tabs", ["list", "dict"])
def test_the_container_is_found_in_either_form(tmp_path: Path, tabs: str) -> None:
    def spoil(answered: Answered) -> Answered:
        body = json.loads(answered.body)
        info = body["data"].get("tabsInfo")
        if info and tabs == "dict":
            info["tabs"] = {str(place): tab for place, tab in enumerate(info["tabs"])}
        return Answered(json.dumps(body).encode())

    assert walk(faults.on(faults.POSTS, spoil)(town()), tmp_path).outcome[0] == "complete"


def test_lists_by_page_number_are_read_too(tmp_path: Path) -> None:
    def paged(answer: Answering) -> Answering:
        def by_page(asked: object) -> Answered:
            if asked.path != faults.POSTS[0] or "containerid" not in asked.query:
                return answer(asked)
            number = int(asked.query.get("page", "1"))
            since = 138_000_000_000_000 + 4 * (number - 1)
            answered = answer(replace(asked, query={**asked.query, "since_id": str(since)}))
            body = json.loads(answered.body)
            info = body["data"]["cardlistInfo"]
            info["page"] = number + 1 if info.pop("since_id", None) else None
            return Answered(json.dumps(body).encode())

        return by_page

    walked = walk(paged(town()), tmp_path)
    assert (walked.outcome[0], len(walked.posts)) == ("complete", len(TOWN.weibo))


@WAYS
def test_a_wrong_number_brings_nothing_and_is_suspect(tmp_path: Path, way: str) -> None:
    walked: Walked = walk(town(), tmp_path, way=way, uid=1)
    assert (walked.outcome[0], walked.items) == ("suspect", [])


def test_times_counted_back_are_counted_from_when_they_were_seen(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    ages = [timedelta(minutes=3), timedelta(hours=5), timedelta(days=1, minutes=1), timedelta(days=9)]
    said = tuple(words(f"第{number}条", now - age) for number, age in enumerate(ages))
    post = Town((), (), (TownPost("lift", "a", now - timedelta(days=10), ACCOUNT, "题", "文", said),))
    for comment in walk(answering(post), tmp_path).comments.values():
        at = ages[int(comment.text[1])]
        slack = {"second": timedelta(seconds=1), "minute": timedelta(hours=1), "day": timedelta(days=1)}
        assert abs(now - at - comment.posted_at) <= slack[comment.posted_precision]


def words(text: str, at: datetime, *answers: Answer, author: str = "网友甲", likes: int = 0) -> Utterance:
    return Utterance(
        at=at, author=author, text=text, likes=likes, dislikes=0, mood="neutral", traits=(), answers=answers
    )


def crowd(size: int) -> Town:
    """A post with many comments."""
    start = datetime(2026, 6, 1, 9, tzinfo=ZONE)
    said = tuple(words(f"第{number}条", start + timedelta(minutes=number), likes=number) for number in range(size))
    return Town((), (), (TownPost("lift", "a", start, ACCOUNT, "题", "正文", said),))


def test_what_is_young_is_no_new_version_a_little_later(tmp_path: Path) -> None:
    """Seen an hour and a day apart, the times of m are told in another form each time."""
    noon = datetime(2026, 11, 24, 12, 0, tzinfo=ZONE)
    said = tuple(words(f"第{number}条", noon - timedelta(minutes=40 * number + 2)) for number in range(12))
    post = Town((), (), (TownPost("lift", "a", noon - timedelta(days=9), ACCOUNT, "题", "文", said),))
    forms, digests = set(), set()
    for later in (timedelta(), timedelta(hours=1), timedelta(days=1), timedelta(days=9)):
        with time_machine.travel(noon + later, tick=False):
            walked = walk(answering(post), tmp_path)
        vague = [comment for comment in walked.comments.values() if comment.posted_precision != "second"]
        forms |= {comment.posted_at for comment in vague}
        digests |= {digest_of(comment) for comment in vague}
    assert len(forms) > len(said)
    assert len(digests) == len(said)
