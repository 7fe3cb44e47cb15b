"""A server between the index and a real Elasticsearch that misbehaves as told, and remembers what it was asked.

A fault gets the request and a way to have it answered by the server behind, and gives the answer; None cuts the
connection. Without a server behind, `nobody` must not be asked.
"""

import json
import socket
import ssl
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Asked:
    """One request."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def is_bulk(self) -> bool:
        return self.path.partition("?")[0].endswith("/_bulk")

    @property
    def documents(self) -> list[tuple[str, bytes]]:
        """Of a bulk: each document's id and its lines."""
        lines = self.body.splitlines(keepends=True)
        pairs = zip(lines[::2], lines[1::2], strict=True)
        return [(next(iter(json.loads(about).values()))["_id"], about + source) for about, source in pairs]

    @property
    def ids(self) -> list[str]:
        return [identity for identity, _ in self.documents]


@dataclass(frozen=True, slots=True)
class Answered:
    """One answer."""

    status: int
    body: bytes
    content_type: str = JSON
    headers: dict[str, str] = field(default_factory=lambda: {"X-Elastic-Product": "Elasticsearch"})


Behind = Callable[[Asked], Answered]
Fault = Callable[[Asked, Behind], Answered | None]


def nobody(asked: Asked) -> Answered:
    raise AssertionError(f"{asked.method} {asked.path} was sent on")


def none(asked: Asked, behind: Behind) -> Answered:
    """No fault."""
    return behind(asked)


def in_turn(*faults: Fault) -> Fault:
    """These faults for the first requests, one after the other, then none."""
    coming = iter(faults)

    def fault(asked: Asked, behind: Behind) -> Answered | None:
        return next(coming, none)(asked, behind)

    return fault


def on_bulk(*faults: Fault) -> Fault:
    """These faults for the first bulk requests, one after the other, then none."""
    return on_every_bulk(in_turn(*faults))


def on_every_bulk(each: Fault) -> Fault:
    """This fault for all bulk requests."""
    return lambda asked, behind: (each if asked.is_bulk else none)(asked, behind)


def error(status: int, kind: str, reason: str = "because") -> Fault:
    """The whole request is refused."""
    cause = {"type": kind, "reason": reason}
    body = json.dumps({"error": {**cause, "root_cause": [cause]}, "status": status}).encode()
    return lambda asked, behind: Answered(status, body)


def page(status: int = 200, stored: bool = False) -> Fault:
    """A web page where an answer was due."""
    answer = Answered(status, "<!doctype html><title>请登录</title>".encode(), "text/html", {})
    return lambda asked, behind: (stored and behind(asked) and None) or answer


def dropped(stored: bool) -> Fault:
    """The connection is cut before the answer."""
    return lambda asked, behind: (stored and behind(asked) and None) or None


def slow(seconds: float, stored: bool) -> Fault:
    """The answer comes when nobody waits for it any more."""

    def fault(asked: Asked, behind: Behind) -> Answered | None:
        answer = behind(asked) if stored else None
        time.sleep(seconds)
        return answer

    return fault


def too_large(most: int) -> Fault:
    """A proxy that takes requests of so many bytes."""
    large = page(413)
    return lambda asked, behind: (large if len(asked.body) > most else none)(asked, behind)


def items(change: Callable[[list[dict[str, object]]], object]) -> Fault:
    """Everything is stored; the answer's items are changed by `change`. None takes the key `items` away."""

    def fault(asked: Asked, behind: Behind) -> Answered:
        answer = behind(asked)
        body = json.loads(answer.body)
        body["items"] = change(body["items"])
        if body["items"] is None:
            del body["items"]
        return replace(answer, body=json.dumps(body).encode())

    return fault


def on_items(chosen: Collection[str], status: int, kind: str, reason: str = "because") -> Fault:
    """The chosen documents are not stored, and their items say so; the others are."""

    def fault(asked: Asked, behind: Behind) -> Answered:
        passed = b"".join(lines for identity, lines in asked.documents if identity not in chosen)
        found: dict[str, object] = {}
        if passed:
            listed = json.loads(behind(replace(asked, body=passed)).body)["items"]
            found = {next(iter(item.values()))["_id"]: item for item in listed}
        refused = {"status": status, "error": {"type": kind, "reason": reason}}
        listed = [found.get(identity, {"index": {"_id": identity, **refused}}) for identity in asked.ids]
        return Answered(200, json.dumps({"errors": True, "items": listed}).encode())

    return fault


class FaultServer(ThreadingHTTPServer):
    """Passes requests on to `behind`, a URL, but for what `fault` does. `asked` is all it was asked, in order."""

    daemon_threads = True

    def __init__(self, behind: str | None = None, tls: ssl.SSLContext | None = None) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.fault: Fault = none
        self.asked: list[Asked] = []
        self.behind: Behind = nobody if behind is None else lambda asked: pass_on(behind, asked)
        if tls:
            self.socket = tls.wrap_socket(self.socket, server_side=True)
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.server_port}"

    @property
    def bulks(self) -> list[list[str]]:
        """The ids of each bulk request but those about progress."""
        return [asked.ids for asked in self.asked if asked.is_bulk and "progress" not in asked.path]

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away, or did not trust us, is what the tests are about."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: FaultServer

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""

    def do_any(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        asked = Asked(self.command, self.path, dict(self.headers), body)
        self.server.asked.append(asked)
        answer = self.server.fault(asked, self.server.behind)
        if answer is None:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        self.send_response(answer.status)
        for name, value in {**answer.headers, "Content-Type": answer.content_type}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = do_any


def pass_on(url: str, asked: Asked) -> Answered:
    """Have a request answered by the server at `url`."""
    wanted = {name: value for name, value in asked.headers.items() if name.lower() in ("content-type", "accept")}
    request = urllib.request.Request(url + asked.path, asked.body or None, wanted, method=asked.method)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return Answered(answer.status, answer.read(), answer.headers["Content-Type"])
    except urllib.error.HTTPError as refused:
        with refused:
            return Answered(refused.code, refused.read(), refused.headers["Content-Type"])


@contextmanager
def fault_server(behind: str | None = None, tls: ssl.SSLContext | None = None) -> Iterator[FaultServer]:
    """One that runs."""
    server = FaultServer(behind, tls)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
