"""What a run amounted to: the tally kept while it goes on, the verdict at its end, the record that stays.

A run is `failed` from its first moment; only `verdict` at a clean end makes it anything better. So a killed process
leaves a failure behind, never a success.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Literal

from pydantic import JsonValue

from crawler.coverage import Note
from crawler.profiles import Profile

Outcome = Literal["complete", "partial", "blocked", "suspect", "failed"]
OUTCOME_NAMES: Mapping[Outcome, str] = {
    "complete": "完整",
    "partial": "不完整",
    "blocked": "被拒绝",
    "suspect": "可疑",
    "failed": "失败",
}
MOMENT = "%Y%m%dT%H%M%S.%fZ"
"""How the id of a run tells when it began."""

REPLAY = ":replay"
"""With this ends the id of a run that asked nobody: it says nothing of how its source goes."""

UNFINISHED = "没有正常结束：还在进行，或进程被中断。"
"""The reason of a run without a closing record, as its opening record has it: it holds whatever comes."""

GOING_ON = "还在进行，结束以后才有数目。"
INTERRUPTED = "没有正常结束：进程被中断。已入库的留在 journal 文件夹里，其余的下次采集会读到。"
"""What is said of it where it is known which of the two it is."""

_STOPPED: Mapping[str, str] = {
    "hours": "出了允许采集的时段（pace.hours），后面的内容没有采集。",
    "shutdown": "被要求停止（Ctrl+C，或系统停止服务），后面的内容没有采集。",
}
"""Why a crawl ended before its end, by Scrapy's reason or ours."""

FEWER_THAN_USUAL = 0.5
"""Below this share of the usual number of items, or of those that were there before, a run is suspect: boards lose a
few letters, not half of them."""

FEW = 10
"""So few items that were there before prove nothing when they are missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One crawl of one source, or one import of one file. Times are UTC, counts are items.

    Identity: fetched = stored + unchanged + rejected. `masks` counts the marks that replaced personal data. `gaps` are
    the days, `from/until` half-open, that are known to be missing from the source's lists after the run.
    """

    id: str
    source: str
    platform: str
    started_at: datetime
    outcome: Outcome = "failed"
    reason: str = UNFINISHED
    finished_at: datetime | None = None
    fetched: int = 0
    stored: int = 0
    unchanged: int = 0
    rejected: int = 0
    requests: int = 0
    errors: int = 0
    masked: int = 0
    masks: Mapping[str, int] = field(default_factory=dict)
    covered_from: datetime | None = None
    covered_until: datetime | None = None
    gaps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Mishap:
    """Something that keeps a run from being complete, with the outcome it leads to and one sentence."""

    outcome: Literal["partial", "blocked", "failed"]
    sentence: str


@dataclass(frozen=True, slots=True)
class Finding:
    """Something odd that a monitor saw, in one sentence. Where it is not `suspect`, it is only said."""

    sentence: str
    suspect: bool = True


@dataclass(slots=True)
class Lists:
    """What was read of a source's lists while a run goes on.

    notes     what was read, on its way to the ledger.
    joined    the crawl ended where earlier ones had read: its items are not all that the source has.
    settled   letters that showed in a list and were not asked for again.
    known     items that should have shown where this crawl looked; missing: of these, the ones that did not.
    """

    notes: list[Note] = field(default_factory=list)
    joined: bool = False
    settled: set[str] = field(default_factory=set)
    known: int = 0
    missing: int = 0

    @property
    def partly_read(self) -> bool:
        """Whether the run looked only at what is new or may have changed, so that it may well bring little."""
        return self.joined or bool(self.settled)


@dataclass(slots=True)
class Ending:
    """How a run ended: its closing record, once it is closed, Scrapy's reason, and why nothing could be recorded."""

    result: Run | None = None
    finish_reason: str = ""
    trouble: str = ""


@dataclass(slots=True)
class Tally:
    """The counts of a run while it goes on.

    asked     pages wanted so far; answered: of these, the ones read to the end. A difference at the close means that
              work was outstanding, whatever the reason.
    heard     comments and letters among the items; posts without any are no success either.
    replayed  when the crawl began whose answers are read once more; None for one that asks its platform.
    told      what the ledger told the spider, on its way to the evidence.
    retries   how often a page was asked for again; what a page in the browser took, and robots.txt, is not counted.
    profile   what answers and items were made of; changed: the day before which runs are no measure for this one;
              settings_digest: of what a person set that decides what is read. Runs set otherwise are none either.
    """

    source: str
    platform: str
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    asked: int = 0
    answered: int = 0
    retries: int = 0
    requests: int = 0
    fetched: int = 0
    stored: int = 0
    unchanged: int = 0
    rejected: int = 0
    heard: int = 0
    masks: Counter[str] = field(default_factory=Counter)
    mishaps: list[Mishap] = field(default_factory=list)
    covered_from: datetime | None = None
    covered_until: datetime | None = None
    replayed: datetime | None = None
    told: dict[str, JsonValue] = field(default_factory=dict)
    lists: Lists = field(default_factory=Lists)
    profile: Profile = field(default_factory=Profile)
    changed: date | None = None
    settings_digest: str = ""
    ending: Ending = field(default_factory=Ending)

    @property
    def run(self) -> str:
        """The run's id: source and start, to the microsecond; a replay's says so."""
        return f"{self.source}:{self.started_at.strftime(MOMENT)}{REPLAY if self.replayed else ''}"

    def covers(self, at: datetime) -> None:
        """Stretch the covered time to include an item's moment."""
        self.covered_from = min(at, self.covered_from or at)
        self.covered_until = max(at, self.covered_until or at)

    def opening(self) -> Run:
        """The record written before anything is asked."""
        return Run(id=self.run, source=self.source, platform=self.platform, started_at=self.started_at)

    def closing(self, finish_reason: str, findings: Sequence[Finding], gaps: tuple[str, ...] = ()) -> Run:
        """The record written at the end; see `verdict` for the arguments, and `Run` for the gaps.

        What else was found follows the reason.
        """
        self.ending.finish_reason = finish_reason
        outcome, reason = verdict(self, finish_reason, findings)
        more = (finding.sentence for finding in findings if finding.sentence not in reason)
        reason = " ".join(filter(None, (reason, *more)))
        return Run(
            id=self.run,
            source=self.source,
            platform=self.platform,
            started_at=self.started_at,
            outcome=outcome,
            reason=reason,
            finished_at=datetime.now(UTC),
            fetched=self.fetched,
            stored=self.stored,
            unchanged=self.unchanged,
            rejected=self.rejected,
            requests=self.requests,
            errors=len(self.mishaps),
            masked=self.masks.total(),
            masks=dict(self.masks),
            covered_from=self.covered_from,
            covered_until=self.covered_until,
            gaps=gaps,
        )


def verdict(tally: Tally, finish_reason: str, findings: Sequence[Finding]) -> tuple[Outcome, str]:
    """The outcome of a run and its sentence.

    `finish_reason` is Scrapy's (`finished` when it ran out of requests). `findings` are those of `crawler/monitors.py`,
    worst first.
    """
    mishaps = {mishap.outcome: mishap.sentence for mishap in reversed(tally.mishaps)}
    if "blocked" in mishaps:
        return "blocked", mishaps["blocked"]
    if tally.fetched != tally.stored + tally.unchanged + tally.rejected:
        return "failed", f"账目不平：取得 {tally.fetched} 条，入库、未变与拒收合计不等。请把日志交给工程师。"
    if tally.mishaps:
        sentence = tally.mishaps[0].sentence
        more = f"（共 {len(tally.mishaps)} 处问题）" if len(tally.mishaps) > 1 else ""
        return ("partial" if tally.fetched else "failed"), sentence + more
    if finish_reason != "finished":
        return "partial", _STOPPED.get(finish_reason, f"提前停止（{finish_reason}），后面的内容没有采集。")
    if tally.asked != tally.answered:
        return "partial", f"还有 {tally.asked - tally.answered} 页没有读到。"
    if tally.rejected:
        outcome = "partial" if tally.rejected < tally.fetched else "failed"
        return outcome, f"拒收 {tally.rejected} 条，原因见 rejected 文件夹；若很多，平台可能改版了。"
    if suspicion := _suspicion(tally) or (findings[0].sentence if findings and findings[0].suspect else ""):
        return "suspect", suspicion
    return "complete", ""


def _suspicion(tally: Tally) -> str:
    """What a run that went well by itself brought too little of; empty where nothing is odd."""
    if tally.fetched == 0 and not tally.lists.settled:
        return "一条内容也没有取到。请核对来源的地址和编号；若确实没有内容，可忽略。"
    if tally.heard == 0 and not tally.lists.partly_read:  # a quiet month of a known source is no wonder
        return "取到了发布，没有取到一条评论。请核对评论服务的地址；若确实没有评论，可忽略。"
    known, missing = tally.lists.known, tally.lists.missing
    if known >= FEW and missing > known * FEWER_THAN_USUAL:
        return f"以前取到过的 {known} 条，这次有 {missing} 条没有出现，请核对来源是否改版。"
    return ""
