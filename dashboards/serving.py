"""Serving: the pages on a loopback address until the process is told to stop."""

import errno
import socket
from collections.abc import Callable
from datetime import datetime

from django.core.management import call_command
from waitress import create_server

from crawler.config import Config
from crawler.errors import ServiceAway, WrongUse
from crawler.registry import load_registry
from dashboards.settings import configure
from dashboards.site import Site
from dashboards.wsgi import application
from pipelines.index import open_index

LOOPBACK = {"127.0.0.1": "127.0.0.1", "localhost": "127.0.0.1", "::1": "::1"}
THREADS = 4


def serve(config: Config, host: str, port: int, ready: Callable[[str], None] | None = None) -> None:
    """Serve the pages; `ready` is called with their address once they can be opened. Port 0 takes a free one.

    Raises WrongUse for an address other people could reach, because there is no sign-in; ServiceAway when the port is
    taken.
    """
    if host not in LOOPBACK:
        raise WrongUse(
            f"还没有登录功能，不能在 {host} 上对外提供页面。请用 127.0.0.1，"
            "别人要看时用 SSH 隧道，或在前面放一个会验证身份的代理。"
        )
    registry = load_registry(config.data)
    index = open_index(config)
    try:
        with _bound(LOOPBACK[host], port) as listening:
            site = Site(index, registry, lambda: datetime.now(config.zone))
            configure(site, config.data / "static")
            call_command("collectstatic", interactive=False, verbosity=0)
            _listen(site, listening, ready)
    finally:
        index.close()


def _bound(address: str, port: int) -> socket.socket:
    """A socket bound to the address, before anything slow is done."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        return socket.create_server((address, port), family=family)
    except OSError as error:
        if error.errno not in (errno.EADDRINUSE, errno.EACCES, errno.EADDRNOTAVAIL):
            raise
        raise ServiceAway(
            f"端口 {port} 用不了：已被别的程序占用，或没有权限。请换一个端口，例如 --port 8765。"
        ) from error


def _listen(site: Site, listening: socket.socket, ready: Callable[[str], None] | None) -> None:
    address, port = listening.getsockname()[:2]
    server = create_server(application(site), sockets=[listening], threads=THREADS, ident="")
    try:
        if ready is not None:
            ready(f"http://[{address}]:{port}/" if ":" in address else f"http://{address}:{port}/")
        server.run()
    finally:
        server.close()
