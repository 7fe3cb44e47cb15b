"""Pseudonyms: one writer is one stable word that leads back to nobody without this installation's key."""

import hashlib
import hmac
import os
import re
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from crawler.errors import WrongUse
from pipelines.files import make_once

KEY_BYTES = 32
"""Of a key for pseudonyms."""

_PSEUDONYM = re.compile("~[0-9a-f]{20}")
# Nobody's names, names the board has masked itself (陈***), which many people share, and what is left of a masked one.
_NOBODY = re.compile(r"(?:匿名|游客|访客|anonymous|guest)\w{0,4}|网友|用户|无|.*\*{2,}.*|\[提及\]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Pseudonyms:
    """Makes pseudonyms with a key of 32 bytes."""

    key: bytes = field(repr=False)

    def of(self, platform: str, author: str | None) -> str | None:
        """`~` and the first 20 hexadecimal digits of HMAC-SHA256(key, platform NUL author).

        What already has that form passes; a name that is nobody's (empty, 匿名, 陈***) is None.
        """
        author = (author or "").strip()
        if not author or _NOBODY.fullmatch(author):
            return None
        if _PSEUDONYM.fullmatch(author):
            return author
        message = f"{platform}\0{author}".encode("utf-8", "surrogatepass")
        return "~" + hmac.new(self.key, message, hashlib.sha256).hexdigest()[:20]  # `hmac.digest` lets other threads in


def somebody(author: str | None) -> str | None:
    """The name if it can be a person's; None for a pseudonym, for nobody's name and for none."""
    name = (author or "").strip()
    return None if not name or _NOBODY.fullmatch(name) or _PSEUDONYM.fullmatch(name) else name


def read_or_make_key(path: Path) -> bytes:
    """The key in `path`, 32 bytes as hexadecimal digits; made with mode 0600 when there is none.

    Two processes that make it at once agree: the file appears complete, and only once. Raises WrongUse with a
    sentence for a file that others may read, that holds no such key, or that cannot be read or written.
    """
    try:
        if not path.exists():
            make_once(path, f"{secrets.token_hex(KEY_BYTES)}\n".encode())
        mode, text = path.stat().st_mode, path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise WrongUse(f"密钥文件 {path} 读不出来或写不进去，请检查它和所在文件夹的权限。") from error
    if os.name == "posix" and mode & 0o077:
        raise WrongUse(f"密钥文件 {path} 别人也能读，请先运行 chmod 600 {path}。")
    if not re.fullmatch(f"[0-9a-fA-F]{{{2 * KEY_BYTES},}}", text) or len(text) % 2:
        raise WrongUse(
            f"密钥文件 {path} 是空的或不完整（应为至少 {2 * KEY_BYTES} 位十六进制数），请从备份恢复；"
            "没有备份就删掉它，会生成新的，但同一作者的新旧代号将不同。"
        )
    return bytes.fromhex(text)
