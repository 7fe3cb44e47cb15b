"""The browser: which one there is on this machine, for platforms whose pages need one, and how it is started.

It has no way to the network: no name is looked up, and its proxy does not exist. Whoever opens pages in it gives them
what they may have.
"""

import os
import shutil
from importlib.util import find_spec
from pathlib import Path

from platformdirs import user_cache_path

from crawler.config import Config
from crawler.errors import ServiceAway

PAGES = "page"
"""The platform whose pages need the browser."""

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
"""The programs that will do, the first that is there."""

_NO_NETWORK = (
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--proxy-server=http://0.0.0.0:9",
    "--proxy-bypass-list=<-loopback>",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
)
_START = 30.0
"""Seconds in which a browser must have started."""

_PLAYWRIGHTS_OWN = user_cache_path("ms-playwright", appauthor=False, opinion=False)


def chosen_browser(config: Config) -> Path | None:
    """The browser that `config` names, else the system's Chromium; None for Playwright's own, which it finds itself.

    Raises ServiceAway, with what to install, where there is none or nothing that drives it.
    """
    if find_spec("scrapy_playwright") is None:
        raise ServiceAway("没有装 scrapy-playwright，采集不了要浏览器的网页：请运行 pip install 'lianxin[browser]'。")
    if config.browser is not None:
        if not config.browser.exists():
            raise ServiceAway(f"LIANXIN_BROWSER 指的 {config.browser} 不存在，采集不了要浏览器的网页。")
        return config.browser
    if found := next((path for name in NAMES if (path := shutil.which(name))), None):
        return Path(found)
    if any(_PLAYWRIGHTS_OWN.glob("chromium*")):
        return None
    raise ServiceAway("没有找到 Chromium，采集不了要浏览器的网页：请装 chromium，或用 LIANXIN_BROWSER 指明它在哪里。")


def browser_settings(config: Config) -> dict[str, object]:
    """Scrapy's settings for crawls with the browser. Raises ServiceAway where there is none."""
    path = chosen_browser(config)
    root = hasattr(os, "geteuid") and os.geteuid() == 0  # Chromium has no sandbox for root
    options: dict[str, object] = {"chromium_sandbox": not root, "args": list(_NO_NETWORK), "timeout": _START * 1000}
    if path is not None:
        options["executable_path"] = str(path)
    return {"PLAYWRIGHT_LAUNCH_OPTIONS": options, "METAREFRESH_ENABLED": False}  # that is for the browser to follow
