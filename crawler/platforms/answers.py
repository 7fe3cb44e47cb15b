"""What an answer of a platform can turn out to be when it is not what was asked for."""

import json
from collections.abc import Mapping

Json = Mapping[str, object]


class Refused(Exception):
    """The platform does not want to be asked: a login wall, a captcha, a ban. The crawl stops at once."""


class Unreadable(Exception):
    """The answer is not what was asked for: a web page for JSON, half an answer, another shape."""


def json_object(body: bytes) -> Json:
    """The JSON object of an answer. Raises Refused for an empty answer, Unreadable for anything that is no object."""
    if not body.strip():
        raise Refused("平台给了空白回答，通常表示访问太快或被限制。请过一会儿再采集，或把 pace.delay 调大。")
    if body.lstrip()[:1] == b"<":
        raise Unreadable("要的是数据（JSON），得到的是网页：地址可能不对，或被转到了登录、验证页。")
    try:
        value = json.loads(body)
    except UnicodeDecodeError as error:
        raise Unreadable("回答不是 UTF-8 编码的数据。") from error
    except json.JSONDecodeError as error:
        raise Unreadable(f"回答的数据（JSON）在第 {error.pos} 个字符处断了或写错了，共 {len(body)} 字节。") from error
    except (ValueError, RecursionError) as error:
        raise Unreadable("回答的数据（JSON）里有长得离谱的数字，或层数多得离谱。") from error
    if not isinstance(value, dict):
        raise Unreadable("回答的数据不是预期的结构（最外层应当是对象）。")
    return value


def field(record: Json, name: str, kind: type | tuple[type, ...]) -> object:
    """A field that must be there and of a type. Raises Unreadable that names it: the platform changed its answers."""
    if name not in record:
        raise Unreadable(f"回答里没有“{name}”，平台可能改版了。")
    value = record[name]
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is int):
        raise Unreadable(f"回答里的“{name}”换了类型（{type(value).__name__}），平台可能改版了。")
    return value
