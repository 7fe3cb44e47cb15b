"""Mood over time: shares above and below zero, volume beneath, stages behind. Two panels, never two y-axes."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from itertools import groupby
from math import ceil

from django.utils.translation import gettext as _

from crawler.registry import Stage
from dashboards import words
from dashboards.days import ONE_DAY
from dashboards.figures import theme
from dashboards.figures.theme import Json
from dashboards.measures.coverage import Gap
from dashboards.measures.mood import Bucket, Mood

HEIGHT = 380
SHARE_PANEL = (0.36, 1.0)
VOLUME_PANEL = (0.0, 0.25)
BAR_FILL = 0.84
BAND_FROM_DAYS = 5
NARROW_STAGE = 0.2
MILLISECONDS_A_DAY = 86_400_000


def mood_figure(mood: Mood) -> Json:
    """The Plotly dictionary of a mood with at least one bucket."""
    top = share_limit(mood.buckets)
    ticks = [-top, -top / 2, 0, top / 2, top]
    return {
        "data": [_shares(mood, "positive"), _shares(mood, "negative"), _volumes(mood)],
        "layout": theme.layout(
            HEIGHT,
            barmode="overlay",
            margin={"l": 48, "r": 8, "t": 30, "b": 40},
            xaxis=theme.axis(
                type="date",
                anchor="y2",
                showgrid=False,
                range=[_edge(mood.buckets[0].first), _edge(mood.buckets[-1].last + ONE_DAY)],
                nticks=6,
                tickangle=0,
                tickformat="%-m月%-d日\n%Y年" if words.chinese() else "%-d %b\n%Y",
                hoverformat="%Y-%m-%d",
            ),
            yaxis=theme.axis(
                domain=list(SHARE_PANEL),
                range=[-top, top],
                tickvals=ticks,
                ticktext=[words.percent(abs(tick)) for tick in ticks],
                zeroline=True,
                zerolinecolor=theme.SECONDARY,
            ),
            yaxis2=theme.axis(
                domain=list(VOLUME_PANEL), anchor="x", rangemode="tozero", nticks=3, separatethousands=True
            ),
            shapes=[*_stage_shapes(mood), *_gap_shapes(mood), *_milestone_shapes(mood)],
            annotations=[
                *_panel_notes(mood, top),
                *_stage_notes(mood),
                *_few_notes(mood),
                *_gap_notes(mood),
                *_milestone_notes(mood),
            ],
        ),
    }


def share_limit(buckets: Iterable[Bucket]) -> float:
    """The symmetric range of the share panel: the largest share, rounded up to 10 %."""
    shares = [
        max(bucket.counts.positive, bucket.counts.negative) / bucket.counts.judged
        for bucket in buckets
        if bucket.enough
    ]
    return max(0.1, ceil(max(shares, default=0.1) * 10 - 1e-9) / 10)


def bands(mood: Mood) -> list[tuple[Gap, bool]]:
    """Gaps long enough for a band, clipped to the days drawn; True where nothing at all was collected in them."""
    if not mood.buckets:
        return []
    first, last = mood.buckets[0].first, mood.buckets[-1].last
    clipped = (Gap(gap.source, max(gap.first, first), min(gap.last, last)) for gap in mood.gaps)
    found = {(gap.first, gap.last): gap for gap in clipped if gap.days >= BAND_FROM_DAYS}
    return [(gap, not _heard_inside(mood, gap)) for gap in found.values()]


def stage_spans(mood: Mood) -> list[tuple[Stage, date, date]]:
    """Stages drawn, with first and last day."""
    spans = []
    for stage, group in groupby(mood.buckets, key=lambda bucket: bucket.stage):
        buckets = list(group)
        spans.append((stage, buckets[0].first, buckets[-1].last))
    return spans


def few_runs(mood: Mood) -> list[tuple[date, date]]:
    """Neighbouring buckets that have comments but too few for a share: first and last day of each run."""
    runs = []
    for few, group in groupby(mood.buckets, key=lambda bucket: not bucket.enough and bucket.counts.total > 0):
        buckets = list(group)
        if few:
            runs.append((buckets[0].first, buckets[-1].last))
    return runs


def missing_words(bucket: Bucket) -> str:
    """How many days of a bucket have no data, empty for none."""
    return _("其中 %(days)s 天未采集或未到") % {"days": bucket.missing} if bucket.missing else ""


def _heard_inside(mood: Mood, gap: Gap) -> bool:
    whole = [bucket for bucket in mood.buckets if gap.first <= bucket.first and bucket.last <= gap.last]
    return any(bucket.counts.total for bucket in whole)


def _shares(mood: Mood, label: str) -> Json:
    sign = 1 if label == "positive" else -1
    values = [
        sign * getattr(bucket.counts, label) / bucket.counts.judged if bucket.enough else None
        for bucket in mood.buckets
    ]
    hover = [
        _("%(span)s<br>%(label)s %(count)s 条，占 %(share)s")
        % {
            "span": words.day_span(bucket.first, bucket.last),
            "label": words.label_name(label),
            "count": words.number(getattr(bucket.counts, label)),
            "share": words.percent(abs(value)),
        }
        if value is not None
        else ""
        for bucket, value in zip(mood.buckets, values, strict=True)
    ]
    colour = theme.POSITIVE if label == "positive" else theme.NEGATIVE
    return _bars(mood, words.label_name(label), values, hover, {"color": colour}) | {"yaxis": "y"}


def _volumes(mood: Mood) -> Json:
    hover = [
        "<br>".join(
            part
            for part in (
                words.day_span(bucket.first, bucket.last),
                _("%(count)s 条评论") % {"count": words.number(bucket.counts.total)},
                missing_words(bucket),
            )
            if part
        )
        for bucket in mood.buckets
    ]
    marker = {
        "color": [theme.VOLUME if bucket.enough and not bucket.missing else "#FFFFFF" for bucket in mood.buckets],
        "line": {"color": theme.HATCH, "width": 1},
        "pattern": {
            "shape": ["/" if bucket.missing else "" for bucket in mood.buckets],
            "fgcolor": theme.HATCH,
            "size": 5,
            "solidity": 0.35,
        },
    }
    counts = [bucket.counts.total for bucket in mood.buckets]
    return _bars(mood, _("评论量"), counts, hover, marker) | {"yaxis": "y2"}


def _bars(mood: Mood, name: str, values: list[float | None] | list[int], hover: list[str], marker: Json) -> Json:
    return {
        "type": "bar",
        "name": name,
        "x": [_middle(bucket.first, bucket.last) for bucket in mood.buckets],
        "y": values,
        "width": [int(bucket.days * MILLISECONDS_A_DAY * BAR_FILL) for bucket in mood.buckets],
        "marker": marker,
        "hovertext": hover,
        "hovertemplate": "%{hovertext}<extra></extra>",
        "xaxis": "x",
    }


def _panel_notes(mood: Mood, top: float) -> list[Json]:
    left = {"xref": "paper", "x": 0, "xanchor": "left", "bgcolor": theme.VEIL}
    volume = _("评论量（条/%(days)s 天）") % {"days": mood.width}
    return [
        theme.note(
            "▲ " + _("正面"), colour=theme.POSITIVE, bold=True, yref="y", y=top, yanchor="top", yshift=-4, **left
        ),
        theme.note("▼ " + _("负面"), colour=theme.NEGATIVE, bold=True, yref="y", y=-top, yanchor="bottom", **left),
        theme.note(volume, yref="y2 domain", y=1, yanchor="bottom", **left),
    ]


def _stage_shapes(mood: Mood) -> list[Json]:
    shapes: list[Json] = []
    for stage, first, last in stage_spans(mood):
        across = {"xref": "x", "yref": "paper", "x0": _edge(first), "x1": _edge(last + ONE_DAY)}
        tint = {"fillcolor": theme.STAGE_TINTS[stage], "line": {"width": 0}, "layer": "below"}
        rule = {"line": {"color": theme.STAGE_COLOURS[stage], "width": 4}}
        shapes.append({"type": "rect", "y0": 0, "y1": 1, **across, **tint})
        shapes.append({"type": "line", "y0": 1, "y1": 1, **across, **rule})
    return shapes


def _stage_notes(mood: Mood) -> list[Json]:
    whole = (mood.buckets[-1].last - mood.buckets[0].first).days + 1
    notes = []
    for stage, first, last in stage_spans(mood):
        narrow = ((last - first).days + 1) / whole < NARROW_STAGE and last == mood.buckets[-1].last
        current = stage == mood.current
        notes.append(
            theme.note(
                words.stage_label(stage),
                bold=current,
                colour=theme.STAGE_COLOURS["after"] if current else theme.SECONDARY,
                xref="x",
                yref="paper",
                x=_edge(last + ONE_DAY if narrow else first),
                xanchor="right" if narrow else "left",
                y=1,
                yanchor="bottom",
                yshift=4,
            )
        )
    return notes


def _few_notes(mood: Mood) -> list[Json]:
    return [
        theme.note(_("样本<br>不足"), size=11, xref="x", yref="y", x=_middle(first, last), y=0, bgcolor=theme.VEIL)
        for first, last in few_runs(mood)
    ]


def _gap_shapes(mood: Mood) -> list[Json]:
    return [
        {
            "type": "rect",
            "xref": "x",
            "yref": "paper",
            "x0": _edge(gap.first),
            "x1": _edge(gap.last + ONE_DAY),
            "y0": 0,
            "y1": 1,
            "fillcolor": "rgba(255,255,255,0.72)",
            "line": {"color": theme.HATCH, "width": 1, "dash": "dot"},
            "layer": "below",
        }
        for gap, _whole in bands(mood)
    ]


def _gap_notes(mood: Mood) -> list[Json]:
    return [
        theme.note(
            _("未采集") if whole else _("部分未采集"),
            colour=theme.SECONDARY,
            xref="x",
            yref="y domain",
            x=_middle(gap.first, gap.last),
            y=0.02,
            yanchor="bottom",
            bgcolor=theme.VEIL,
        )
        for gap, whole in bands(mood)
    ]


def _milestone_shapes(mood: Mood) -> list[Json]:
    line = {"color": theme.INK, "width": 1, "dash": "dot"}
    return [
        {"type": "line", "xref": "x", "yref": "paper", "x0": day, "x1": day, "y0": 0, "y1": 1, "line": line}
        for day in (_edge(milestone.on) for milestone in mood.milestones)
    ]


def _milestone_notes(mood: Mood) -> list[Json]:
    return [
        theme.note(
            f"◆{number}",
            colour=theme.INK,
            xref="x",
            yref="y domain",
            x=_edge(milestone.on),
            y=0.99,
            xanchor="left",
            yanchor="top",
            xshift=2,
            bgcolor=theme.VEIL,
        )
        for number, milestone in enumerate(mood.milestones, 1)
    ]


def _edge(day: date) -> str:
    return day.isoformat()


def _middle(first: date, last: date) -> str:
    begin = datetime.combine(first, time.min)
    return (begin + timedelta(days=(last - first).days + 1) / 2).strftime("%Y-%m-%d %H:%M")
