"""The mood drawing as plain SVG: for readers without JavaScript, before plotly.js arrives, and in exported files."""

from dataclasses import dataclass
from datetime import date
from html import escape

from django.utils.translation import gettext as _

from dashboards import words
from dashboards.days import ONE_DAY
from dashboards.figures import theme
from dashboards.figures.mood import BAR_FILL, HEIGHT, few_runs, share_limit
from dashboards.figures.timeline import bands, stage_spans
from dashboards.measures.mood import Mood

WIDTH = 1160
LEFT, RIGHT, TOP = 48, 8, 30
ZERO, HALF = 135, 105
FLOOR, TALL = 340, 66


@dataclass(frozen=True, slots=True)
class Scale:
    """Where days and numbers lie on the drawing, in its own units."""

    first: date
    days: int
    share: float
    volume: int

    def x(self, day: date) -> float:
        """The left edge of a day."""
        return LEFT + (day - self.first).days / self.days * (WIDTH - LEFT - RIGHT)


def mood_svg(mood: Mood) -> str:
    """An SVG element of a mood with at least one bucket; its words and numbers are those of `mood_figure`."""
    first, last = mood.buckets[0].first, mood.buckets[-1].last
    scale = Scale(
        first,
        (last - first).days + 1,
        share_limit(mood.buckets),
        max(1, *(bucket.counts.total for bucket in mood.buckets)),
    )
    parts = [
        *_stages(mood, scale),
        *_bands(mood, scale),
        *_axes(mood, scale),
        *_bars(mood, scale),
        *_notes(mood, scale),
    ]
    hatch = (
        '<defs><pattern id="hatch" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        f'<rect width="5" height="5" fill="#FFFFFF"/><rect width="1.5" height="5" fill="{theme.HATCH}"/>'
        "</pattern></defs>"
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="drawing" viewBox="0 0 {WIDTH} {HEIGHT}" aria-hidden="true" '
        f'font-family="{theme.FONTS}" font-size="13" fill="{theme.SECONDARY}">{hatch}{"".join(parts)}</svg>'
    )


def _stages(mood: Mood, scale: Scale) -> list[str]:
    parts = []
    for stage, first, last in stage_spans(mood):
        left, right = scale.x(first), scale.x(last + ONE_DAY)
        parts.append(_rect((left, TOP), (right - left, FLOOR - TOP), theme.STAGE_TINTS[stage]))
        parts.append(_rect((left, TOP - 2), (right - left, 4), theme.STAGE_COLOURS[stage]))
        parts.append(_text(left, TOP - 10, words.stage_label(stage), bold=stage == mood.current))
    return parts


def _bands(mood: Mood, scale: Scale) -> list[str]:
    parts = []
    for gap, whole in bands(mood):
        left, right = scale.x(gap.first), scale.x(gap.last + ONE_DAY)
        parts.append(
            _rect(
                (left, TOP), (right - left, FLOOR - TOP), "#FFFFFF", f' stroke="{theme.HATCH}" stroke-dasharray="2 3"'
            )
        )
        said = _("未采集") if whole else _("部分未采集")
        parts.append(_text((left + right) / 2, ZERO + HALF - 4, said, anchor="middle"))
    return parts


def _axes(mood: Mood, scale: Scale) -> list[str]:
    parts = []
    for tick in (1, 0.5, 0, -0.5, -1):
        y = ZERO - tick * HALF
        if tick < 1:  # the topmost line is the stages' rule
            parts.append(_line((LEFT, y), (WIDTH - RIGHT, y), theme.SECONDARY if tick == 0 else theme.GRID))
        parts.append(_text(LEFT - 6, y + 4, words.percent(abs(tick) * scale.share), anchor="end"))
    for count in (0, scale.volume):
        y = FLOOR - count / scale.volume * TALL
        parts.append(_line((LEFT, y), (WIDTH - RIGHT, y), theme.GRID))
        parts.append(_text(LEFT - 6, y + 4, words.number(count), anchor="end"))
    for _stage, first, _last in stage_spans(mood):
        parts.append(_text(scale.x(first), FLOOR + 20, words.day(first)))
    return parts


def _bars(mood: Mood, scale: Scale) -> list[str]:
    parts = []
    for bucket in mood.buckets:
        span = scale.x(bucket.last + ONE_DAY) - scale.x(bucket.first)
        left, width = scale.x(bucket.first) + span * (1 - BAR_FILL) / 2, span * BAR_FILL
        if bucket.enough:
            up = bucket.counts.positive / bucket.counts.judged / scale.share * HALF
            down = bucket.counts.negative / bucket.counts.judged / scale.share * HALF
            parts.append(_rect((left, ZERO - up), (width, up), theme.POSITIVE))
            parts.append(_rect((left, ZERO), (width, down), theme.NEGATIVE))
        tall = bucket.counts.total / scale.volume * TALL
        fill = "url(#hatch)" if bucket.missing else theme.VOLUME if bucket.enough else "#FFFFFF"
        parts.append(_rect((left, FLOOR - tall), (width, tall), fill, f' stroke="{theme.HATCH}"'))
    return parts


def _notes(mood: Mood, scale: Scale) -> list[str]:
    parts = [
        _text(LEFT + 4, ZERO - HALF + 18, "▲ " + _("正面"), colour=theme.POSITIVE, bold=True),
        _text(LEFT + 4, ZERO + HALF - 4, "▼ " + _("负面"), colour=theme.NEGATIVE, bold=True),
        _text(LEFT + 4, FLOOR - TALL - 6, _("评论量（条/%(days)s 天）") % {"days": mood.width}),
    ]
    for first, last in few_runs(mood):
        middle = (scale.x(first) + scale.x(last + ONE_DAY)) / 2
        for number, word in enumerate(_("样本<br>不足").split("<br>")):
            parts.append(_text(middle, ZERO - 3 + 14 * number, word, anchor="middle", colour=theme.MUTED))
    for number, milestone in enumerate(mood.milestones, 1):
        x = scale.x(milestone.on)
        parts.append(_line((x, TOP), (x, FLOOR), theme.INK, ' stroke-dasharray="2 3"'))
        parts.append(_text(x + 3, TOP + 16, f"◆{number}", colour=theme.INK))
    return parts


def _rect(corner: tuple[float, float], size: tuple[float, float], fill: str, more: str = "") -> str:
    (x, y), (width, height) = corner, size
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{fill}"{more}/>'


def _line(start: tuple[float, float], end: tuple[float, float], colour: str, more: str = "") -> str:
    (x1, y1), (x2, y2) = start, end
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}"{more}/>'


def _text(x: float, y: float, said: str, *, anchor: str = "start", colour: str = "", bold: bool = False) -> str:
    # What is bold may lie over a bar of its own colour: it stands on an edge of white.
    edge = ' font-weight="700" stroke="#FFFFFF" stroke-width="4" stroke-linejoin="round" paint-order="stroke"'
    look = (f' fill="{colour}"' if colour else "") + (edge if bold else "")
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{look}>{escape(said)}</text>'
