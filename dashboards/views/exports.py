"""Files of one policy to take away: CSV of every comment, HTML of the summary."""

from collections.abc import Iterator
from itertools import chain

from django.http import Http404, HttpRequest, StreamingHttpResponse
from django.utils import translation

from crawler.registry import Policy
from dashboards.export import feedback_csv, feedback_html
from dashboards.site import current_site
from dashboards.views.errors import with_sentences


@with_sentences
def csv_file(_request: HttpRequest, policy_id: str) -> StreamingHttpResponse:
    """Every comment of a policy, streamed."""
    site, policy = current_site(), _policy(policy_id)
    return _download(feedback_csv(site.index, site.registry, policy, site.clock()), "text/csv", f"{policy_id}.csv")


@with_sentences
def html_file(_request: HttpRequest, policy_id: str) -> StreamingHttpResponse:
    """The summary of a policy as one file that needs nothing else."""
    site, policy = current_site(), _policy(policy_id)
    return _download(feedback_html(site.index, site.registry, policy, site.clock()), "text/html", f"{policy_id}.html")


def _policy(policy_id: str) -> Policy:
    policies = current_site().registry.policies
    if policy_id not in policies:
        raise Http404
    return policies[policy_id]


def _download(parts: Iterator[bytes], kind: str, name: str) -> StreamingHttpResponse:
    first = next(parts, b"")  # here, so that what is wrong becomes a page and not half a file
    return StreamingHttpResponse(
        _in_language(chain([first], parts), translation.get_language()),
        content_type=f"{kind}; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="lianxin-{name}"'},
    )


def _in_language(parts: Iterator[bytes], language: str) -> Iterator[bytes]:
    """The parts are written after the request's language has been left behind."""
    with translation.override(language):
        yield from parts
