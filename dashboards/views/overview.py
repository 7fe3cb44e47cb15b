"""政策总览: what needs a look today."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from crawler.errors import WrongUse
from dashboards.measures.overview import overview
from dashboards.site import current_site
from dashboards.views.context import common
from dashboards.views.errors import with_sentences


@with_sentences
def page(request: HttpRequest) -> HttpResponse:
    """One row a policy, with the state of the sources above."""
    unknown = set(request.GET) - {"lang"}
    if unknown:
        raise WrongUse(f"总览没有参数“{min(unknown)[:40]}”。")
    site = current_site()
    now = site.clock()
    seen = overview(site.index, site.registry, now)
    context = {"overview": seen, "coverage": seen.coverage, "today": now.date()}
    return render(request, "dashboards/overview.html", common(request, site) | context)
