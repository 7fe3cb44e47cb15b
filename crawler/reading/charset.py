"""Bytes of a file or page to text, in the few encodings Chinese files really have; never a silent wrong guess."""

import codecs
import unicodedata

from w3lib.encoding import resolve_encoding

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_LAYOUT = "\t\n\v\f\r\x1a\x85\u2028\u2029"
_EVERYDAY_SHARE = 0.5


def decode(data: bytes, declared: str | None = None) -> str:
    """Decode by byte order mark, else as UTF-8, else as `declared` (a name from a header), else as GB18030; all strict.

    Bytes that GB18030 accepts but that give no plausible Chinese (damaged UTF-8, Big5, UTF-16 without a mark) are
    refused, not guessed. Raises ValueError with a sentence that names the first bad byte (from 0) and its line (from
    1).
    """
    for mark, name in _MARKS:
        if data.startswith(mark):
            return _strict(data[len(mark) :], name, skipped=len(mark))
    failures = []
    for name, guessed in (("utf-8", False), (resolve_encoding(declared or ""), False), ("gb18030", True)):
        if name is None:
            continue
        try:
            text = data.decode(name)
        except UnicodeDecodeError as error:
            failures.append(error.start)
            continue
        if not guessed or _is_plausible(text):
            return text
    raise _trouble(data, max(failures), "UTF-8，也不是 GB18030")


def _strict(data: bytes, name: str, skipped: int) -> str:
    try:
        return data.decode(name)
    except UnicodeDecodeError as error:
        raise _trouble(data, error.start, f"{name.upper()}（文件开头这样声明）", skipped) from error


def _trouble(data: bytes, start: int, wanted: str, skipped: int = 0) -> ValueError:
    line = data.count(b"\n", 0, start) + 1
    return ValueError(f"文字编码不对：第 {start + skipped} 个字节（第 {line} 行）不是{wanted}。请另存为 UTF-8 再试。")


def _is_plausible(text: str) -> bool:
    """Whether it can be Chinese that somebody typed: no odd controls, and at least half of it everyday characters.

    GB 2312 holds the 6,763 everyday simplified characters; wrongly decoded bytes fall mostly outside it.
    """
    if any(unicodedata.category(sign) in ("Cc", "Cn", "Co") for sign in set(text).difference(_LAYOUT)):
        return False
    foreign = [sign for sign in text if ord(sign) > 0x7F]
    everyday = len("".join(foreign).encode("gb2312", "ignore")) / 2
    return everyday >= _EVERYDAY_SHARE * len(foreign)
