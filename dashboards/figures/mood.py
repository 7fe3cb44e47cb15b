"""Mood over time: shares above and below zero, volume beneath, stages behind. Two panels, never two y-axes."""

from collections.abc import Iterable
from datetime import date
from itertools import groupby
from math import ceil

from django.utils.translation import gettext as _

from dashboards import words
from dashboards.days import ONE_DAY
from dashboards.figures import theme, timeline
from dashboards.figures.theme import Json
from dashboards.figures.timeline import bands, edge, middle
from dashboards.measures.buckets import Bucket
from dashboards.measures.mood import Mood

HEIGHT = 380
SHARE_PANEL = (0.36, 1.0)
VOLUME_PANEL = (0.0, 0.25)
BAR_FILL = 0.84
FEW = "few"
"""Notes of this name become × on a narrow screen (chart.js)."""
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
                range=[edge(mood.buckets[0].first), edge(mood.buckets[-1].last + ONE_DAY)],
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
            shapes=timeline.shapes(mood),
            annotations=[*_panel_notes(mood, top), *timeline.notes(mood), *_few_notes(mood)],
        ),
    }


def share_limit(buckets: Iterable[Bucket]) -> float:
    """The symmetric range of the share panel: the largest share and room for words, rounded up to 10 %."""
    shares = [
        max(bucket.counts.positive, bucket.counts.negative) / bucket.counts.judged
        for bucket in buckets
        if bucket.enough
    ]
    return min(1.0, ceil(max(shares, default=0.0) * 10 + 0.5) / 10)


def few_runs(mood: Mood) -> list[tuple[date, date]]:
    """Neighbouring buckets that have comments but too few for a share: first and last day of each run.

    A run that touches a band has its reason written there.
    """
    banded = [gap for gap, _whole in bands(mood)]
    runs = []
    for few, group in groupby(mood.buckets, key=lambda bucket: not bucket.enough and bucket.counts.total > 0):
        buckets = list(group)
        first, last = buckets[0].first, buckets[-1].last
        if few and not any(gap.first <= last and first <= gap.last for gap in banded):
            runs.append((first, last))
    return runs


def missing_words(bucket: Bucket) -> str:
    """How many days of a bucket have no data, empty for none."""
    return _("其中 %(days)s 天未采集或未到") % {"days": bucket.missing} if bucket.missing else ""


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
        "x": [middle(bucket.first, bucket.last) for bucket in mood.buckets],
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


def _few_notes(mood: Mood) -> list[Json]:
    return [
        theme.note(
            _("样本<br>不足"), name=FEW, size=11, xref="x", yref="y", x=middle(first, last), y=0, bgcolor=theme.VEIL
        )
        for first, last in few_runs(mood)
    ]
