"""One module a platform. `spider_for` finds the spider of a platform by the module's name."""

from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

from crawler.errors import WrongUse

if TYPE_CHECKING:
    from crawler.platforms.base import PlatformSpider

_NOT_PLATFORMS = frozenset({"about", "answers", "base", "failures", "walks", "walls"})


def platforms() -> list[str]:
    """The names of the platforms this version can crawl."""
    return sorted(module.name for module in iter_modules(__path__) if module.name not in _NOT_PLATFORMS)


def spider_for(platform: str) -> type["PlatformSpider"]:
    """The spider class of a platform. Raises WrongUse with the known names."""
    if platform not in platforms():
        raise WrongUse(f"没有“{platform}”这个平台，可写：{'、'.join([*platforms(), 'file'])}。")
    module = import_module(f"{__name__}.{platform}")
    return next(
        found for found in vars(module).values() if isinstance(found, type) and getattr(found, "name", None) == platform
    )
