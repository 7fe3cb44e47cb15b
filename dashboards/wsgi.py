"""The WSGI application. `serving.serve` opens a site first; another server calls `application` with one of its own."""

from django.core.handlers.wsgi import WSGIHandler

from dashboards.settings import configure
from dashboards.site import Site


def application(site: Site) -> WSGIHandler:
    """The pages of a site as a WSGI application."""
    configure(site)
    return WSGIHandler()
