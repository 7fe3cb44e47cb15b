"""Faults put in front of the town: each takes the town's answering and gives one that misbehaves."""

import json
import re
from collections.abc import Callable

from crawler.town.server import Answered, Answering, Asked

LIST = "/pro-dfbbs-front/threads/queryThreadsList"
THREAD = "/isso/"
_DATA = (LIST, THREAD)

Fault = Callable[[Answering], Answering]


def on_data(spoil: Callable[[Answered], Answered], after: int = 0) -> Fault:
    """Spoil the answers that carry data, from the one after the first `after` on."""

    def fault(answer: Answering) -> Answering:
        seen = 0

        def spoiled(asked: Asked) -> Answered:
            nonlocal seen
            answered = answer(asked)
            if asked.path not in _DATA:
                return answered
            seen += 1
            return spoil(answered) if seen > after else answered

        return spoiled

    return fault


def server_error(_: Answered) -> Answered:
    """500."""
    return Answered(b"<h1>Internal Server Error</h1>", 500)


def forbidden(_: Answered) -> Answered:
    """403."""
    return Answered(b"<h1>Forbidden</h1>", 403)


def too_many(_: Answered) -> Answered:
    """429."""
    return Answered(b"<h1>Too Many Requests</h1>", 429)


def negative_likes(answered: Answered) -> Answered:
    """Every letter has a value that cannot be."""
    return Answered(re.sub(rb'"favNum": \d+', b'"favNum": -1', answered.body), content_type=answered.content_type)


def web_page(_: Answered) -> Answered:
    """A page where data were due, as after a silent redirect to a sign-in page."""
    return Answered("<!doctype html><title>请登录</title>".encode())


def cut(answered: Answered) -> Answered:
    """Half of the answer, with a length that says it is whole."""
    return Answered(answered.body[: len(answered.body) // 2], content_type=answered.content_type)


def blank(_: Answered) -> Answered:
    """Nothing at all."""
    return Answered(b"")


def empty_list(answered: Answered) -> Answered:
    """A right answer that holds nothing."""
    if b"responseData" in answered.body:
        return Answered(b'{"result":"success","resultDesc":"","responseData":[]}', content_type=answered.content_type)
    return Answered(b'{"id":null,"total_replies":0,"hidden_replies":0,"replies":[],"config":{}}')


def renamed_field(answered: Answered) -> Answered:
    """The platform changed its answers."""
    return Answered(answered.body.replace(b'"dateline"', b'"time"').replace(b'"created"', b'"time"'))


def on_rows(change: Callable[[dict[str, object]], object]) -> Fault:
    """Every letter of the list in another form."""

    def changed(answered: Answered) -> Answered:
        body = json.loads(answered.body)
        for row in body["responseData"]:
            change(row)
        return Answered(json.dumps(body).encode(), content_type=answered.content_type)

    return on_data(changed)


def elsewhere(_: Answered) -> Answered:
    """A redirect to another host."""
    return Answered(b"", 302, headers={"Location": "http://localhost:9/login"})
