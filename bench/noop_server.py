"""A server that takes every bulk request, stores nothing and says of each item that it is stored.

What remains is the client's own work. All other requests are passed on to a real Elasticsearch, so that a client may
make its indices first.
"""

import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing import get_context
from multiprocessing.connection import Connection

_BRIEF = b',"status":201}}'
_WHOLE = (
    b',"_version":1,"result":"created","_shards":{"total":1,"successful":1,"failed":0},"_seq_no":%d,"_primary_term":1'
    + _BRIEF
)
_PASSED_ON = ("Accept", "Content-Type")
_TYPE = "application/vnd.elasticsearch+json;compatible-with=9"


@contextmanager
def noop_server(behind: str) -> Iterator[str]:
    """Its URL. It runs in a process of its own, so that its work is not the client's; `behind` is a real server."""
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs, behind), daemon=True)
    process.start()
    try:
        yield ours.recv()
    finally:
        process.terminate()
        process.join()


def _serve(pipe: Connection, behind: str) -> None:
    class Handler(_Handler):
        passes_to = behind

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    pipe.send(f"http://127.0.0.1:{server.server_port}")
    server.serve_forever()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    passes_to = ""

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        """Pass on."""
        self._answer()

    do_PUT = do_POST = do_DELETE = do_HEAD = do_GET

    def _answer(self) -> None:
        content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        path, _, options = self.path.partition("?")
        if path.endswith("/_bulk"):
            self._reply(200, _TYPE, stored(content, brief="filter_path" in options))
            return
        headers = {name: self.headers[name] for name in _PASSED_ON if name in self.headers}
        request = urllib.request.Request(  # noqa: S310 - a loopback server of ours
            self.passes_to + self.path, content or None, headers, method=self.command
        )
        try:
            with urllib.request.urlopen(request) as answer:  # noqa: S310
                self._reply(answer.status, answer.headers["Content-Type"], answer.read())
        except urllib.error.HTTPError as refused:
            self._reply(refused.code, refused.headers["Content-Type"], refused.read())

    def _reply(self, status: int, kind: str | None, content: bytes) -> None:
        self.send_response(status)
        self.send_header("X-Elastic-Product", "Elasticsearch")
        if kind:
            self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)


def stored(content: bytes, brief: bool = False) -> bytes:
    """The answer that says that all of a bulk request is stored. Takes `index` and `create` items only.

    `brief`: with no more than what was asked and the status, as a server answers a request that names these in
    `filter_path`. Each item is the line that asked for it, with the result: the least a server could do.
    """
    lines = content.split(b"\n")[:-1:2]
    items = b",".join([line[:-2] + (_BRIEF if brief else _WHOLE % number) for number, line in enumerate(lines)])
    return b'{"items":[%b]}' % items if brief else b'{"took":1,"errors":false,"items":[%b]}' % items
