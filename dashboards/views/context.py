"""What every page's template gets."""

from django.http import HttpRequest

from dashboards.site import Site
from dashboards.words import chinese

Context = dict[str, object]


def common(request: HttpRequest, site: Site) -> Context:
    """The notice, the zone of moments, and the address of this page in the other language."""
    query = request.GET.copy()
    query["lang"] = "en" if chinese() else "zh"
    return {
        "registry": site.registry,
        "notice": site.registry.notice,
        "zone": site.clock().tzinfo,
        "other_language": f"?{query.urlencode()}",
    }
