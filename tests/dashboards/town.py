"""A small made-up town: policies with three stages, with few comments, with none; two sources and their runs."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from crawler.registry import Policy, Registry, SourceEntry
from crawler.registry.accounts import Account
from crawler.runs import Run
from dashboards.site import Site
from pipelines.documents import CommentDocument, OfficialReply
from pipelines.index import Index

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 9, 10, 9, 0, tzinfo=ZONE)
LIFT = Policy.model_validate(
    {
        "id": "lift",
        "name": "既有住宅加装电梯",
        "aliases": ["加装电梯"],
        "issuer": "示例县住房和城乡建设局",
        "document_number": "示建发〔2026〕8号",
        "before": {"from": "2026-03-02", "until": "2026-05-01"},
        "during": {"from": "2026-05-01", "until": "2026-08-01"},
        "after": {"from": "2026-08-01"},
        "milestones": [
            {"on": "2026-05-01", "text": "实施办法发布"},
            {"on": "2026-06-25", "text": "政策解读：分摊比例怎么算"},
        ],
    }
)
PARKING = Policy.model_validate(
    {
        "id": "parking",
        "name": "老城区停车收费调整",
        "issuer": "示例县公安局",
        "before": {"from": "2026-08-01", "until": "2026-10-01"},
        "during": {"from": "2026-10-01"},
    }
)
LUNCH = Policy.model_validate({"id": "lunch", "name": "小学午餐统一配送", "before": {"from": "2026-08-20"}})
REGISTRY = Registry(
    policies={policy.id: policy for policy in (LIFT, PARKING, LUNCH)},
    accounts={
        "county-site": Account(
            id="county-site", platform="isso", unit="示例县人民政府", region="示例县", handle="示例县政府网"
        ),
        "board": Account(id="board", platform="liuyan", unit="示例县委", region="示例县", handle="领导留言板"),
    },
    sources={
        "site": SourceEntry.model_validate(
            {
                "id": "site",
                "platform": "isso",
                "account": "county-site",
                "schedule": "0 6 * * *",
                "enabled": True,
                "assessment": {"on": "2026-02-01", "by": "网信办", "note": "可以采集"},
            }
        ),
        "letters": SourceEntry.model_validate(
            {
                "id": "letters",
                "platform": "liuyan",
                "account": "board",
                "schedule": "30 6 * * *",
                "enabled": True,
                "assessment": {"on": "2026-02-01", "by": "网信办", "note": "可以采集"},
            }
        ),
    },
    notice="示例县为虚构，所有评论均为编写。",
)
GAP = "2026-06-08/2026-06-18"
WORDS = (
    "一楼没有好处还要出钱，方案能不能再商量一下？",
    "我妈八十二了，六楼，一年没下过楼。支持，请快一点。",
    "3单元五户同意一户不同意，到底怎么算？",
    "补贴什么时候到账？问了三次都说在走流程。",
    "噪音太大了，电梯井就贴着卧室。",
    "装好一个月了，老人小孩都方便，谢谢。",
    "底商挡光的事情没人管。",
)
MOODS = {"before": (30, 50, 20), "during": (52, 33, 15), "after": (38, 40, 22)}


def comment(number: int, at: datetime, **more: object) -> CommentDocument:
    """A comment about the lift policy, in the stage its day lies in."""
    stage = LIFT.stage_on(at.astimezone(ZONE).date())
    plain = CommentDocument(
        id=f"isso:{number:05}",
        kind="comment",
        platform="isso",
        source="site",
        url="",
        title="",
        text=WORDS[number % len(WORDS)],
        posted_at=at.astimezone(UTC),
        posted_precision="second",
        collected_at=at.astimezone(UTC),
        first_seen=at.astimezone(UTC),
        last_seen=at.astimezone(UTC),
        run="site:1",
        author=f"~{number:020x}",
        likes=number % 97,
        label="neutral",
        sentiment=0.5,
        sentiment_model="test",
        policies=("lift",),
        policy_stages=(f"lift:{stage}",) if stage else (),
    )
    return replace(plain, **more)


def letter(number: int, at: datetime, hours: float | None, **more: object) -> CommentDocument:
    """A letter, answered after so many hours or waiting."""
    plain = comment(
        number,
        at,
        id=f"liuyan:{number:05}",
        kind="letter",
        platform="liuyan",
        source="letters",
        title=f"关于{number % 40 + 1}号楼加装电梯的{'咨询' if number % 2 else '投诉'}",
        status="待回复",
        run="letters:1",
    )
    if hours is None:
        return replace(plain, **more)
    answered = plain.posted_at + timedelta(hours=hours)
    reply = OfficialReply(
        id=f"{plain.id}:1",
        unit="示例县住房和城乡建设局",
        text="网友您好！您反映的问题现答复如下：已派人到现场。",
        replied_at=answered,
        url="",
        collected_at=answered,
    )
    values = {
        "status": "已办理",
        "answered_at": answered,
        "reply_hours": hours,
        "answered_by": (reply.unit,),
        "replies": (reply,),
    }
    return replace(plain, **{**values, **more})


def town() -> list[CommentDocument]:
    """Over 400 documents, the same every time; none on the days of the gap."""
    random = Random(20261124)
    missed = {date(2026, 6, 8) + timedelta(days=number) for number in range(10)}
    documents: list[CommentDocument] = []
    day = LIFT.before.since
    while day <= date(2026, 9, 8):
        stage = LIFT.stage_on(day)
        busy = 16 if any(0 <= (day - mark.on).days < 6 for mark in LIFT.milestones) else 8
        for _ in range(0 if day in missed else random.randint(1 if stage == "before" else 3, busy)):
            number = len(documents)
            at = datetime.combine(day, time(random.randint(7, 23), random.randint(0, 59)), ZONE)
            label = random.choices(("negative", "neutral", "positive"), MOODS[stage])[0]
            if number % 9 == 4:
                documents.append(letter(number, at, None if number % 4 == 0 else 20 + number % 300, label=label))
            else:
                documents.append(comment(number, at, label=label))
        day += timedelta(days=1)
    for number in range(12):
        at = datetime(2026, 8, 3 + number, 12, tzinfo=ZONE)
        documents.append(
            comment(5000 + number, at, policies=("parking",), policy_stages=("parking:before",), label="negative")
        )
    return documents


def runs() -> list[Run]:
    """The site's last run is complete, but earlier days are missed; the board turned us away this morning."""
    morning = NOW.replace(hour=6).astimezone(UTC)
    june = datetime(2026, 6, 18, tzinfo=UTC)
    return [
        Run(
            id="site:1",
            source="site",
            platform="isso",
            started_at=june,
            finished_at=june,
            outcome="partial",
            reason="登录失效。",
            gaps=(GAP,),
        ),
        Run(
            id="site:2",
            source="site",
            platform="isso",
            started_at=morning,
            finished_at=morning,
            outcome="complete",
            reason="",
        ),
        Run(
            id="letters:1",
            source="letters",
            platform="liuyan",
            started_at=morning - timedelta(hours=20),
            finished_at=morning - timedelta(hours=20),
            outcome="complete",
            reason="",
        ),
        Run(
            id="letters:2",
            source="letters",
            platform="liuyan",
            started_at=morning,
            finished_at=morning,
            outcome="blocked",
            reason="对方要求验证码，已停止。",
        ),
    ]


def site_of(index: Index, registry: Registry = REGISTRY) -> Site:
    return Site(index, registry, lambda: NOW)
