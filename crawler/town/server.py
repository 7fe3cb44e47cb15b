"""The town on a loopback port. Tests put faults in front of `answer`; everything else is as in the demo."""

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Self
from urllib.parse import parse_qsl, urlsplit

from pydantic import JsonValue

from crawler.errors import ServiceAway
from crawler.town import letterbox
from crawler.town.consultation import consultation_page, consultation_script, load_consultation, opinions
from crawler.town.corpus import Town
from crawler.town.isso import IssoReplica
from crawler.town.liuyan import letter_page, letters_list, signed_call
from crawler.town.site import list_page, post_page
from crawler.town.weibo import VISITORS, WeiboReplica

ROBOTS = "User-agent: *\nDisallow: /private/\n"
_LISTS = ("/pro-dfbbs-front/threads/queryThreadsList", "/threads/queryThreadsList")
_LARGEST_FORM = 64 * 1024


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as the town sees it."""

    method: str
    path: str
    query: Mapping[str, str]
    form: Mapping[str, str]
    body: bytes = b""
    cookies: Mapping[str, str] = field(default_factory=dict)

    @property
    def json(self) -> dict[str, JsonValue]:
        """The JSON object of the request; an empty one where there is none."""
        try:
            value = json.loads(self.body)
        except ValueError:
            return {}
        return value if isinstance(value, dict) else {}


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer of the town."""

    body: bytes
    status: int = 200
    content_type: str = "text/html; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)
    cookies: tuple[str, ...] = ()


Answering = Callable[[Asked], Answered]


def answering(
    town: Town, weibo: WeiboReplica | None = None, hotline: Sequence[letterbox.HotlineLetter] = ()
) -> Answering:
    """The town as a function from requests to answers; without a `hotline` its letters are those that ship."""
    isso = IssoReplica(town)
    weibo = weibo or WeiboReplica(town)
    hotline = hotline or letterbox.load_hotline()
    posts = {f"/gov/{post.slug}.html": post for post in town.posts}

    def answer(asked: Asked) -> Answered:
        match (asked.method, asked.path):
            case ("GET", "/robots.txt"):
                return Answered(ROBOTS.encode(), content_type="text/plain; charset=utf-8")
            case ("GET", "/" | "/gov/"):
                return _page(list_page(town))
            case ("GET", path) if path in posts:
                return _page(post_page(posts[path], "/isso/"))
            case ("GET", "/isso/"):
                status, body = isso.fetch(asked.query)
                return Answered(body, status, "application/json" if status == 200 else "text/html")
            case ("GET", "/pro-dfbbs-front/forum/list"):
                return Answered(b"<!doctype html><title>board</title>", headers={"Set-Cookie": "JSESSIONID=town"})
            case ("POST", path) if path in _LISTS:
                return Answered(letters_list(town, asked.form), content_type="application/json;charset=UTF-8")
            case ("POST", "/v1/threads/list/df" | "/v1/threads/content" | "/v1/forum/getTopForums" as path):
                return Answered(signed_call(town, path, asked.json), content_type="application/json;charset=UTF-8")
            case ("POST", letterbox.LIST as path) | ("GET", letterbox.DETAIL as path):
                body = letterbox.letterbox_call(hotline, path, asked.json, asked.query)
                return Answered(body, content_type="application/json;charset=UTF-8")
            case ("GET", "/threads/content"):
                return _page(letter_page(town, int(asked.query.get("tid") or 0)))
        return _on_weibo(weibo, asked) or _on_consultation(asked) or Answered(b"<h1>404</h1>", 404)

    return answer


def _on_weibo(weibo: WeiboReplica, asked: Asked) -> Answered | None:
    if asked.method == "POST":
        return Answered(weibo.visit(asked.path)) if asked.path in VISITORS else None
    fetched = weibo.fetch(asked.path, asked.query, asked.cookies)
    return Answered(fetched[1], fetched[0], "application/json; charset=utf-8") if fetched else None


def _on_consultation(asked: Asked) -> Answered | None:
    consultation = load_consultation()
    match asked.path:
        case consultation.page:
            return _page(consultation_page(consultation))
        case consultation.script:
            return Answered(consultation_script().encode(), content_type="text/javascript; charset=utf-8")
        case consultation.data:
            return Answered(opinions(consultation, asked.query), content_type="application/json; charset=utf-8")
    return None


def _page(html: str | None) -> Answered:
    return Answered(html.encode()) if html is not None else Answered(b"<h1>404</h1>", 404)


class TownServer:
    """Serves on 127.0.0.1 while used as a context manager; `url` is its address.

    Port 0 takes any free port. Raises ServiceAway where the port is taken.
    """

    def __init__(self, answer: Answering, port: int = 0) -> None:
        handler = type("TownHandler", (_Handler,), {"answer": staticmethod(answer)})
        try:
            self._server = _Server(("127.0.0.1", port), handler)
        except OSError as error:
            raise ServiceAway(f"本机端口 {port} 被占用，示例县开不起来（{error.strerror}）。") from error
        self.port = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """A reader that hangs up is not our trouble; anything else is."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    answer: Answering
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def _serve(self) -> None:
        target = urlsplit(self.path)
        length = min(int(self.headers.get("Content-Length") or 0), _LARGEST_FORM)
        body = self.rfile.read(length)
        form = dict(parse_qsl(body.decode("utf-8", "replace")))
        cookies = dict(pair.strip().partition("=")[::2] for pair in self.headers.get("Cookie", "").split(";"))
        query = dict(parse_qsl(target.query))
        answered = self.answer(Asked(self.command, target.path, query, form, body, cookies))
        self.send_response(answered.status)
        self.send_header("Content-Type", answered.content_type)
        self.send_header("Content-Length", str(len(answered.body)))
        for name, value in answered.headers.items():
            self.send_header(name, value)
        for cookie in answered.cookies:
            self.send_header("Set-Cookie", cookie)
        self.end_headers()
        self.wfile.write(answered.body)

    def log_message(self, format: str, *args: object) -> None:
        """The demo's terminal is for people."""
