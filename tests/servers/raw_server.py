"""A server on loopback that sends exactly the bytes it is told to, slowly, in part, or over TLS."""

import ssl
from collections.abc import Callable, Mapping
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Thread
from time import sleep
from typing import BinaryIO, Self

Sending = Callable[[BinaryIO], None]
"""Writes one answer to a connection, which is then closed."""


class RawServer:
    """Serves `answers` by path while used as a context manager; 404 for all else. `asked` are the paths."""

    def __init__(self, answers: Mapping[str, Sending], certificate: ssl.SSLContext | None = None) -> None:
        self.asked: list[str] = []
        handler = type("RawHandler", (_Handler,), {"answers": answers, "asked": self.asked})
        self._server = _Server(("127.0.0.1", 0), handler)
        if certificate:
            self._server.socket = certificate.wrap_socket(self._server.socket, server_side=True)
        scheme = "https" if certificate else "http"
        self.port = self._server.server_address[1]
        self.url = f"{scheme}://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Whoever hangs up, or trusts no certificate, is the one who is tested."""


class _Handler(StreamRequestHandler):
    answers: Mapping[str, Sending]
    asked: list[str]

    def handle(self) -> None:
        """One request, one answer."""
        path = self.rfile.readline().split()[1].decode().partition("?")[0]
        length = 0
        while (line := self.rfile.readline().strip().lower()) != b"":
            if line.startswith(b"content-length:"):
                length = int(line.partition(b":")[2])
        self.rfile.read(length)
        self.asked.append(path)
        self.answers.get(path, status(404))(self.wfile)


def status(code: int, body: bytes = b"", length: int | None = None, **headers: str) -> Sending:
    """An ordinary answer; `length` is what it says of its body, where that is not so. `_` in a header's name is `-`."""
    told = {"Content-Type": "text/html; charset=utf-8", "Content-Length": str(len(body) if length is None else length)}
    told |= {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in told.items())
    return lambda file: _write(file, f"HTTP/1.1 {code} told\r\n{head}Connection: close\r\n\r\n".encode() + body)


def in_turn(*answers: Sending) -> Sending:
    """One after the other; the last again and again."""
    waiting = list(answers)

    def send(file: BinaryIO) -> None:
        answer = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        answer(file)

    return send


def dripping(body: bytes, pause: float) -> Sending:
    """A byte, a pause, a byte …"""

    def send(file: BinaryIO) -> None:
        _write(file, f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n".encode())
        for byte in body:
            _write(file, bytes([byte]))
            sleep(pause)

    return send


def _write(file: BinaryIO, data: bytes) -> None:
    file.write(data)
    file.flush()
