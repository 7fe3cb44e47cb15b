"""What an answer of a platform can turn out to be when it is not what was asked for."""

import json
from codecs import BOM_UTF8
from collections.abc import Mapping

from w3lib.encoding import html_to_unicode

from crawler.platforms import walls
from crawler.reading.quoting import quoted

Json = Mapping[str, object]


class Refused(Exception):
    """The platform does not want to be asked: a login wall, a captcha, a ban. The crawl stops at once."""


class Unreadable(Exception):
    """The answer is not what was asked for: a web page for JSON, half an answer, another shape."""


def json_object(body: bytes) -> Json:
    """The JSON object of an answer.

    Raises Refused for an empty answer and for a page that is a wall, Unreadable for anything else that is no object.
    """
    if not body.strip():
        raise Refused(walls.BLANK.sentence)
    if body.removeprefix(BOM_UTF8).lstrip()[:1] == b"<":
        raise page_for_data(body)
    try:
        value = json.loads(body)
    except UnicodeDecodeError as error:
        raise Unreadable("回答不是 UTF-8 编码的数据。") from error
    except json.JSONDecodeError as error:
        if len(body) <= walls.LITTLE and (wall := walls.in_message(body.decode("utf-8", "replace"))):
            raise Refused(wall.sentence) from error
        raise Unreadable(f"回答的数据（JSON）在第 {error.pos} 个字符处断了或写错了，共 {len(body)} 字节。") from error
    except (ValueError, RecursionError) as error:
        raise Unreadable("回答的数据（JSON）里有长得离谱的数字，或层数多得离谱。") from error
    if not isinstance(value, dict):
        raise Unreadable("回答的数据不是预期的结构（最外层应当是对象）。")
    return value


def page_for_data(body: bytes) -> Refused | Unreadable:
    """What a page means where data were due."""
    if wall := walls.in_place_of_data(html_to_unicode(None, body)[1]):
        return Refused(wall.sentence)
    return Unreadable("要的是数据（JSON），得到的是网页，上面写着出错或维护：地址可能不对，或平台出了故障。")


def page_for_page(page: str, sentence: str) -> Refused | Unreadable:
    """What a page means on which nothing was found of what was due; `sentence` says what that was."""
    if wall := walls.in_place_of_page(page):
        return Refused(wall.sentence)
    return Unreadable(f"{sentence}，平台可能改版了。")


def no_data(message: str, sentence: str) -> Refused | Unreadable:
    """What an interface means that gives a message instead of data; `sentence` is what is said of any other."""
    if wall := walls.in_message(message):
        return Refused(f"{wall.sentence}平台的话：{quoted(message)}")
    return Unreadable(sentence)


def field(record: Json, name: str, kind: type | tuple[type, ...]) -> object:
    """A field that must be there and of a type. Raises Unreadable that names it: the platform changed its answers."""
    if name not in record:
        raise Unreadable(f"回答里没有“{name}”，平台可能改版了。")
    value = record[name]
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is int):
        raise Unreadable(f"回答里的“{name}”换了类型（{type(value).__name__}），平台可能改版了。")
    return value
