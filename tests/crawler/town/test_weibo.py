"""The town's Weibo answers as the two sites do."""

import json
from datetime import datetime, timedelta

import pytest

from crawler.town.corpus import ZONE, load_town
from crawler.town.weibo import CONTAINER, MEMBER, Sizes, WeiboReplica
from crawler.town.weibo_rows import FIRST_COMMENT, UID, full_time, numbered, short_name, shown_at

NOW = datetime(2026, 11, 24, 12, 30, tzinfo=ZONE)
REPLICA = WeiboReplica(load_town(), Sizes(), lambda: NOW)
MEMBERS = {"SUB": MEMBER, "SUBP": "0033"}
VISITOR = {"SUB": "_2Ak-m", "SUBP": "0033"}
POSTS = numbered(load_town())
LARGEST = max(POSTS, key=lambda posted: len(posted.threads))


def get(path: str, cookies: dict[str, str] = MEMBERS, **query: object) -> dict:
    status, body = REPLICA.fetch(path, {name: str(value) for name, value in query.items()}, cookies)
    assert status == 200
    return json.loads(body)


def test_it_has_what_the_town_promises() -> None:
    weibo = load_town().weibo
    assert {post.policy for post in weibo} == {"lift", "parking", "lunch"}
    public = sum(
        1 + sum(not answer.official for answer in comment.answers) for post in weibo for comment in post.comments
    )
    assert (len(weibo), public) == (10, 68)
    assert sum(answer.official for post in weibo for comment in post.comments for answer in comment.answers) == 17


def test_names_of_posts_are_in_base_62() -> None:
    assert short_name(3501756485200075) == "z0JH2lOMb"
    assert short_name(3501703397689247) == "z0Ijpwgk7"


def test_a_pinned_post_stands_at_the_top_and_again_at_its_date() -> None:
    seen, since = [], None
    while True:
        more = {"since_id": since} if since else {}
        data = get("/api/container/getIndex", value=UID, containerid=CONTAINER, **more)["data"]
        cards = [card for group in data["cards"] for card in group.get("card_group", [group])]
        seen += [(card["mblog"]["id"], card["mblog"]["mblogtype"]) for card in cards if card["card_type"] == 9]
        since = data["cardlistInfo"].get("since_id")
        if since is None:
            break
    pinned = next(str(posted.number) for posted in POSTS if posted.post.pinned)
    assert seen == [(pinned, 2), *((str(posted.number), 0) for posted in POSTS)]
    rows = get("/ajax/statuses/mymblog", {**MEMBERS, "SUB": "_2Ak-web"}, uid=UID)["data"]["list"]
    assert [row["idstr"] for row in rows].count(pinned) == 1 == rows[0]["isTop"]


def test_the_kind_of_cursor_changes_on_the_third_page_and_must_be_sent_back() -> None:
    page = get("/comments/hotflow", id=LARGEST.number, max_id_type=0)["data"]
    assert page["max_id_type"] == 0
    page = get("/comments/hotflow", id=LARGEST.number, max_id=page["max_id"], max_id_type=0)["data"]
    assert page["max_id_type"] == 1
    assert get("/comments/hotflow", id=LARGEST.number, max_id=page["max_id"], max_id_type=0)["ok"] == 0
    page = get("/comments/hotflow", id=LARGEST.number, max_id=page["max_id"], max_id_type=1)["data"]
    assert (page["max_id"], len(page["data"])) == (0, len(LARGEST.threads) - 6)


def test_without_both_cookies_there_is_nothing() -> None:
    for cookies in ({}, {"SUB": "_2Ak-m"}, {"SUBP": "0033"}):
        assert REPLICA.fetch("/comments/hotflow", {}, cookies) == (432, b"")
        assert b"Sina Visitor System" in REPLICA.fetch("/ajax/statuses/mymblog", {}, cookies)[1]
    assert get("/ajax/statuses/mymblog", VISITOR, uid=UID)["ok"] == -100
    assert get("/api/container/getIndex", VISITOR, value=1)["ok"] == 0
    assert REPLICA.fetch("/gov/", {}, MEMBERS) is None


def test_only_members_see_more_than_the_first_answers() -> None:
    thread = max((thread for posted in POSTS for thread in posted.threads), key=lambda thread: len(thread.children))
    small = WeiboReplica(load_town(), Sizes(children=2))
    query = {"cid": str(thread.root.number)}
    first = json.loads(small.fetch("/comments/hotFlowChild", query, VISITOR)[1])
    assert (len(first["data"]), first["total_number"]) == (2, len(thread.children))
    query["max_id"] = str(first["max_id"])
    assert json.loads(small.fetch("/comments/hotFlowChild", query, VISITOR)[1])["ok"] == -100
    assert json.loads(small.fetch("/comments/hotFlowChild", query, MEMBERS)[1])["data"]


def test_comments_have_numbers_that_a_float_confuses() -> None:
    assert float(FIRST_COMMENT) == float(FIRST_COMMENT - 1)


@pytest.mark.parametrize(
    ("age", "shown"),
    [
        (timedelta(seconds=40), {"刚刚"}),
        (timedelta(minutes=5), {"5分钟前"}),
        (timedelta(hours=3), {"3小时前"}),
        (timedelta(hours=24), {"昨天 12:30"}),
        (
            timedelta(days=20),
            {"Wed Nov 04 12:30:00 +0800 2026", "11-04", "11-04 12:30", "11月4日 12:30", "2026-11-04 12:30"},
        ),
        (timedelta(days=365), {"Mon Nov 24 12:30:00 +0800 2025", "2025-11-24 12:30"}),
    ],
)
def test_times_have_the_forms_of_m(age: timedelta, shown: set[str]) -> None:
    assert {shown_at(NOW - age, NOW, number) for number in range(5)} == shown
    assert full_time(NOW) == "Tue Nov 24 12:30:00 +0800 2026"
