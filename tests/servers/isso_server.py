"""A real Isso on loopback: the comment server from its own package, with a database of its own."""

import json
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

CONFIGURATION = """
[general]
dbpath = {folder}/comments.db
host = {url}/
log-file = {folder}/isso.log
[moderation]
enabled = false
[server]
listen = {url}/
[guard]
enabled = true
ratelimit = 100000
direct-reply = 100000
reply-to-self = true
require-author = false
require-email = false
"""
STARTING_SECONDS = 20


@dataclass(frozen=True, slots=True)
class IssoServer:
    """A running server."""

    url: str

    def post(self, uri: str, text: str, author: str | None = None, parent: int | None = None) -> int:
        """Say something; returns the comment's id."""
        body = {"text": text, "author": author, "parent": parent, "title": "页面"}
        request = urllib.request.Request(
            f"{self.url}/new?{urlencode({'uri': uri})}",
            data=json.dumps({name: value for name, value in body.items() if value is not None}).encode(),
            headers={"Content-Type": "application/json", "Origin": self.url},
        )
        with urllib.request.urlopen(request) as answer:
            return int(json.load(answer)["id"])

    def fetch(self, **query: str | int) -> dict[str, object]:
        """GET /?…"""
        with urllib.request.urlopen(f"{self.url}/?{urlencode(query)}") as answer:
            return json.load(answer)

    def delete(self, comment: int, cookie: str) -> None:
        """Take back a comment with the cookie its writer was given."""
        request = urllib.request.Request(f"{self.url}/id/{comment}", method="DELETE", headers={"Cookie": cookie})
        urllib.request.urlopen(request).close()


@contextmanager
def isso_server(folder: Path) -> Iterator[IssoServer]:
    """Start Isso, wait until it answers, stop it at the end."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{probe.getsockname()[1]}"
    configuration = folder / "isso.cfg"
    configuration.write_text(CONFIGURATION.format(folder=folder, url=url), encoding="utf-8")
    command = [str(Path(sys.executable).parent / "isso"), "-c", str(configuration), "run"]
    with (
        (folder / "output.txt").open("wb") as output,
        subprocess.Popen(command, stdout=output, stderr=output) as process,
    ):
        try:
            _wait(url, process)
            yield IssoServer(url)
        finally:
            process.terminate()
            process.wait(10)


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + STARTING_SECONDS
    while True:
        try:
            urllib.request.urlopen(f"{url}/?uri=/", timeout=1).close()
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            if process.poll() is not None or time.monotonic() > until:
                raise RuntimeError("Isso did not start") from None
            time.sleep(0.05)
        else:
            return
