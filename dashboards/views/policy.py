"""One policy: its stages, the mood, what people said, and whether they were answered."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from crawler.registry import Registry
from dashboards.figures.drawing import mood_svg
from dashboards.figures.mood import mood_figure
from dashboards.measures.coverage import policy_coverage
from dashboards.measures.mood import mood
from dashboards.measures.replies import replies
from dashboards.measures.stages import span, stage_counts
from dashboards.measures.voices import voices
from dashboards.scope import Scope, read_scope
from dashboards.site import current_site
from dashboards.views.context import Context, common
from dashboards.views.errors import with_sentences


@with_sentences
def page(request: HttpRequest, policy_id: str) -> HttpResponse:
    """The policy page. An unknown policy is 404, a senseless query 400."""
    site = current_site()
    if policy_id not in site.registry.policies:
        raise Http404
    query = {name: values for name, values in request.GET.lists() if name != "lang"}
    scope = read_scope(policy_id, query, site.registry)
    now = site.clock()
    seen = mood(site.index, site.registry, scope, now)
    sources = policy_coverage(site.index, site.registry, policy_id, now)
    context: Context = {
        "policy": site.registry.policies[policy_id],
        "scope": scope,
        "span": span(site.index, policy_id, now),
        "coverage": sources,
        "stages": stage_counts(site.index, site.registry, scope, now),
        "mood": seen,
        "svg": mood_svg(seen) if seen.buckets else "",
        "figure": mood_figure(seen) if seen.buckets else None,
        "voices": list(voices(site.index, site.registry, scope, now).items()),
        "replies": replies(site.index, site.registry, scope, now),
        "choices": _sources_to_choose(site.registry, scope, [source.source for source in sources.sources]),
    }
    return render(request, "dashboards/policy.html", common(request, site) | context)


def _sources_to_choose(registry: Registry, scope: Scope, names: list[str]) -> list[str]:
    """Sources a reader may choose: those of the policy, and the one that is chosen."""
    chosen = {*names, scope.source} if scope.source else set(names)
    return [name for name in registry.sources if name in chosen]
