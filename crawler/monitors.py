"""Monitors: what is odd about a run that came to its end, seen against this source's earlier complete runs.

Each is a function of a run's tally and the history, and gives findings; a rule without history finds nothing. The
thresholds are wide: a finding is read by a person every time.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import pairwise
from statistics import median

from crawler.profiles import ENOUGH, WHOLE, History, Profile
from crawler.runs import FEWER_THAN_USUAL, Finding, Tally

MORE_REQUESTS = 5.0
"""Times the usual requests for an item from which a run is suspect: pages that hold a fifth of what they held."""

ERROR_SHARE = 0.2
"""Share of requests without a usable answer from which it is said. Each is tried three times: where a fifth fails, one
page in a hundred and twenty-five is lost for good."""

WEEK = timedelta(days=7)
QUIET = timedelta(days=14)
"""Without anything new for so long a source is suspect that never was silent for longer than a week before: no holiday
lasts as long."""
WATCHED = timedelta(days=28)
"""How far the days with something new must reach back before a source counts as never silent."""

ALWAYS, HARDLY = 0.9, 0.1
"""A field is always there where at least this share of items has it, and hardly where less than that share has."""

ENOUGH_RUNS = 3
"""Complete runs from which something is called usual; of a whole crawl's number of items one tells enough."""

NAMED = 5
"""Fields or keys that are named in a sentence; there may be more."""

FIELDS: Mapping[str, str] = {
    "title": "标题",
    "comment_count": "评论数",
    "comments_open": "能否评论",
    "post_id": "所属的发布",
    "parent_id": "回复的是哪一条",
    "root_id": "所在的一串",
    "author": "作者",
    "author_region": "地区",
    "likes": "赞同数",
    "dislikes": "反对数",
    "reply_count": "回复数",
    "category": "类别",
    "domain": "领域",
    "status": "办理状态",
    "satisfaction": "满意度",
}
KINDS: Mapping[str, str] = {
    "post": "发布",
    "comment": "评论",
    "letter": "来信",
    "submission": "意见",
    "reply": "官方答复",
}

_ADVICE = "请核对平台是否改版；若确实改了，在 sources.toml 里写 changed = 改的那天，以前的就不再拿来比。"


Monitor = Callable[[Tally, History], Iterator[Finding]]


def findings(tally: Tally, finish_reason: str, history: History) -> list[Finding]:
    """What the monitors find, worst first, which says what to do. `finish_reason` is Scrapy's.

    Of a run that stopped early only what does not depend on its end is looked at.
    """
    whole = finish_reason == "finished" and tally.asked == tally.answered
    monitors: Sequence[Monitor] = (*_AT_ANY_TIME, *_WHEN_WHOLE) if whole else _AT_ANY_TIME
    if finish_reason == "finished":
        monitors = (*monitors, error_share)
    found = [finding for monitor in monitors for finding in monitor(tally, history)]
    found.sort(key=lambda finding: not finding.suspect)
    if found and found[0].suspect:
        found[0] = Finding(found[0].sentence + _ADVICE)
    return found


def fewer_than_usual(tally: Tally, history: History) -> Iterator[Finding]:
    """Far fewer items than usual. What is new since the last run is a matter of chance: of that it takes several runs,
    and many items."""
    items = [past.items.total() for past in history.profiles]
    usual = median(items) if items else None
    if tally.profile.extent == WHOLE:
        usual = usual or history.usual
    elif len(items) < ENOUGH_RUNS or median(items) < ENOUGH:
        return
    if usual is not None and tally.fetched < usual * FEWER_THAN_USUAL:
        yield Finding(f"只取到 {tally.fetched} 条，平时约 {usual:.0f} 条。")


def more_requests(tally: Tally, history: History) -> Iterator[Finding]:
    """Far more requests for an item than usual."""
    if tally.fetched < ENOUGH or len(history.profiles) < ENOUGH_RUNS:
        return
    usual = median(past.requests / max(1, past.items.total()) for past in history.profiles)
    now = tally.requests / tally.fetched
    if usual and now >= usual * MORE_REQUESTS:
        yield Finding(f"每条内容用了 {now:.1f} 次请求，平时约 {usual:.2f} 次。")


def error_share(tally: Tally, _history: History) -> Iterator[Finding]:
    """Many requests without a usable answer, though the repeated ones may have had one."""
    tries = tally.asked + tally.retries
    lost = tries - tally.answered
    if tries >= ENOUGH and lost >= tries * ERROR_SHARE:
        sentence = (
            f"{tries} 次请求里有 {lost} 次没有得到可用的回答（{lost / tries:.0%}），请核对网络，或把 pace.delay 调大。"
        )
        yield Finding(sentence, suspect=False)


def nothing_new(tally: Tally, history: History) -> Iterator[Finding]:
    """A source that had something new every week, and has had nothing for two."""
    if not history.news:
        return
    last, today = history.news[-1], tally.started_at.date()
    days = [day for day in history.news if day > last - WATCHED - WEEK]
    weekly = last - days[0] >= WATCHED and all(later - earlier <= WEEK for earlier, later in pairwise(days))
    if weekly and today - last >= QUIET:
        yield Finding(f"已有 {(today - last).days} 天没有新内容，以前至少每周都有。")


def missing_kinds(tally: Tally, history: History) -> Iterator[Finding]:
    """No item of a kind that every run had many of."""
    if len(history.profiles) < ENOUGH_RUNS or tally.profile.items.total() < ENOUGH:
        return
    for kind, name in KINDS.items():
        usual = min(past.items[kind] for past in history.profiles)
        if usual >= ENOUGH and not tally.profile.items[kind]:
            yield Finding(f"一条{name}也没有，平时至少 {usual} 条。")


def missing_fields(tally: Tally, history: History) -> Iterator[Finding]:
    """Fields that items always had and hardly have now."""
    now = tally.profile
    for kind, name in KINDS.items():
        past = [one for one in history.profiles if one.items[kind] >= ENOUGH]
        if len(past) < ENOUGH_RUNS or now.items[kind] < ENOUGH:
            continue
        usual = {field: median(one.share_filled(kind, field) for one in past) for field in FIELDS}
        gone = [field for field in FIELDS if usual[field] >= ALWAYS and now.share_filled(kind, field) < HARDLY]
        if gone:
            yield Finding(f"{name}没有了{_named([FIELDS[field] for field in gone])}，平时几乎每条都有。")


def missing_keys(tally: Tally, history: History) -> Iterator[Finding]:
    """Keys of the platform's answers that the parsers read, always were there, and hardly are now."""
    for kind, past in _comparable(tally.profile, history):
        now, read = tally.profile.types(kind), tally.profile.read.get(kind, frozenset())
        gone = [key for key in sorted(read) if _always(past, kind, key) and sum(now.get(key, {}).values()) < HARDLY]
        if gone:
            yield Finding(f"平台的回答（{kind}）里没有了{_named(gone)}。")


def changed_keys(tally: Tally, history: History) -> Iterator[Finding]:
    """Keys that the parsers read and that hold another type than always."""
    for kind, past in _comparable(tally.profile, history):
        now, read = tally.profile.types(kind), tally.profile.read.get(kind, frozenset())
        for key in sorted(read & now.keys()):
            usual, held = _always(past, kind, key), now[key]
            if usual and sum(held.values()) >= HARDLY > held.get(usual, 0.0):
                other = max(held, key=held.__getitem__)
                yield Finding(f"平台的回答（{kind}）里“{key}”从{usual}变成了{other}。")


def new_keys(tally: Tally, history: History) -> Iterator[Finding]:
    """Keys that neither the parsers nor earlier runs know. They do no harm, and may say what became of another.

    What looks like the name of a field is named where it is common, see `COMMON` in `crawler/profiles.py`; of keys that
    look otherwise, and may be somebody's name or number, only how many there are is said.
    """
    for kind, past in _comparable(tally.profile, history):
        known = tally.profile.read.get(kind, frozenset()).union(*(one.types(kind) for one in past))
        if new := sorted(tally.profile.common(kind) - known):
            yield Finding(f"平台的回答（{kind}）里多了{_named(new)}，程序不认识，没有读。", suspect=False)
        unnamed = tally.profile.unnamed[kind]
        if unnamed and not any(one.unnamed[kind] for one in past):
            sentence = f"平台的回答（{kind}）里多了 {unnamed} 个可能是人名或编号的字段，没有读，也不写出来。"
            yield Finding(sentence, suspect=False)


_AT_ANY_TIME: Sequence[Monitor] = (missing_keys, changed_keys, missing_fields, new_keys)
_WHEN_WHOLE: Sequence[Monitor] = (fewer_than_usual, missing_kinds, more_requests, nothing_new)


def _named(names: Sequence[str]) -> str:
    more = f"等 {len(names)} 项" if len(names) > NAMED else ""
    return "、".join(f"“{name}”" for name in names[:NAMED]) + more


def _comparable(now: Profile, history: History) -> Iterator[tuple[str, list[Profile]]]:
    """Kinds of rows of which there are enough now and were in earlier runs."""
    for kind, rows in now.rows.items():
        past = [one for one in history.profiles if one.rows[kind] >= ENOUGH]
        if rows >= ENOUGH and len(past) >= ENOUGH_RUNS:
            yield kind, past


def _always(past: Sequence[Profile], kind: str, key: str) -> str | None:
    """The type that a key always held; None where it was not always there, or held now this and now that."""
    shares = [one.types(kind).get(key, {}) for one in past]
    types = {held for share in shares for held in share}
    return next((held for held in types if median(share.get(held, 0.0) for share in shares) >= ALWAYS), None)
