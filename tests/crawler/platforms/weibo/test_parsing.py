"""Rows of either site as items. The shapes are as public clients tell them; every value is made up."""

import json
from contextlib import suppress
from copy import deepcopy
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.items import Comment, Post, Reply
from crawler.platforms.answers import Refused, Unreadable
from crawler.platforms.weibo.mobile import Mobile
from crawler.platforms.weibo.parsing import Crawl, parse_comment, parse_post, title_of
from crawler.platforms.weibo.rows import children_shown, has_more_children, identity, is_by, is_pinned
from crawler.platforms.weibo.ways import read_long_text
from crawler.platforms.weibo.web import Web

NOW = datetime(2026, 11, 24, 4, 30, tzinfo=UTC)  # 12:30 in Shanghai
UID = 8888010001
CRAWL = Crawl("weibo", "weibo:1", "https://m.weibo.cn", UID, "county", "示例县人民政府新闻办公室")
ACCOUNT = {"id": UID, "screen_name": "示例县发布", "verified": True, "verified_type": 1, "followers_count": "5.5万"}
WRITER = {"id": 9123456789, "screen_name": "楼上的猫", "profile_image_url": "", "verified": False, "followers_count": 3}
EMOJI = '<span class="url-icon"><img alt="[泪]" src="https://h5.sinaimg.cn/m/emoticon/icon/lei.png" /></span>'

MOBILE_POST = {
    "id": "5231234567890123",
    "mid": "5231234567890123",
    "bid": "QaBcD1234",
    "created_at": "Sun Nov 22 12:00:00 +0800 2026",
    "text": f'【加装电梯&amp;采光】<a href="/search?q=1"><span class="surl-text">#老旧小区#</span></a>今天公示{EMOJI}',
    "isLongText": False,
    "source": "微博网页版",
    "region_name": "发布于 四川",
    "pic_num": 0,
    "attitudes_count": "1.2万",
    "comments_count": "100万+",
    "reposts_count": 7,
    "edit_count": 0,
    "mblogtype": 0,
    "comment_manage_info": {"comment_permission_type": -1, "approval_comment_type": 1, "comment_sort_type": 0},
    "user": ACCOUNT,
}
MOBILE_COMMENT = {
    "id": "9007199254740993",
    "mid": "9007199254740993",
    "rootid": "9007199254740993",
    "floor_number": 3,
    "text": f"3 &lt; 5<br />好{EMOJI}{EMOJI}",
    "created_at": "11-23 08:15",
    "source": "来自上海",
    "like_count": "1.2万",
    "liked": False,
    "is_mblog_author": False,
    "total_number": 3,
    "comments": False,
    "max_id": 0,
    "user": WRITER,
}
WEB_COMMENT = {
    **{name: value for name, value in MOBILE_COMMENT.items() if name not in ("like_count", "id", "comments")},
    "id": 9007199254740993,
    "idstr": "9007199254740993",
    "created_at": "Mon Nov 23 08:15:30 +0800 2026",
    "text_raw": "3 < 5\n好[泪][泪]",
    "like_counts": 12,
    "comments": [],
}


def post(**changes: object) -> Post:
    return parse_post({**MOBILE_POST, **changes}, CRAWL, NOW)


def comment(row: dict, root: dict | None = None, **changes: object) -> Comment | Reply | None:
    return parse_comment({**row, **changes}, post(), CRAWL, NOW, root, set())


def test_a_post_is_read() -> None:
    found = post()
    assert (found.id, found.url) == ("weibo:5231234567890123", "https://m.weibo.cn/detail/5231234567890123")
    assert (found.title, found.text) == ("加装电梯&采光", "【加装电梯&采光】#老旧小区#今天公示[泪]")
    assert (found.posted_at, found.posted_precision) == (datetime(2026, 11, 22, 4, tzinfo=UTC), "second")
    assert (found.comment_count, found.comments_open, found.curated) == (1_000_000, True, True)
    assert (found.account, found.source, found.run) == ("county", "weibo", "weibo:1")


def test_what_a_post_says_of_its_comments() -> None:
    shut = post(comment_manage_info={"comment_permission_type": 1, "approval_comment_type": 0})
    assert (shut.comments_open, shut.curated) == (False, False)
    silent = post(comment_manage_info=None, comments_count=0)
    assert (silent.comments_open, silent.curated, silent.comment_count) == (None, False, 0)


def test_a_post_that_passes_another_on_has_both_texts() -> None:
    assert post(text="请看", retweeted_status={"text": "<b>公告</b>", "user": None}).text == "请看\n转发：公告"
    assert post(text="请看", retweeted_status=None).text == "请看"


def test_titles() -> None:
    assert title_of("《办法》印发\n全文") == "办法"
    assert title_of("第一行\n第二行") == "第一行"
    assert title_of("长" * 50) == "长" * 39 + "…"
    assert title_of("") == ""


def test_whose_and_pinned() -> None:
    assert is_by({"user": {"id": UID}}, UID)
    assert is_by({"user": {"id": str(UID)}}, UID)
    assert not is_by({"user": None}, UID)
    assert not is_by({"user": WRITER}, UID)
    assert is_pinned({"mblogtype": 2})
    assert is_pinned({"isTop": 1})
    assert not is_pinned(MOBILE_POST)


def test_a_comment_of_m_is_read() -> None:
    found = comment(MOBILE_COMMENT)
    assert isinstance(found, Comment)
    assert (found.id, found.post_id, found.parent_id, found.root_id) == (
        "weibo:9007199254740993", "weibo:5231234567890123", None, None,
    )  # fmt: skip
    assert found.text == "3 < 5\n好[泪][泪]"
    assert (found.posted_at, found.posted_precision) == (datetime(2026, 11, 23, 0, 15, tzinfo=UTC), "minute")
    assert (found.author, found.author_name, found.author_region) == ("9123456789", "楼上的猫", "来自上海")
    assert (found.likes, found.reply_count) == (12_000, 3)


def test_a_comment_of_the_web_is_the_same_but_for_its_time_and_likes() -> None:
    found = comment(WEB_COMMENT)
    assert isinstance(found, Comment)
    assert (found.text, found.likes, found.posted_precision) == ("3 < 5\n好[泪][泪]", 12, "second")
    without_html = {name: value for name, value in WEB_COMMENT.items() if name != "text"}
    assert comment(without_html).text == found.text


@pytest.mark.parametrize(
    ("shown", "at", "precision"),
    [
        ("刚刚", "2026-11-24T12:30:00", "minute"),
        ("5秒前", "2026-11-24T12:29:55", "second"),
        ("5分钟前", "2026-11-24T12:25:00", "minute"),
        ("3小时前", "2026-11-24T09:30:00", "minute"),
        ("2天前", "2026-11-22T00:00:00", "day"),
        ("今天 08:05", "2026-11-24T08:05:00", "minute"),
        ("昨天 23:59", "2026-11-23T23:59:00", "minute"),
        ("前天 00:00", "2026-11-22T00:00:00", "minute"),
        ("11-23", "2026-11-23T00:00:00", "day"),
        ("12-01", "2025-12-01T00:00:00", "day"),
        ("11-23 12:30", "2026-11-23T12:30:00", "minute"),
        ("11月23日 12:30", "2026-11-23T12:30:00", "minute"),
        ("2025-11-23", "2025-11-23T00:00:00", "day"),
        ("2025-11-23 12:30", "2025-11-23T12:30:00", "minute"),
        ("Sun Nov 23 12:00:00 +0800 2025", "2025-11-23T12:00:00", "second"),
    ],
)
def test_every_form_of_time_is_shanghai_time(shown: str, at: str, precision: str) -> None:
    found = comment(MOBILE_COMMENT, created_at=shown)
    assert (found.posted_at, found.posted_precision) == (datetime.fromisoformat(f"{at}+08:00"), precision)


def test_ids_beyond_what_a_float_keeps_are_exact() -> None:
    for number in (2**53 + 1, 2**63 - 1, 10**25 + 7):
        for body in (f'{{"id": {number}}}', f'{{"id": "{number}"}}', f'{{"idstr": "{number}", "id": 0}}'):
            assert identity(json.loads(body)) == str(number)
    for wrong in (1.5, 2.0**60, True, None, "", "12a", -3, [], "１２"):
        with pytest.raises(Unreadable, match="没有编号"):
            identity({"id": wrong})


def test_an_answer_to_the_root_and_to_another_answer_on_m() -> None:
    to_root = comment(MOBILE_COMMENT, MOBILE_COMMENT, id="9007199254740995", mid=None, text="同感")
    assert (to_root.parent_id, to_root.root_id) == ("weibo:9007199254740993",) * 2
    prefix = "回复<a href='/n/河西三毛'>@河西三毛</a>:"
    to_child = comment(
        MOBILE_COMMENT, MOBILE_COMMENT, id="9007199254740997", mid=None, text=f"{prefix}不是", reply_id=9007199254740995
    )
    assert (to_child.parent_id, to_child.root_id) == ("weibo:9007199254740995", "weibo:9007199254740993")
    assert to_child.text == "不是"


def test_an_answer_on_the_web_names_its_parent() -> None:
    answered = {"id": 9007199254740995, "text": "同感", "user": WRITER}
    found = comment(WEB_COMMENT, WEB_COMMENT, id=9007199254740997, idstr=None, mid=None, reply_comment=answered)
    assert (found.parent_id, found.root_id) == ("weibo:9007199254740995", "weibo:9007199254740993")


def test_what_the_account_answers_is_an_official_reply() -> None:
    own = {**MOBILE_COMMENT, "id": "9007199254740999", "mid": None, "user": ACCOUNT, "text": "您好，已转办。"}
    found = comment(own, MOBILE_COMMENT)
    assert isinstance(found, Reply)
    assert (found.comment_id, found.unit) == ("weibo:9007199254740993", "示例县人民政府新闻办公室")
    assert (found.addressee, found.text, found.replied_precision) == ("楼上的猫", "您好，已转办。", "minute")
    nameless = Crawl("weibo", "weibo:1", "https://m.weibo.cn", UID)
    assert parse_comment(own, post(), nameless, NOW, MOBILE_COMMENT, set()).unit == "示例县发布"


def test_the_addressee_is_who_is_answered_not_who_began() -> None:
    own = {**MOBILE_COMMENT, "id": "9007199254740999", "mid": None, "user": ACCOUNT, "reply_id": "9007199254740995"}
    text = "回复<a href='/n/A&amp;B'>@A&amp;B</a>:您好"
    assert comment(own, MOBILE_COMMENT, text=text).addressee == "A&B"
    assert comment(own, MOBILE_COMMENT, text="您好").addressee is None
    answered = {"id": 9007199254740995, "user": {"id": 1, "screen_name": "河西三毛"}}
    assert comment(own, MOBILE_COMMENT, reply_comment=answered).addressee == "河西三毛"


def test_what_the_account_says_to_nobody_or_itself_is_neither() -> None:
    own = {**MOBILE_COMMENT, "user": ACCOUNT}
    assert comment(own) is None
    child = {**own, "id": "9007199254740999", "mid": None}
    assert parse_comment(child, post(), CRAWL, NOW, own, {"9007199254740993"}) is None


def test_a_comment_without_words() -> None:
    assert comment(MOBILE_COMMENT, text="", pic={"pid": "1"}).text == "[图片]"
    assert comment(MOBILE_COMMENT, text=" <br/> ") is None
    gone = comment(MOBILE_COMMENT, user=None)
    assert (gone.author, gone.author_name) == (None, None)


def test_where_a_mention_ends_is_kept() -> None:
    assert comment(MOBILE_COMMENT, text="<a href='/n/阿柚'>@阿柚</a>你家也装了").text == "@阿柚 你家也装了"
    assert comment(MOBILE_COMMENT, text="<a href='/n/阿柚'>@阿柚</a>，你家也装了").text == "@阿柚，你家也装了"


def test_whether_answers_are_missing() -> None:
    child = {**MOBILE_COMMENT, "id": "1", "mid": None}
    assert children_shown({"comments": False}) == []
    assert has_more_children({"comments": [child], "total_number": 2})
    assert not has_more_children({"comments": [child], "total_number": 1})
    assert not has_more_children({"comments": False, "total_number": 0})
    assert has_more_children({"comments": [child]})
    assert has_more_children({"comments": [], "total_number": 0, "more_info": {"text": "共3条"}})


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"created_at": 1780000000}, "created_at"),
        ({"created_at": "不久以前"}, "看不懂时间"),
        ({"like_count": -1}, "like_count"),
        ({"like_count": {}}, "like_count"),
        ({"user": []}, "user"),
        ({"user": {"screen_name": "x"}}, "没有编号"),
        ({"text": None}, "text_raw"),
    ],
)
def test_a_changed_row_is_named(changes: dict, words: str) -> None:
    with pytest.raises(Unreadable, match=words):
        comment(MOBILE_COMMENT, **changes)


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.sampled_from(["0", "1", "<b>"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "user", "data"]), inner),
    max_leaves=6,
)
CHILD = {**MOBILE_COMMENT, "id": "9007199254740999", "reply_id": "9007199254740995", "reply_comment": {"id": 1}}
ANSWERS = {
    "profile": {"ok": 1, "data": {"tabsInfo": {"tabs": [{"tabKey": "weibo", "containerid": "1076038888010001"}]}}},
    "cards": {
        "ok": 1,
        "data": {
            "cardlistInfo": {"since_id": 12, "page": 2, "total": 3},
            "cards": [{"card_type": 11, "card_group": [{"card_type": 9, "mblog": MOBILE_POST}]}],
        },
    },
    "mymblog": {"ok": 1, "data": {"list": [MOBILE_POST], "since_id": "12kp2", "total": 3}},
    "hotflow": {"ok": 1, "data": {"data": [{**MOBILE_COMMENT, "comments": [CHILD]}], "max_id": 5, "max_id_type": 1}},
    "built": {"ok": 1, "data": [{**WEB_COMMENT, "comments": [CHILD]}], "max_id": 5, "total_number": 1},
    "longtext": {"ok": 1, "data": {"longTextContent": "<b>全文</b>"}},
}


def places(value: object, path: tuple = ()) -> list[tuple]:
    """Every place in an answer."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, part in inside for place in places(part, (*path, key)))]


@given(st.data())
def test_no_changed_answer_raises_anything_but_what_it_may(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(ANSWERS)))
    answer = deepcopy(ANSWERS[name])
    for place in data.draw(st.lists(st.sampled_from(places(answer)[1:]), min_size=1, max_size=3)):
        spoil(answer, place, data.draw(JUNK))
    body = json.dumps(answer).encode()
    mobile, web = Mobile("https://m.weibo.cn", UID), Web("https://weibo.com", UID)
    try:
        if name == "longtext":
            read_long_text(body)
            return
        page = {
            "profile": lambda: mobile.read_posts(body, {}),
            "cards": lambda: mobile.read_posts(body, {"containerid": "1"}),
            "mymblog": lambda: web.read_posts(body, {}),
            "hotflow": lambda: mobile.read_comments(body, {}),
            "built": lambda: web.read_children(body, {}),
        }[name]()
        for row in page.rows:
            if name in ("cards", "mymblog"):
                is_by(row, UID), is_pinned(row), parse_post(row, CRAWL, NOW)
                continue
            parse_comment(row, post(), CRAWL, NOW, None, set())
            for child in children_shown(row):
                parse_comment(child, post(), CRAWL, NOW, row, set())
            has_more_children(row)
    except (Refused, Unreadable) as said:
        assert str(said).endswith("。")


def spoil(answer: object, place: tuple, junk: object) -> None:
    """Put junk at a place; an earlier change may have taken the place away."""
    with suppress(KeyError, IndexError, TypeError):
        for key in place[:-1]:
            answer = answer[key]
        answer[place[-1]] = junk
