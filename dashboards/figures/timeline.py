"""What lies behind a drawing over time: stages as tints, days not collected as bands, milestones as dotted lines."""

from datetime import date, datetime, time, timedelta
from itertools import groupby

from django.utils.translation import gettext as _

from crawler.registry import Stage
from dashboards import words
from dashboards.days import ONE_DAY
from dashboards.figures import theme
from dashboards.figures.theme import Json
from dashboards.measures.gaps import Gap
from dashboards.measures.mood import Mood

BAND_FROM_DAYS = 5
"""Shorter gaps show as hatched bars only."""
NARROW_STAGE = 0.2
"""A last stage under this share of the width has its label set to the right."""


def shapes(mood: Mood) -> list[Json]:
    """Tints and rules of the stages, then gaps, then milestones."""
    return [*_stage_shapes(mood), *_gap_shapes(mood), *_milestone_shapes(mood)]


def notes(mood: Mood) -> list[Json]:
    """The words to `shapes`."""
    return [*_stage_notes(mood), *_gap_notes(mood), *_milestone_notes(mood)]


def stage_spans(mood: Mood) -> list[tuple[Stage, date, date]]:
    """Stages drawn, with first and last day."""
    spans = []
    for stage, group in groupby(mood.buckets, key=lambda bucket: bucket.stage):
        buckets = list(group)
        spans.append((stage, buckets[0].first, buckets[-1].last))
    return spans


def bands(mood: Mood) -> list[tuple[Gap, bool]]:
    """Gaps long enough for a band, clipped to the days drawn; True where nothing at all was collected in them."""
    if not mood.buckets:
        return []
    first, last = mood.buckets[0].first, mood.buckets[-1].last
    clipped = (Gap(gap.source, max(gap.first, first), min(gap.last, last)) for gap in mood.gaps)
    found = {(gap.first, gap.last): gap for gap in clipped if gap.days >= BAND_FROM_DAYS}
    return [(gap, not _heard_inside(mood, gap)) for gap in found.values()]


def _stage_shapes(mood: Mood) -> list[Json]:
    shapes: list[Json] = []
    for stage, first, last in stage_spans(mood):
        across = {"xref": "x", "yref": "paper", "x0": edge(first), "x1": edge(last + ONE_DAY)}
        tint = {"fillcolor": theme.STAGE_TINTS[stage], "line": {"width": 0}, "layer": "below"}
        rule = {"line": {"color": theme.STAGE_COLOURS[stage], "width": 4}}
        shapes.append({"type": "rect", "y0": 0, "y1": 1, **across, **tint})
        shapes.append({"type": "line", "y0": 1, "y1": 1, **across, **rule})
    return shapes


def _gap_shapes(mood: Mood) -> list[Json]:
    return [
        {
            "type": "rect",
            "xref": "x",
            "yref": "paper",
            "x0": edge(gap.first),
            "x1": edge(gap.last + ONE_DAY),
            "y0": 0,
            "y1": 1,
            "fillcolor": "rgba(255,255,255,0.72)",
            "line": {"color": theme.HATCH, "width": 1, "dash": "dot"},
            "layer": "below",
        }
        for gap, _whole in bands(mood)
    ]


def _milestone_shapes(mood: Mood) -> list[Json]:
    line = {"color": theme.INK, "width": 1, "dash": "dot"}
    return [
        {"type": "line", "xref": "x", "yref": "paper", "x0": day, "x1": day, "y0": 0, "y1": 1, "line": line}
        for day in (edge(milestone.on) for milestone in mood.milestones)
    ]


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
                x=edge(last + ONE_DAY if narrow else first),
                xanchor="right" if narrow else "left",
                y=1,
                yanchor="bottom",
                yshift=4,
            )
        )
    return notes


def _gap_notes(mood: Mood) -> list[Json]:
    return [
        theme.note(
            _("未采集") if whole else _("部分未采集"),
            colour=theme.SECONDARY,
            xref="x",
            yref="y domain",
            x=middle(gap.first, gap.last),
            y=0.02,
            yanchor="bottom",
            bgcolor=theme.VEIL,
        )
        for gap, whole in bands(mood)
    ]


def _milestone_notes(mood: Mood) -> list[Json]:
    return [
        theme.note(
            f"◆{number}",
            colour=theme.INK,
            xref="x",
            yref="y domain",
            x=edge(milestone.on),
            y=0.99,
            xanchor="left",
            yanchor="top",
            xshift=2,
            bgcolor=theme.VEIL,
        )
        for number, milestone in enumerate(mood.milestones, 1)
    ]


def _heard_inside(mood: Mood, gap: Gap) -> bool:
    whole = [bucket for bucket in mood.buckets if gap.first <= bucket.first and bucket.last <= gap.last]
    return any(bucket.counts.total for bucket in whole)


def edge(day: date) -> str:
    """The first moment of a day, as Plotly reads it."""
    return day.isoformat()


def middle(first: date, last: date) -> str:
    """The moment half-way between the first and the last day, both inside."""
    begin = datetime.combine(first, time.min)
    return (begin + timedelta(days=(last - first).days + 1) / 2).strftime("%Y-%m-%d %H:%M")
