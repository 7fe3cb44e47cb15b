"""Words: how numbers, days and findings are said, in the reader's language. Pages, drawings and exports share it."""

from datetime import date, datetime, tzinfo

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from crawler.registry import Stage
from crawler.runs import Outcome
from dashboards.days import ONE_DAY
from dashboards.measures.coverage import Health
from dashboards.measures.floors import TOO_FEW_TO_COMPARE
from dashboards.measures.mood import Finding
from dashboards.measures.significance import Share
from dashboards.measures.stages import StageCount

STAGE_MARKS: dict[Stage, str] = {"before": "①", "during": "②", "after": "③"}


def chinese() -> bool:
    """Whether the reader reads Chinese."""
    return (get_language() or "zh-hans").startswith("zh")


def stage_name(stage: Stage) -> str:
    """制定前, 执行中, 实施后."""
    return {"before": _("制定前"), "during": _("执行中"), "after": _("实施后")}[stage]


def stage_purpose(stage: Stage) -> str:
    """What the stage is for."""
    return {"before": _("征集民意"), "during": _("政策解读"), "after": _("收集反馈")}[stage]


def stage_label(stage: Stage) -> str:
    """① 制定前."""
    return f"{STAGE_MARKS[stage]} {stage_name(stage)}"


def label_name(label: str) -> str:
    """A mood label in words; anything unknown is 未判定."""
    return {"negative": _("负面"), "neutral": _("中性"), "positive": _("正面")}.get(label, _("未判定"))


def kind_name(kind: str) -> str:
    """A comment's kind in words."""
    return {"comment": _("评论"), "letter": _("来信"), "submission": _("意见")}.get(kind, kind)


def health_name(health: Health) -> str:
    """How far the numbers can be trusted."""
    return {
        "complete": _("数据完整"),
        "partial": _("部分数据缺失"),
        "stale": _("数据已过期"),
        "never": _("还没有采集"),
    }[health]


def outcome_name(outcome: Outcome | None) -> str:
    """A run's outcome in words."""
    names = {
        "complete": _("完整"),
        "partial": _("不完整"),
        "blocked": _("被拒绝"),
        "suspect": _("可疑"),
        "failed": _("失败"),
    }
    return names[outcome] if outcome else _("还没有采集")


def number(value: int) -> str:
    """1,204."""
    return f"{value:,}"


def percent(share: float) -> str:
    """26%: no decimals."""
    return f"{share:.0%}"


def day(value: date) -> str:
    """2020年2月10日, or 10 Feb 2020."""
    return f"{value.year}年{value.month}月{value.day}日" if chinese() else f"{value.day} {value:%b} {value.year}"


def day_span(first: date, last: date) -> str:
    """Both ends inside; what the last shares with the first is not repeated."""
    if first == last:
        return day(first)
    if not chinese():
        return f"{day(first)} – {day(last)}"
    if first.year != last.year:
        return f"{day(first)}—{day(last)}"
    return f"{day(first)}—{last.month}月{last.day}日"


def stage_days(stage: StageCount) -> str:
    """The days of a stage, as far as they are set."""
    if stage.window is None:
        return _("还没有设定日期")
    if stage.window.until is not None:
        return day_span(stage.window.since, stage.window.until - ONE_DAY)
    text = _("%(day)s起") if stage.state == "future" else _("%(day)s—至今")
    return text % {"day": day(stage.window.since)}


def moment(at: datetime, zone: tzinfo) -> str:
    """A moment in the installation's zone, to the minute."""
    local = at.astimezone(zone)
    return f"{day(local.date())} {local:%H:%M}"


def duration(hours: float) -> str:
    """Hours below two days, else days with one decimal."""
    if hours < 48:
        return _("%(hours)s 小时") % {"hours": f"{hours:.0f}"}
    return _("%(days)s 天") % {"days": f"{hours / 24:.1f}"}


def volume_change(recent: int, earlier: int) -> str:
    """Recent against earlier: per cent where both are large enough, else the earlier count."""
    if min(recent, earlier) < TOO_FEW_TO_COMPARE:
        return _("前 30 天 %(count)s 条") % {"count": number(earlier)}
    if recent == earlier:
        return _("与前 30 天持平")
    change = percent(abs(recent / earlier - 1))
    text = _("较前 30 天增加 %(change)s") if recent > earlier else _("较前 30 天减少 %(change)s")
    return text % {"change": change}


def mood_headline(finding: Finding) -> str:
    """The finding of the mood card as a sentence."""
    if finding.stage is None:
        return _("还没有可判断情绪的评论")
    share, previous = finding.stage.negative, finding.previous
    said = {
        "stage": stage_name(finding.stage.stage),
        "share": percent(share.value),
        "count": number(share.whole),
        "previous": stage_name(previous.stage) if previous else "",
        "previous_count": number(previous.negative.whole) if previous else "",
        "points": _points(share, previous.negative) if previous else "",
    }
    return {
        "none": _("还没有可判断情绪的评论"),
        "few": _("%(stage)s仅 %(count)s 条评论，暂不判断情绪"),
        "first": _("%(stage)s负面占比 %(share)s"),
        "previous_few": _("%(stage)s负面占比 %(share)s；%(previous)s仅 %(previous_count)s 条，暂不比较"),
        "higher": _("%(stage)s负面占比 %(share)s，比%(previous)s高 %(points)s 个百分点"),
        "lower": _("%(stage)s负面占比 %(share)s，比%(previous)s低 %(points)s 个百分点"),
        "same": _("%(stage)s负面占比 %(share)s，比%(previous)s无明显变化"),
    }[finding.verdict] % said


def replies_headline(letters: int, waiting: int) -> str:
    """The finding of the replies card as a sentence."""
    if letters == 0:
        return _("还没有来信")
    if waiting == 0:
        return _("%(count)s 件来信都已答复") % {"count": number(letters)}
    text = _("%(waiting)s 件来信还在等答复")
    return text % {"waiting": number(waiting)}


def _points(share: Share, previous: Share) -> str:
    """Difference of the two shares as shown, so that a reader who subtracts gets the same number; at least 1."""
    return str(max(1, abs(round(share.value * 100) - round(previous.value * 100))))
