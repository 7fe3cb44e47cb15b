from datetime import date
from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.errors import WrongUse
from dashboards.days import Days
from dashboards.scope import Scope, read_scope
from tests.dashboards.town import LIFT, REGISTRY


def test_nothing_given_is_everything():
    assert read_scope("lift", {}, REGISTRY) == Scope("lift")
    assert Scope("lift").query() == ""


days = st.one_of(st.none(), st.dates(date(1990, 1, 1), date(2200, 12, 31)))
scopes = st.one_of(
    st.builds(Scope, st.just("lift"), st.sampled_from(["all", "stage", "30d"]), source=st.sampled_from([None, "site"])),
    st.tuples(days, days)
    .filter(lambda pair: any(pair) and (None in pair or pair[0] <= pair[1]))
    .map(lambda pair: Scope("lift", "days", *pair, source="letters")),
)


@given(scopes)
def test_a_scope_written_and_read_again_is_the_same(scope):
    assert read_scope("lift", parse_qs(scope.query().removeprefix("?")), REGISTRY) == scope


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"page": ["2"]}, "不认识参数“page”。可用的有：range、from、to、src。"),
        ({"range": ["year"]}, "range 只能写 all、stage 或 30d；指定日期请用 from 和 to。"),
        ({"range": ["days"]}, "range 只能写 all、stage 或 30d；指定日期请用 from 和 to。"),
        ({"range": ["all", "stage"]}, "参数“range”只能写一次。"),
        ({"range": ["30d"], "from": ["2026-06-01"]}, "range 和 from、to 只能选一种写法。"),
        ({"from": ["june"]}, "from 要写成 2026-06-01 这样的日期，不是“june”。"),
        ({"to": ["2026-02-30"]}, "to 要写成 2026-06-01 这样的日期，不是“2026-02-30”。"),
        ({"to": ["0001-01-01"]}, "to 的年份要在 1990 和 2200 之间。"),
        ({"from": ["2026-07-01"], "to": ["2026-06-01"]}, "结束日期（2026-06-01）早于开始日期（2026-07-01）。"),
        ({"src": ["weibo"]}, "没有 id 为“weibo”的来源。"),
    ],
)
def test_what_makes_no_sense_is_refused_with_a_sentence(query, sentence):
    with pytest.raises(WrongUse) as refused:
        read_scope("lift", query, REGISTRY)
    assert str(refused.value) == sentence


@pytest.mark.parametrize(
    ("scope", "days"),
    [
        (Scope("lift"), Days()),
        (Scope("lift", "stage"), Days(date(2026, 8, 1), None)),
        (Scope("lift", "30d"), Days(date(2026, 8, 10), date(2026, 9, 9))),
        (Scope("lift", "days", date(2026, 6, 1), date(2026, 6, 30)), Days(date(2026, 6, 1), date(2026, 7, 1))),
    ],
)
def test_a_scope_means_these_days(scope, days):
    assert scope.days(LIFT, "after", date(2026, 9, 8)) == days
