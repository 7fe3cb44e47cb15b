"""Twenty thousand made-up comments, some posts and runs: the same on every machine, awkward on purpose.

Ties in every order (likes, moments), fields that are missing, empty and repeated values, instants on both sides of
midnights and clock changes, Han mixed with other scripts. Scores are multiples of 1/1024 and hours quarters, so that
averages that should be equal are equal to the last bit and buckets ordered by them have one order.
"""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from pipelines.documents import Source, moment
from tests.pipelines.index.conftest import BORDERS

COMMENTS_COUNT = 20_000
POSTS_COUNT = 600
RUNS_COUNT = 900
BEGIN = datetime(2025, 11, 20, tzinfo=UTC)
DAYS = 380
POLICIES = ("lift", "child", "care")
STAGES = ("before", "during", "after")
THEMES = ("医保", "养老", "电梯", "教育", "", "住房", "交通")
LABELS = ("positive", "neutral", "negative", "unknown")
UNITS = ("示例县住房和城乡建设局", "示例县医疗保障局", "示例县教育局")
SENTENCES = (
    "医保报销能不能再快一点",
    "补贴什么时候发",
    "老旧小区加装电梯，一楼不同意怎么办",
    "生不起，养不起",
    "希望教育成本降下来",
    "已经打了三次12345",
    "好的政策，支持！",
    "报销补贴，补贴报销",
    "医。保 ab1",
    "保医保医保",
    "AB1 ab 1",
    "繁體字也要讀得懂",
    "“家门口”的学位够不够？",
    "<b>医保</b> & 'ab1'",
)
FOREIGN = ("iPhone15", "👍👍", "서울", "ひらがな", "カタカナ", "３孩", "жилье", "𠮷野家", "々", "é", "٣")
"""Each beside spaces: whether it is one token or several must not matter to what stands around it."""


def comments() -> list[Source]:
    """Comments and letters, ids of three platforms."""
    chance = random.Random(20261124)
    return [_comment(chance, number) for number in range(COMMENTS_COUNT)]


def posts() -> list[Source]:
    """Posts of the accounts."""
    chance = random.Random(20261125)
    return [_post(chance, number) for number in range(POSTS_COUNT)]


def runs() -> list[Source]:
    """Runs of twelve sources, some of them begun in the same millisecond."""
    chance = random.Random(20261126)
    return [_run(chance, number) for number in range(RUNS_COUNT)]


def _comment(chance: random.Random, number: int) -> Source:
    posted = _instant(chance)
    policy, stage = chance.choice(POLICIES), chance.choices(STAGES, (2, 5, 3))[0]
    platform = chance.choices(("weibo", "liuyan", "bilibili"), (6, 3, 1))[0]
    document: Source = {
        "id": f"{platform}:{number * 7919 % COMMENTS_COUNT}",
        "kind": "letter" if platform == "liuyan" else "comment",
        "platform": platform,
        "source": f"{platform}-{chance.randrange(5)}",
        "post_id": f"weibo:p{chance.randrange(POSTS_COUNT)}",
        "author": f"~{int(chance.paretovariate(0.6)) % 2500}",
        "text": _text(chance),
        "posted_at": posted,
        "posted_precision": chance.choice(("second", "minute", "day")),
        "url": f"https://example.org/{number}",
        "erased": chance.random() < 0.03,
        "themes": chance.choices(THEMES, (5, 4, 3, 2, 1, 1, 1), k=chance.randrange(4)),
        "keywords": [f"词{int(chance.paretovariate(0.7)) % 300}" for _ in range(chance.randrange(6))],
    }
    if chance.random() < 0.8:
        document |= {"policies": [policy], "policy_stages": [f"{policy}:{stage}"], "region": chance.choice("东南西北")}
    document |= _sometimes(chance, posted)
    return document | (_answer(chance, posted) if chance.random() < 0.4 else {})


def _sometimes(chance: random.Random, posted: str) -> Source:
    """Fields that many comments lack."""
    return dict(
        field
        for field in (
            ("likes", min(int(chance.paretovariate(0.8)) - 3, 40_000)),
            ("sentiment", chance.randrange(-1024, 1025) / 1024),
            ("label", chance.choices(LABELS, (4, 3, 2, 1))[0]),
            ("snownlp", chance.random()),
            ("title", _text(chance)[:40]),
            ("intent", chance.sample(("question", "complaint", "suggestion", "thanks"), chance.randrange(3))),
            ("reply_count", chance.randrange(9)),
            ("due_at", _later(posted, chance.randrange(1, 30 * 24))),
        )
        if chance.random() < 0.7
    )


def _answer(chance: random.Random, posted: str) -> Source:
    """What an official reply leaves in a comment."""
    quarters = int(chance.expovariate(1 / 400)) + 1
    answered = _later(posted, quarters / 4)
    unit = chance.choice(UNITS)
    moments = {"replied_at": answered, "collected_at": answered}
    reply = {"id": f"r{chance.randrange(10**6)}", "unit": unit, "text": "已收悉。", "url": None} | moments
    return {
        "answered_at": answered,
        "answered_by": [unit],
        "reply_hours": quarters / 4,
        "reply_flags": chance.sample(("late", "template", "moved"), chance.randrange(3)),
        "replies": [reply],
        "satisfaction": chance.randrange(6) / 5,
    }


def _post(chance: random.Random, number: int) -> Source:
    policies = chance.sample(POLICIES, chance.randrange(3))
    return {
        "id": f"weibo:p{number}",
        "platform": "weibo",
        "source": f"weibo-{chance.randrange(5)}",
        "title": _text(chance)[:30],
        "text": _text(chance),
        "posted_at": _instant(chance),
        "purpose": chance.choice(("notice", "interpretation", "news")),
        "policies": policies,
        "policy_stages": [f"{policy}:{chance.choice(STAGES)}" for policy in policies],
        "comment_count": chance.randrange(50),
        "comments_open": chance.random() < 0.8,
    }


def _run(chance: random.Random, number: int) -> Source:
    started = chance.choice(BORDERS) if chance.random() < 0.1 else _instant(chance)
    fetched, stored = chance.randrange(500), chance.randrange(100)
    document: Source = {
        "id": f"run-{number}",
        "source": f"weibo-{chance.randrange(12)}",
        "platform": "weibo",
        "started_at": started,
        "outcome": chance.choices(("complete", "partial", "blocked", "suspect", "failed"), (6, 2, 1, 1, 1))[0],
        "reason": "没有说完。" if chance.random() < 0.5 else "",
        "fetched": fetched,
        "stored": min(stored, fetched),
        "masks": {"[电话]": chance.randrange(4)},
    }
    if chance.random() < 0.2:
        document["gaps"] = ["2026-06-01/2026-06-03", "2026-07-01/2026-07-02"][: chance.randrange(3)]
    if chance.random() < 0.9:
        document |= {"finished_at": _later(started, 0.25), "covered_from": started, "covered_until": started}
    return document


def _instant(chance: random.Random) -> str:
    """A moment; one in ten on a border, and some to the second, the minute, the day, so that many are alike."""
    if chance.random() < 0.1:
        return chance.choice(BORDERS)
    step = chance.choice((0.001, 1, 60, 86_400))
    return moment(BEGIN + timedelta(seconds=step * chance.randrange(int(DAYS * 86_400 / step))))


def _later(posted: str, hours: float) -> str:
    return moment(datetime.fromisoformat(posted) + timedelta(hours=hours))


def _text(chance: random.Random) -> str:
    return " ".join(_parts(chance))


def _parts(chance: random.Random) -> Iterator[str]:
    for _ in range(chance.randrange(5)):
        yield chance.choice(SENTENCES)
        if chance.random() < 0.2:
            yield chance.choice(FOREIGN)
