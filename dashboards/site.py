"""Site: what the pages read from. One is open while the pages are served."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from crawler.registry import Registry
from pipelines.index import Index


@dataclass(frozen=True, slots=True)
class Site:
    """The index, the registry, and a clock whose zone is the one in which days are counted."""

    index: Index
    registry: Registry
    clock: Callable[[], datetime]


def current_site() -> Site:
    """The site that is being served."""
    site: Site = settings.SITE
    return site
