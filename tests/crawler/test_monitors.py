"""Each monitor finds what it is for, says it in these words, and nothing where there is no reason to."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from string import ascii_lowercase

import pytest

from crawler.items import Comment, Post, Reply
from crawler.monitors import (
    FIELDS,
    KINDS,
    changed_keys,
    error_share,
    fewer_than_usual,
    findings,
    missing_fields,
    missing_keys,
    missing_kinds,
    more_requests,
    new_keys,
    nothing_new,
)
from crawler.profiles import NEWEST, History, Profile, optional_fields
from crawler.runs import Finding, Tally

TODAY = datetime(2026, 11, 24, 9, tzinfo=UTC)
READ = frozenset({"tid", "favNum", "from", "grade"})


def profile(
    letters: int = 40, replies: int = 30, requests: int = 5, filled: int = 40, keys: dict[str, int] | None = None
) -> Profile:
    """A board's run: `filled` of its letters have a region."""
    held = {"tid:数字": 40, "favNum:数字": 40, "from:文字": 39, "grade:数字": 25} if keys is None else keys
    return Profile(
        requests=requests,
        items=Counter(letter=letters, reply=replies),
        filled={"letter": Counter(author_region=filled, likes=letters), "reply": Counter()},
        rows=Counter(来信=40),
        keys={"来信": Counter(held)},
        read={"来信": READ},
    )


def tally(now: Profile | None = None, **changes: object) -> Tally:
    """A run that came to its end."""
    now = now or profile()
    fetched = now.items.total()
    whole = Tally(
        "board", "liuyan", TODAY, asked=4, answered=4, fetched=fetched, unchanged=fetched, requests=now.requests
    )
    return replace(whole, profile=now, heard=now.items["letter"], **changes)


PAST = History(usual=70.0, profiles=[profile()] * 3)


def test_a_run_like_the_others() -> None:
    assert findings(tally(), "finished", PAST) == []
    assert findings(tally(), "finished", History()) == []


def test_far_fewer_items_than_usual() -> None:
    assert [*fewer_than_usual(tally(fetched=34), PAST)] == [Finding("只取到 34 条，平时约 70 条。")]
    assert [*fewer_than_usual(tally(fetched=35), PAST)] == []
    assert [*fewer_than_usual(tally(fetched=0), History())] == []
    assert [*fewer_than_usual(tally(fetched=34), History(usual=70.0))] == [Finding("只取到 34 条，平时约 70 条。")]


def test_what_is_new_since_the_last_run_is_often_little() -> None:
    some = tally(replace(profile(letters=9, replies=5), extent=NEWEST))
    assert [*fewer_than_usual(some, replace(PAST, profiles=[profile(20, 10)] * 3))] == [
        Finding("只取到 14 条，平时约 30 条。")
    ]
    assert [*fewer_than_usual(some, replace(PAST, profiles=[profile(20, 10)] * 2))] == []
    assert [*fewer_than_usual(replace(some, fetched=1), replace(PAST, profiles=[profile(10, 9)] * 3))] == []


def test_far_more_requests_for_an_item() -> None:
    many = tally(profile(requests=25))
    assert [*more_requests(many, PAST)] == [Finding("每条内容用了 0.4 次请求，平时约 0.07 次。")]
    assert [*more_requests(tally(profile(requests=24)), PAST)] == []
    assert [*more_requests(many, replace(PAST, profiles=PAST.profiles[:2]))] == []
    assert [*more_requests(tally(profile(letters=10, replies=9, requests=25)), PAST)] == []


def test_many_requests_without_an_answer_are_only_said() -> None:
    said = Finding("20 次请求里有 4 次没有得到可用的回答（20%），请核对网络，或把 pace.delay 调大。", suspect=False)
    assert [*error_share(tally(asked=16, answered=16, retries=4), PAST)] == [said]
    assert [*error_share(tally(asked=17, answered=17, retries=3), PAST)] == []
    assert [*error_share(tally(asked=4, answered=4, retries=4), PAST)] == []
    assert findings(tally(asked=16, answered=16, retries=4), "finished", PAST) == [said]
    assert findings(tally(asked=30, answered=4, retries=4), "shutdown", PAST) == []


def news(*ago: int) -> History:
    """Days with something new, counted back from today."""
    return History(news=sorted(TODAY.date() - timedelta(days) for days in ago))


WEEKLY = (14, 21, 28, 35, 42)


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (WEEKLY, "已有 14 天没有新内容，以前至少每周都有。"),
        (range(20, 60), "已有 20 天没有新内容，以前至少每周都有。"),
        ((13, *WEEKLY), ""),
        ((14, 21, 28, 36, 42), ""),  # once it was silent for eight days
        ((14, 21, 28, 35), ""),  # not watched for long enough
        ((), ""),
    ],
)
def test_a_source_that_fell_silent(days: Sequence[int], words: str) -> None:
    assert [*nothing_new(tally(), news(*days))] == ([Finding(words)] if words else [])


def test_a_source_with_something_new_is_not_silent() -> None:
    assert [*nothing_new(tally(stored=1), news(0, *WEEKLY))] == []


def test_a_source_of_which_only_likes_move_is_silent() -> None:
    """They are stored, and no day with something new."""
    assert [*nothing_new(tally(stored=1), news(*WEEKLY))] == [Finding("已有 14 天没有新内容，以前至少每周都有。")]


def test_no_item_of_a_kind() -> None:
    assert [*missing_kinds(tally(profile(replies=0)), PAST)] == [Finding("一条官方答复也没有，平时至少 30 条。")]
    assert [*missing_kinds(tally(profile(replies=1)), PAST)] == []
    assert [*missing_kinds(tally(profile(letters=19, replies=0)), PAST)] == []
    rarely = replace(PAST, profiles=[profile(), profile(), profile(replies=19)])
    assert [*missing_kinds(tally(profile(replies=0)), rarely)] == []


def test_a_field_that_is_hardly_there_any_more() -> None:
    assert [*missing_fields(tally(profile(filled=3)), PAST)] == [Finding("来信没有了“地区”，平时几乎每条都有。")]
    assert [*missing_fields(tally(profile(filled=4)), PAST)] == []
    assert [*missing_fields(tally(profile(letters=19, filled=0)), PAST)] == []
    assert [*missing_fields(tally(profile(filled=0)), replace(PAST, profiles=[profile(filled=35)] * 3))] == []
    assert [*missing_fields(tally(profile(filled=0)), replace(PAST, profiles=[profile()] * 2))] == []


def test_every_field_that_may_be_missing_has_a_name() -> None:
    assert {name for kind in (Post, Comment, Reply) for name in optional_fields(kind)} == set(FIELDS)
    assert set(KINDS) == {"post", "comment", "letter", "submission", "reply"}


def keys(**held: int) -> Tally:
    return tally(profile(keys={name.replace("_", ":"): count for name, count in held.items()}))


def test_a_key_that_is_gone_is_named() -> None:
    gone = keys(tid_数字=40, grade_数字=25)
    assert [*missing_keys(gone, PAST)] == [Finding("平台的回答（来信）里没有了“favNum”、“from”。")]
    assert [*missing_keys(keys(tid_数字=40, favNum_数字=40, from_文字=39), PAST)] == []  # not every letter has a grade
    assert [*changed_keys(gone, PAST)] == []


def test_a_key_of_another_type_is_named() -> None:
    other = keys(tid_数字=40, favNum_文字=40, from_文字=36, grade_数字=25)
    assert [*changed_keys(other, PAST)] == [Finding("平台的回答（来信）里“favNum”从数字变成了文字。")]
    assert [*missing_keys(other, PAST)] == []
    some = keys(tid_数字=40, favNum_文字=36, favNum_数字=4, from_文字=40)
    assert [*changed_keys(some, PAST)] == []


def test_a_new_key_is_only_said() -> None:
    more = keys(tid_数字=40, favNum_数字=40, from_文字=40, ipRegion_文字=40, rare_文字=3, grade_数字=25)
    said = Finding("平台的回答（来信）里多了“ipRegion”，程序不认识，没有读。", suspect=False)
    assert findings(more, "finished", PAST) == [said]
    assert [*new_keys(more, History())] == []
    assert [*new_keys(more, replace(PAST, profiles=[more.profile] * 3))] == []


def test_no_more_than_five_are_named() -> None:
    many = keys(tid_数字=40, **{f"n{number}_文字": 40 for number in range(7)})
    (said,) = new_keys(many, PAST)
    assert said.sentence == "平台的回答（来信）里多了“n0”、“n1”、“n2”、“n3”、“n4”等 7 项，程序不认识，没有读。"


def test_the_worst_comes_first_and_says_what_to_do() -> None:
    odd = keys(tid_数字=40, ipRegion_文字=40, from_文字=40, grade_数字=25)
    gone, more = findings(odd, "finished", PAST)
    assert gone == Finding(
        "平台的回答（来信）里没有了“favNum”。请核对平台是否改版；若确实改了，在 sources.toml 里写 changed = 改的那天，"
        "以前的就不再拿来比。"
    )
    assert not more.suspect


def test_a_run_that_stopped_early_is_not_held_against_whole_ones() -> None:
    early = tally(profile(letters=20, replies=0, filled=20), asked=9)
    assert findings(early, "sample", PAST) == []
    assert findings(replace(early, asked=4), "finished", PAST)[0].sentence.startswith("只取到 20 条")


LETTER = Comment(
    id="liuyan:1", platform="liuyan", source="board", kind="letter", text="路灯坏了", url="", posted_at=TODAY,
    collected_at=TODAY, run="board:1", likes=0, author="~0", status="",
)  # fmt: skip


def test_a_profile_counts_what_is_there() -> None:
    seen = Profile()
    seen.took(LETTER)
    seen.took(replace(LETTER, author=None))
    assert seen.items == {"letter": 2}
    assert seen.filled == {"letter": {"likes": 2, "author": 1}}
    assert seen.share_filled("letter", "author") == 0.5
    assert seen.share_filled("post", "title") == 0.0


def test_a_profile_holds_names_of_fields_and_nothing_else() -> None:
    seen = Profile()
    rows = [
        {"tid": 1, "none": None, "no": False, "yes": True, "score": 0.5, "list": [], "user": {"王建国": 1}},
        {"tid": "2", "王建国": "x", "13800138000": "x", "a@b.cn": "x", "long" * 20: 1},
        "no row",
    ]
    seen.saw("来信", rows, READ)
    assert seen.rows == {"来信": 2}
    assert seen.keys["来信"] == {
        "tid:数字": 1, "tid:文字": 1, "no:是否": 1, "yes:是否": 1, "score:数字": 1, "list:列表": 1, "user:对象": 1,
    }  # fmt: skip
    assert seen.unnamed == {"来信": 4}
    assert seen.types("来信")["tid"] == {"数字": 0.5, "文字": 0.5}
    for personal in ("王建国", "13800138000", "a@b.cn"):
        assert personal not in seen.encode().decode()


def test_a_row_keyed_by_values_does_not_grow_without_end() -> None:
    seen = Profile()
    names = [a + b for a in ascii_lowercase for b in ascii_lowercase]
    seen.saw("图", [{**dict.fromkeys(names, 1), "tid": 1}], READ)
    assert len(seen.keys["图"]) == 201
    assert seen.keys["图"]["tid:数字"] == 1
    assert seen.unnamed["图"] == 200


LOGINS = ("张三", "wang_jianguo1985", "u1234567890", "li-wei", "zhao@example.cn", "z" * 41, "15f3a9")


def test_nobody_s_name_that_is_a_key_is_told_or_kept() -> None:
    """Rows keyed by names, some of which look like the name of a field; `ipRegion` is one, in most rows."""
    rows = [{"tid": number, "favNum": 1, "from": "x", "ipRegion": "x"} for number in range(40)]
    for number, row in enumerate(rows):
        row.update(dict.fromkeys(LOGINS if number < 20 else (), "x"))
        row[("zhangsan", "lisi", "wangwu")[number % 3]] = 1
    now = Profile(read={"来信": READ}, items=Counter(letter=40))
    now.saw("来信", rows, READ)
    assert [*new_keys(tally(now), PAST)] == [
        Finding("平台的回答（来信）里多了“ipRegion”，程序不认识，没有读。", suspect=False),
        Finding("平台的回答（来信）里多了 7 个可能是人名或编号的字段，没有读，也不写出来。", suspect=False),
    ]
    kept = now.encode().decode()
    assert "ipRegion" in kept
    assert not [name for name in (*LOGINS, "zhangsan", "lisi", "wangwu") if name in kept]
    assert [*new_keys(tally(now), replace(PAST, profiles=[Profile.decode(now.encode())] * 3))] == []


@pytest.mark.parametrize(
    ("rows", "about", "named"),
    [(1, 1, False), (19, 19, False), (20, 12, False), (40, 35, False), (20, 18, True), (40, 40, True)],
)
def test_a_login_that_looks_like_a_field_is_named_only_where_nearly_all_of_many_rows_have_it(
    rows: int, about: int, named: bool
) -> None:
    """Rows keyed by who wrote: of one row all are about its writer."""
    now = Profile(read={"来信": READ}, items=Counter(letter=40))
    now.saw(
        "来信", [{"tid": 1, "favNum": 1, **({"zhangsan_lu": 1} if row < about else {})} for row in range(rows)], READ
    )
    found = "".join(finding.sentence for finding in findings(tally(now), "sample", PAST))
    assert ("zhangsan_lu" in found, "zhangsan_lu" in now.encode().decode()) == (named, named)


def test_the_keys_that_are_read_are_kept_of_few_rows_too() -> None:
    now = Profile()
    now.saw("来信", [{"tid": 1, "zhangsan_lu": 1}], READ)
    assert Profile.decode(now.encode()).keys == {"来信": {"tid:数字": 1}}


def test_a_switch_that_is_off_everywhere_is_not_gone() -> None:
    def switched(on: bool) -> Profile:
        seen = replace(profile(keys={}), rows=Counter())
        seen.saw("来信", [{"tid": number, "favNum": on} for number in range(40)], READ)
        return seen

    assert findings(tally(switched(False)), "finished", replace(PAST, profiles=[switched(True)] * 3)) == []


def test_a_profile_comes_back_as_it_was() -> None:
    kept = profile()
    back = Profile.decode(kept.encode())
    assert replace(back, read=kept.read) == kept
    assert back.read == {}
    assert Profile.decode(b"{}") == Profile()
