"""Filters by which templates say numbers, days and moods, and draw bars. They only pass on to `dashboards.words`."""

from datetime import date, datetime, tzinfo

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from crawler.registry import STAGES, Policy, Registry, Stage
from dashboards import words
from dashboards.days import ONE_DAY
from dashboards.figures.mood import missing_words
from dashboards.measures.answers import Counts
from dashboards.measures.buckets import Bucket
from dashboards.measures.floors import SAMPLE_FLOOR
from dashboards.measures.mood import Finding
from dashboards.measures.overview import Row
from dashboards.measures.replies import Replies

register = template.Library()
FOLD_AFTER = 300
"""Characters of a comment shown at once; the rest is folded."""
ROOM_FOR_WORDS = 0.12
"""A bar's part narrower than this carries no number."""

register.filter("number", words.number)
register.filter("percent", words.percent)
register.filter("day", words.day)
register.filter("stage_label", words.stage_label)
register.filter("stage_name", words.stage_name)
register.filter("stage_purpose", words.stage_purpose)
register.filter("label_name", words.label_name)
register.filter("kind_name", words.kind_name)
register.filter("health_name", words.health_name)
register.filter("outcome_name", words.outcome_name)
register.filter("duration", words.duration)
register.filter("stage_days", words.stage_days)
register.filter("missing_words", missing_words)


@register.filter
def moment(at: datetime, zone: tzinfo) -> str:
    """A moment in the installation's zone."""
    return words.moment(at, zone)


@register.filter
def day_in(at: datetime, zone: tzinfo) -> str:
    """The day of a moment in the installation's zone."""
    return words.day(at.astimezone(zone).date())


@register.filter
def to(first: date, last: date) -> str:
    """From one day to another, both inside."""
    return words.day_span(first, last)


@register.filter
def headline(finding: Finding) -> str:
    """The mood card's sentence."""
    return words.mood_headline(finding)


@register.filter
def replies_headline(replies: Replies) -> str:
    """The replies card's sentence."""
    return words.replies_headline(replies.letters, replies.waiting)


@register.filter
def volume_change(recent: int, earlier: int) -> str:
    """Recent against earlier volume."""
    return words.volume_change(recent, earlier)


@register.filter
def share(bucket: Bucket, label: str) -> str:
    """A label's share of a bucket's judged comments, or 样本不足."""
    if not bucket.enough:
        return _("样本不足") if bucket.counts.total else "—"
    return words.percent(getattr(bucket.counts, label) / bucket.counts.judged)


@register.filter
def source_name(source: str, registry: Registry) -> str:
    """The unit and platform behind a source, or its id."""
    entry = registry.sources.get(source)
    account = registry.accounts.get(entry.account) if entry and entry.account else None
    return (account.handle or account.unit) if account else source


@register.filter
def beginning(text: str) -> str:
    """The part of a text that is shown at once."""
    return text[:FOLD_AFTER]


@register.filter
def is_long(text: str) -> bool:
    """Whether a text is folded."""
    return len(text) > FOLD_AFTER


@register.simple_tag
def sample_floor() -> int:
    """Fewer judged comments than this give no share."""
    return SAMPLE_FLOOR


@register.filter
def mood_bar(counts: Counts) -> SafeString:
    """A bar of negative, neutral and positive with their shares; words carry it where colours do not."""
    parts = [
        (name, getattr(counts, name) / counts.judged) for name in ("negative", "neutral", "positive") if counts.judged
    ]
    drawn, left = [], 0.0
    for name, size in parts:
        drawn.append((left * 100, size * 100, name, (left + size / 2) * 100, _inside(size)))
        left += size
    said = "，".join(f"{words.label_name(name)} {words.percent(size)}" for name, size in parts)
    inner = format_html_join(
        "",
        '<rect x="{0}%" width="{1}%" height="24" class="fill-{2}"/>'
        '<text x="{3}%" y="17" text-anchor="middle" class="on-{2}">{4}</text>',
        ((f"{x:.2f}", f"{width:.2f}", name, f"{middle:.2f}", text) for x, width, name, middle, text in drawn),
    )
    return format_html('<svg class="mood-bar" role="img" aria-label="{}" height="24">{}</svg>', said, inner)


@register.filter
def stage_bar(row: Row) -> SafeString:
    """The three stages as parts of a bar, wide as they are long; the current one dark, those to come pale."""
    spans = _stage_lengths(row.policy, row.as_of)
    whole = sum(length for _stage, length in spans) or 1
    reached = STAGES.index(row.stage) if row.stage else -1
    left, drawn = 0.0, []
    for stage, length in spans:
        place = STAGES.index(stage)
        look = "now" if place == reached else "done" if place < reached else "ahead"
        drawn.append((f"{left * 100:.2f}", f"{max(0.5, length / whole * 100 - 0.6):.2f}", look))
        left += length / whole
    inner = format_html_join("", '<rect x="{}%" width="{}%" height="10" class="stage-{}"/>', drawn)
    return format_html('<svg class="stage-bar" aria-hidden="true" height="10">{}</svg>', inner)


def _stage_lengths(policy: Policy, as_of: date | None) -> list[tuple[Stage, int]]:
    """Stages with days; one that goes on is as long as its data, or as the mean of the others."""
    closed = [
        (window.until - window.since).days for stage in STAGES if (window := policy.window(stage)) and window.until
    ]
    usual = sum(closed) // len(closed) if closed else 30
    lengths = []
    for stage in STAGES:
        window = policy.window(stage)
        if window is None:
            continue
        until = window.until or max(window.since + usual * ONE_DAY // 2, as_of or window.since)
        lengths.append((stage, max(1, (until - window.since).days)))
    return lengths


def _inside(size: float) -> str:
    return words.percent(size) if size >= ROOM_FOR_WORDS else ""
