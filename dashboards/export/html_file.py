"""HTML: the summary of a policy as one file. Style and drawing inside, no script, no address outside; it prints."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from django.template.loader import get_template

from crawler.registry import Policy, Registry
from dashboards.days import zone_of
from dashboards.figures.drawing import mood_svg
from dashboards.measures.coverage import policy_coverage
from dashboards.measures.mood import mood
from dashboards.measures.replies import replies
from dashboards.measures.stages import span, stage_counts
from dashboards.measures.voices import voices
from dashboards.scope import Scope
from dashboards.settings import configure
from pipelines.index import Index

STYLE = Path(__file__).parent.parent / "static" / "dashboards" / "site.css"


def feedback_html(index: Index, registry: Registry, policy: Policy, now: datetime) -> Iterator[bytes]:
    """The file, of all time and all sources: stages, mood, voices, replies."""
    configure()
    scope = Scope(policy.id)
    seen = mood(index, registry, scope, now)
    context = {
        "policy": policy,
        "registry": registry,
        "notice": registry.notice,
        "zone": zone_of(now),
        "now": now,
        "style": STYLE.read_text(encoding="utf-8"),
        "span": span(index, policy.id, now),
        "coverage": policy_coverage(index, registry, policy.id, now),
        "stages": stage_counts(index, registry, scope, now),
        "mood": seen,
        "svg": mood_svg(seen) if seen.buckets else "",
        "voices": list(voices(index, registry, scope, now).items()),
        "replies": replies(index, registry, scope, now),
    }
    yield get_template("dashboards/export.html").render(context).encode()
