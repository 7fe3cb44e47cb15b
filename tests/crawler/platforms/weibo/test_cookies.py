"""Cookies: a visitor's from wherever they are, the operator's from a file that is the operator's alone."""

import os
from pathlib import Path

import pytest

from crawler.platforms.answers import Refused
from crawler.platforms.weibo.cookies import cookie_line, own_cookies, visitor_cookies

SUCCESS = (
    '{"retcode":20000000,"msg":"succ","data":{"sub":"_2Ak-a.b=","subp":"0033Wr","tid":"01A","next":"cross_domain"}}'
)
BOTH = {"SUB": "_2Ak-a.b=", "SUBP": "0033Wr"}


@pytest.mark.parametrize(
    "body",
    [
        f"visitor_gray_callback({SUCCESS});",
        f"window.visitor_gray_callback && visitor_gray_callback({SUCCESS});",
        SUCCESS,
    ],
)
def test_cookies_in_the_data(body: str) -> None:
    assert visitor_cookies(body.encode(), []) == BOTH


def test_cookies_that_are_set() -> None:
    body = b'visitor_gray_callback({"retcode":20000000,"data":{"tid":"01A","confidence":100}});'
    lines = [
        b"SUB=_2Ak; expires=Tue, 24-Nov-2027 00:00:00 GMT; path=/; domain=.weibo.cn; httponly",
        b"SUBP=0033; path=/",
    ]
    assert visitor_cookies(body, lines) == {"SUB": "_2Ak", "SUBP": "0033"}


def test_half_from_here_half_from_there() -> None:
    body = b'cb({"data":{"sub":"_2Ak","subp":null}})'
    assert visitor_cookies(body, [b"SUBP=0033", b"SUB=deleted; expires=Thu, 01-Jan-1970", b"XSRF-TOKEN=x"]) == {
        "SUB": "_2Ak",
        "SUBP": "0033",
    }


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        (b"", []),
        (b"<html>", [b"SUB="]),
        (b'cb({"data":{"sub":"deleted","subp":"0033"}})', [b"SUB=deleted; path=/"]),
        (b'cb({"data":{"sub":"","subp":""}})', []),
        (b'cb({"data":[1]})', [b"SUBP=0033"]),
        (b'cb({"data":{"sub":"a\\r\\nHost: b"}})', []),
        (b"cb({" + b"[" * 100_000 + b"})", []),
    ],
)
def test_no_sub_is_a_refusal_that_says_what_to_do(body: bytes, lines: list[bytes]) -> None:
    with pytest.raises(Refused, match=r"访客身份没有拿到.*cookie_file"):
        visitor_cookies(body, lines)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "weibo.cookie"
    path.write_text("Cookie: SUB=_2A-own; SUBP=0033; XSRF-TOKEN=tok; ALF=deleted; bad\n")
    path.chmod(0o600)
    return path


def test_the_operators_cookies(file: Path) -> None:
    cookies = own_cookies(file)
    assert cookies == {"SUB": "_2A-own", "SUBP": "0033", "XSRF-TOKEN": "tok"}
    assert cookie_line(cookies) == "SUB=_2A-own; SUBP=0033; XSRF-TOKEN=tok"


@pytest.mark.skipif(os.name != "posix", reason="modes are a POSIX thing")
@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o620])
def test_a_file_that_others_may_read_is_refused(file: Path, mode: int) -> None:
    file.chmod(mode)
    with pytest.raises(ValueError, match="chmod 600") as refused:
        own_cookies(file)
    assert "_2A" not in str(refused.value)


def test_a_file_without_subp_says_so(file: Path) -> None:
    file.write_text("SUB=_2A-own")
    with pytest.raises(ValueError, match="里没有 SUBP，"):
        own_cookies(file)


def test_a_file_without_cookies_is_refused_without_repeating_it(file: Path) -> None:
    for text in ("", "secret", "SUB=deleted; SUBP=secret", "SUB=secret", "SUB=a b", "密"):
        file.write_text(text, encoding="utf-8")
        with pytest.raises(ValueError, match=r"SUB|读不出来") as refused:
            own_cookies(file)
        assert "secret" not in str(refused.value)
    with pytest.raises(ValueError, match="完整的路径"):
        own_cookies(Path("weibo.cookie"))
    with pytest.raises(ValueError, match="读不出来"):
        own_cookies(file.with_name("nowhere"))
