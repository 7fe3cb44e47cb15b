"""CSV: every comment of a policy, without authors. UTF-8 with a byte-order mark, which Excel and WPS need."""

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice

from django.utils.translation import gettext as _

from crawler.registry import STAGES, Policy, Registry
from dashboards import words
from dashboards.days import Days, zone_of
from dashboards.export.inert import inert
from dashboards.measures.answers import every
from dashboards.measures.coverage import Coverage, policy_coverage
from dashboards.measures.stages import PolicySpan, StageCount, span, stage_counts
from dashboards.measures.voices import Voice, voice
from dashboards.queries import comments, said_within
from dashboards.scope import Scope
from dashboards.settings import configure
from pipelines.documents import Source
from pipelines.index import Index
from pipelines.index.mapping import COMMENTS

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
A_PART = 500
"""Comments held in memory at once."""

Line = list[str | int | float]


def feedback_csv(index: Index, registry: Registry, policy: Policy, now: datetime) -> Iterator[bytes]:
    """The file in parts: what it is about, an empty line, column names, one line a comment."""
    configure()
    reach = span(index, policy.id, now)
    sources = policy_coverage(index, registry, policy.id, now)
    stages = stage_counts(index, registry, Scope(policy.id), now)
    about = [*_about(policy, stages, reach, sources, now), [_("说明"), registry.notice]]
    yield BYTE_ORDER_MARK + _encode([*about, [], _columns()])
    everything = comments.all_in_order(said_within(policy.id, Days(), None, zone_of(now)), A_PART)
    lines = (_line(source, policy, now) for source in every(index, COMMENTS, everything))
    while part := _encode(islice(lines, A_PART)):
        yield part


def _about(
    policy: Policy, stages: Iterable[StageCount], reach: PolicySpan, sources: Coverage, now: datetime
) -> Iterator[Line]:
    yield [_("政策"), policy.name]
    yield from ([words.stage_label(stage.stage), words.stage_days(stage), stage.comments] for stage in stages)
    yield [_("数据截至"), words.day(reach.as_of) if reach.as_of else _("还没有采集到评论")]
    yield [_("评论总数"), reach.comments]
    yield [_("采集情况"), _coverage_words(sources)]
    yield [_("导出时间"), words.moment(now, zone_of(now))]


def _coverage_words(sources: Coverage) -> str:
    said = _("%(health)s，来源 %(complete)s/%(all)s 正常") % {
        "health": words.health_name(sources.health),
        "complete": sources.complete,
        "all": len(sources.sources),
    }
    missed = [f"{gap.source} {words.day_span(gap.first, gap.last)}" for gap in sources.gaps]
    return "；".join([said, _("未采集：%(days)s") % {"days": "、".join(missed)}] if missed else [said])


def _columns() -> Line:
    return [
        _("阶段"),
        _("时间"),
        _("类型"),
        _("标题"),
        _("内容"),
        _("点赞"),
        _("情绪"),
        _("情绪分（0 负面—1 正面）"),
        _("情绪模型"),
        _("答复单位"),
        _("答复内容"),
        _("答复用时（小时）"),
        _("来源"),
        _("编号"),
        _("网址"),
    ]


def _line(source: Source, policy: Policy, now: datetime) -> Line:
    said: Voice = voice(source, None)
    stages = source.get("policy_stages", [])
    stage = [words.stage_name(name) for name in STAGES if f"{policy.id}:{name}" in stages]
    return [
        "、".join(stage),
        f"{said.at.astimezone(zone_of(now)):%Y-%m-%d %H:%M:%S}",
        words.kind_name(said.kind),
        said.title,
        said.text,
        "" if said.likes is None else said.likes,
        words.label_name(said.label),
        _rounded(source, "sentiment", 4),
        str(source.get("sentiment_model", "")),
        "、".join(dict.fromkeys(answer.unit for answer in said.answers)),
        "\n\n".join(answer.text for answer in said.answers),
        _rounded(source, "reply_hours", 1),
        said.source,
        said.id,
        said.url,
    ]


def _rounded(source: Source, name: str, digits: int) -> float | str:
    value = source.get(name)
    return round(value, digits) if isinstance(value, float | int) else ""


def _encode(lines: Iterable[Line]) -> bytes:
    """CSV lines as Excel reads them; one line's text at a time is held as characters."""
    return b"".join(_encode_line(line) for line in lines)


def _encode_line(line: Line) -> bytes:
    buffer = io.StringIO(newline="")
    csv.writer(buffer).writerow([inert(cell) if isinstance(cell, str) else cell for cell in line])
    return buffer.getvalue().encode()
