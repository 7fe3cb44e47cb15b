"""The cookies Weibo is asked with: a visitor's, or the operator's own. Never logged, never stored."""

import json
import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from crawler.platforms.answers import Json, Refused

VISITOR_FORM = {"cb": "visitor_gray_callback", "tid": "", "from": "weibo", "webdriver": "false"}
"""The plain form of genvisitor2."""

_COOKIE = re.compile(r"([\w.-]{1,64})=([!-+\--:<-~]{1,2048})", re.ASCII)
_OBJECT = re.compile(rb"\{.*\}", re.DOTALL)
_TAKEN_BACK = frozenset({"", "deleted"})
_HINT = "请过些时候再试，或在浏览器里用自己的账号打开微博，把 Cookie 存成文件，写到 options.cookie_file"

Cookies = Mapping[str, str]


def visitor_cookies(body: bytes, set_cookies: Iterable[bytes]) -> Cookies:
    """SUB and SUBP from the answer of genvisitor2, in its data or set as cookies. Raises Refused without a SUB."""
    data = _data(body)
    found = {name: str(data.get(name.lower()) or "") for name in ("SUB", "SUBP")}
    for line in set_cookies:
        name, _, value = line.decode("latin-1").partition(";")[0].strip().partition("=")
        if name in found and value not in _TAKEN_BACK:
            found[name] = value
    kept = _kept(found.items())
    if "SUB" not in kept:
        raise Refused(f"访客身份没有拿到，{_HINT}。")
    return kept


def _data(body: bytes) -> Json:
    """The `data` of a JSONP answer, however it is called; empty where there is none."""
    called = _OBJECT.search(body)
    try:
        answer = json.loads(called[0]) if called else None
    except (ValueError, RecursionError):
        return {}
    data = answer.get("data") if isinstance(answer, dict) else None
    return data if isinstance(data, dict) else {}


def _kept(pairs: Iterable[tuple[str, str]]) -> Cookies:
    return {name: value for name, value in pairs if value not in _TAKEN_BACK and _COOKIE.fullmatch(f"{name}={value}")}


def own_cookies(file: Path) -> Cookies:
    """The operator's cookies, as a browser sends them (`SUB=…; SUBP=…`). Raises ValueError with a sentence.

    The file must be the operator's alone.
    """
    if not file.is_absolute():
        raise ValueError("要写完整的路径")
    try:
        mode, text = file.stat().st_mode, file.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"{file} 读不出来，请检查路径、权限和内容") from error
    if os.name == "posix" and mode & 0o077:
        raise ValueError(f"{file} 别人也能读，请先运行 chmod 600 {file}")
    lines = text.strip().removeprefix("Cookie:").replace("\n", ";").split(";")
    kept = _kept((name, value) for name, _, value in (line.strip().partition("=") for line in lines))
    for name in ("SUB", "SUBP"):
        if name not in kept:
            raise ValueError(f"{file} 里没有 {name}，应是浏览器里的整行 Cookie，例如 SUB=…; SUBP=…")
    return kept


def cookie_line(cookies: Cookies) -> str:
    """As a request carries them."""
    return "; ".join(f"{name}={value}" for name, value in cookies.items())
