"""Which children are started, waited for and stopped, with a clock and children of the test's own."""

import os
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine

from crawler.config import Config
from crawler.errors import WrongUse
from crawler.locks import crawling_lock
from crawler.schedule import AT_ONCE, Schedule
from crawler.timetable import JITTER
from tests.installation import ASSESSED, Installation

NOON = datetime(2026, 12, 1, 12, tzinfo=ZoneInfo("Asia/Shanghai"))
HOUR = timedelta(hours=1)


@dataclass
class FakeChild:
    pid: int
    code: int | None = None
    told: list[str] = field(default_factory=list)

    def poll(self) -> int | None:
        return self.code

    def terminate(self) -> None:
        self.told.append("terminate")

    def kill(self) -> None:
        self.told.append("kill")

    def last_words(self) -> str:
        return "合计：取得 3。"


@dataclass
class Stage:
    """An installation whose schedule is played with fake children; `lines` is what was said."""

    installation: Installation
    children: dict[str, list[FakeChild]] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    refuse: bool = False

    def write(self, **lines: str) -> None:
        """Sources with their cron lines."""
        rest = f'platform = "liuyan"\n{ASSESSED}options = {{ fid = 1 }}\n'
        entries = (f'[[source]]\nid = "{name}"\nschedule = "{line}"\n{rest}' for name, line in lines.items())
        self.installation.write("".join(entries))

    def begin(self) -> Schedule:
        return Schedule(self.config, self.start, self.say, NOON)

    @property
    def config(self) -> Config:
        return self.installation.config()

    def start(self, source: str) -> FakeChild:
        if self.refuse:
            raise OSError(12, "Cannot allocate memory")
        child = FakeChild(100 + len(self.children))
        self.children.setdefault(source, []).append(child)
        return child

    def say(self, source: str, event: str, more: str) -> None:
        self.lines.append(f"{source} {event} {more}")


@pytest.fixture
def stage(installation: Installation) -> Stage:
    return Stage(installation)


def test_a_child_is_started_when_it_is_time_and_its_end_is_said(stage: Stage) -> None:
    stage.write(board="0 13 * * *")
    schedule = stage.begin()
    schedule.step(NOON + HOUR - timedelta(seconds=1))
    assert stage.children == {}
    schedule.step(NOON + HOUR + JITTER)
    (child,) = stage.children["board"]
    child.code = 1
    schedule.step(NOON + HOUR + JITTER)
    assert schedule.busy == 0
    assert stage.lines[0] == "- 登记 定时采集的来源有 1 个。"
    assert stage.lines[1].startswith("board 定时 0 13 * * *，下次 2026-12-01 13:0")
    assert stage.lines[2:] == ["board 开始 进程号 100。", "board 结束 退出码 1，用了 0 秒：合计：取得 3。"]


def test_a_source_still_crawled_is_passed_over(stage: Stage) -> None:
    stage.write(board="0 * * * *")
    schedule = stage.begin()
    for hours in (1, 2, 3):
        schedule.step(NOON + hours * HOUR + JITTER)
    assert len(stage.children["board"]) == 1
    assert stage.lines[-1] == "board 跳过 上一次还没有采集完，这一次不采集。"
    stage.children["board"][0].code = -9
    schedule.step(NOON + 4 * HOUR)
    assert "board 结束 被信号 9 中断" in stage.lines[-1]
    schedule.step(NOON + 4 * HOUR + JITTER)
    assert len(stage.children["board"]) == 2


def test_no_more_than_some_run_at_once_and_none_is_forgotten(stage: Stage) -> None:
    stage.write(**{f"board-{number}": "0 13 * * *" for number in range(AT_ONCE + 2)})
    schedule = stage.begin()
    schedule.step(NOON + 2 * HOUR)
    assert (schedule.busy, len(stage.children)) == (AT_ONCE, AT_ONCE)
    for children in stage.children.values():
        children[0].code = 0
    schedule.step(NOON + 2 * HOUR)
    assert (schedule.busy, len(stage.children)) == (2, AT_ONCE + 2)


def test_outside_of_its_hours_nothing_is_started(stage: Stage) -> None:
    stage.write(board="0 * * * *")
    sources = stage.installation.data / "sources.toml"
    sources.write_text(sources.read_text("utf-8").replace("delay = 0", 'delay = 0, hours = "14-15"'), "utf-8")
    schedule = stage.begin()
    schedule.step(NOON + HOUR + JITTER)
    assert stage.lines[-1] == "board 跳过 现在不在允许采集的时段（pace.hours = 14-15）。"
    schedule.step(NOON + 2 * HOUR + JITTER)
    assert len(stage.children["board"]) == 1


def test_a_process_that_cannot_be_started_is_said_and_tried_again(stage: Stage) -> None:
    stage.write(board="0 * * * *")
    schedule = stage.begin()
    stage.refuse = True
    schedule.step(NOON + HOUR + JITTER)
    assert stage.lines[-1].startswith("board 失败 采集的进程开不起来（Cannot allocate memory）")
    stage.refuse = False
    schedule.step(NOON + 2 * HOUR + JITTER)
    assert len(stage.children["board"]) == 1


def test_what_fell_due_while_nothing_ran_is_made_up_for_once(stage: Stage) -> None:
    stage.write(board="0 6 * * *", new="0 6 * * *")
    with time_machine.travel(NOON - timedelta(days=3)), crawling_lock(stage.config, "board").taken("采集"):
        pass
    schedule = stage.begin()
    schedule.step(NOON)
    schedule.step(NOON + HOUR)
    assert {source: len(children) for source, children in stage.children.items()} == {"board": 1}


def test_a_changed_registry_counts_and_a_wrong_one_does_not(stage: Stage) -> None:
    stage.write(board="0 13 * * *")
    schedule = stage.begin()
    sources = stage.installation.data / "sources.toml"
    right = sources.read_text("utf-8")
    sources.write_text(right.replace("0 13 * * *", "every day"), "utf-8")
    schedule.step(NOON)
    schedule.step(NOON)
    said = [line for line in stage.lines if "every day" in line]
    assert len(said) == 1
    assert said[0].startswith("- 登记 ")
    assert said[0].endswith("仍按原来的定时采集，改好后自动接上。")
    schedule.step(NOON + HOUR + JITTER)
    assert len(stage.children["board"]) == 1
    stage.write(thread="0 14 * * *")
    schedule.step(NOON + HOUR + JITTER)
    schedule.step(NOON + 24 * HOUR)
    assert (len(stage.children["board"]), len(stage.children["thread"])) == (1, 1)


def test_stopping_asks_and_killing_ends(stage: Stage) -> None:
    stage.write(**{f"board-{number}": "0 13 * * *" for number in range(AT_ONCE + 1)})
    schedule = stage.begin()
    schedule.step(NOON + 2 * HOUR)
    schedule.stop()
    children = [child for source in stage.children.values() for child in source]
    assert [child.told for child in children] == [["terminate"]] * AT_ONCE
    assert f"进行中的 {AT_ONCE} 个" in stage.lines[-1]
    children[0].code = 1
    schedule.reap()
    assert schedule.busy == AT_ONCE - 1
    schedule.kill()
    assert [child.told[1:] for child in children] == [[], *[["kill"]] * (AT_ONCE - 1)]
    for child in children:
        child.code = 1
    schedule.reap()
    assert (schedule.busy, len(stage.children)) == (0, AT_ONCE)


def test_old_evidence_goes_though_nobody_crawls(stage: Stage) -> None:
    stage.write(board="0 6 * * *")
    evidence = stage.config.evidence_folder
    evidence.mkdir()
    path = evidence / "board-20261124T000000.000000Z.jsonl.gz"
    path.touch()
    os.utime(path, (aged := NOON.timestamp(), aged))
    schedule = stage.begin()
    for days, there in ((6, True), (7, True), (8, False)):
        schedule.step(NOON + timedelta(days=days))
        assert path.exists() is there
    path.mkdir()  # cannot be deleted as a file is
    os.utime(path, (aged, aged))
    for hours in (1, 2, 12, 13):
        schedule.step(NOON + timedelta(days=8, hours=hours))
    said = [line for line in stage.lines if line.startswith("- 失败 ")]
    assert len(said) == 1
    assert "以前留下的平台回答到期了却删不掉：读写不了" in said[0]


def test_a_registry_without_a_schedule_is_refused(stage: Stage) -> None:
    stage.installation.write(f'[[source]]\nid = "board"\nplatform = "liuyan"\noptions = {{ fid = 1 }}\n{ASSESSED}')
    with pytest.raises(WrongUse, match="schedule"):
        stage.begin()
    stage.write(board="0 6 * * *")
    sources = stage.installation.data / "sources.toml"
    sources.write_text(sources.read_text("utf-8").replace("enabled = true\n", ""), "utf-8")
    with pytest.raises(WrongUse, match="schedule"):
        stage.begin()
