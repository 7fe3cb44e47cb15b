"""A little of everything that is collected, and a registry it fits: what the tests of feeding begin with."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from crawler.items import Comment, Post, Reply
from crawler.runs import Run
from pipelines.journal import Event, JournalWriter

AT = datetime(2026, 6, 30, 15, 59, 59, tzinfo=UTC)  # one second before the stage ends in Shanghai
POST = Post(
    id="isso:thread:/a", platform="isso", source="thread", title="加装电梯公告", text="全文", url="http://a.cn/a",
    posted_at=AT - timedelta(days=3), collected_at=AT, run="thread:1", account="site",
)  # fmt: skip
COMMENT = Comment(
    id="isso:thread:1", platform="isso", source="thread", kind="comment", text="支持，早就该装了", url="http://a.cn/a#1",
    posted_at=AT, collected_at=AT, run="thread:1", post_id=POST.id, likes=3,
)  # fmt: skip
LETTER = Comment(
    id="liuyan:1", platform="liuyan", source="board", kind="letter", title="关于加装电梯", text="什么时候开工？", url="http://b.cn/1",
    posted_at=AT + timedelta(seconds=1), collected_at=AT, run="board:1", status="已办理", domain="城建",
)  # fmt: skip
REPLY = Reply(
    id="liuyan:1-1", platform="liuyan", source="board", comment_id=LETTER.id, unit="示例县住建局", text="已开工", url="http://b.cn/1",
    replied_at=LETTER.posted_at + timedelta(hours=30), collected_at=AT, run="board:1",
)  # fmt: skip
RUN = Run(id="board:1", source="board", platform="liuyan", started_at=AT, outcome="complete", reason="")
EVENTS: list[Event] = [RUN, POST, COMMENT, LETTER, REPLY]
ACCOUNTS = '[[account]]\nid = "site"\nplatform = "isso"\nunit = "示例县人民政府"\nregion = "示例县"\n'
SOURCES = (
    '[[source]]\nid = "thread"\nplatform = "isso"\naccount = "site"\n[[source]]\nid = "board"\nplatform = "liuyan"\n'
)


def write(folder: Path, *events: Event) -> None:
    with JournalWriter(folder) as journal:
        journal.append(events)
