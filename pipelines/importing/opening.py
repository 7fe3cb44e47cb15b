"""Opening: what a file is (text in which encoding, or a workbook), or one sentence why it is no table. Reads only."""

import codecs
import gzip
import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

from crawler.errors import WrongUse
from crawler.reading.charset import decode

TABLES = "表格：CSV、XLSX 或每行一个 JSON 对象的 JSONL，都可以再用 gzip 压缩"
LONGEST_LINE = 16 * 1024 * 1024
"""Bytes or characters. A longer line is not something that people wrote."""

LARGEST_WORKBOOK = 1024 * 1024 * 1024
"""Bytes once unpacked; more is a trap, not a workbook (Excel holds at most 1,048,576 rows)."""

_BLOCK = 1024 * 1024
_GZIP, _ZIP = b"\x1f\x8b", b"PK\x03\x04"
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_OTHERS = (
    (b"\xd0\xcf\x11\xe0", "是旧版 Excel（.xls）或加了密码的文件，请在 Excel 里去掉密码，另存为 .xlsx 再导入"),
    (b"%PDF", f"是 PDF 文件，请向提供的人要{TABLES}"),
    (b"\x89PNG", f"是图片，请向提供的人要{TABLES}"),
    (b"\xff\xd8\xff", f"是图片，请向提供的人要{TABLES}"),
    (b"GIF8", f"是图片，请向提供的人要{TABLES}"),
    (b"Rar!", "是压缩包，请先解压，再导入里面的表格"),
    (b"7z\xbc\xaf", "是压缩包，请先解压，再导入里面的表格"),
    (_GZIP, "压缩了两层，请先解压一次再导入"),
)


def open_file(path: Path, stack: ExitStack) -> BinaryIO:
    """The file's bytes as they are, closed with `stack`. Raises WrongUse where there is none to be read."""
    try:
        if path.is_dir():
            raise WrongUse(f"{path} 是文件夹，请写里面某一个文件的名字。")
        return stack.enter_context(path.open("rb"))
    except FileNotFoundError as error:
        raise WrongUse(f"没有找到文件 {path}，请核对名字和所在的文件夹。") from error
    except (OSError, ValueError) as error:
        raise WrongUse(f"文件 {path} 打不开（{error}），请核对名字和权限。") from error


def open_bytes(path: Path, stack: ExitStack) -> BinaryIO:
    """The same, unpacked where it is gzip."""
    file = open_file(path, stack)
    head = file.read(2)
    file.seek(0)
    if not head:
        raise WrongUse(f"{path} 是空文件（0 字节），请重新导出。")
    return stack.enter_context(gzip.open(file)) if head == _GZIP else file


def is_workbook(data: BinaryIO, path: Path) -> bool:
    """Whether the bytes are an XLSX workbook, and otherwise may be text. Raises WrongUse for what is no table."""
    try:
        head = data.read(8)
        data.seek(0)
    except (OSError, EOFError, zlib.error) as error:
        raise _broken_gzip(path, error) from error
    for magic, sentence in _OTHERS:
        if head.startswith(magic):
            raise WrongUse(f"{path} {sentence}。")
    if not head:
        raise WrongUse(f"{path} 解压后是空的，请重新导出。")
    if head.startswith(_ZIP):
        _check_workbook(data, path)
        return True
    return False


def _check_workbook(data: BinaryIO, path: Path) -> None:
    try:
        with zipfile.ZipFile(data) as archive:
            names = set(archive.namelist())
            if "xl/workbook.xml" not in names:
                kind = " Word 文档" if "word/document.xml" in names else "压缩包或别的文档"
                raise WrongUse(f"{path} 是{kind}，不是表格。请把其中的表格另存为 .xlsx 或 CSV 再导入。")
            if sum(entry.file_size for entry in archive.infolist()) > LARGEST_WORKBOOK:
                raise WrongUse(f"{path} 解开后超过 1 GB，请分成几个文件，或另存为 CSV 再导入。")
            damaged = archive.testzip()
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, zlib.error) as error:
        raise WrongUse(f"{path} 是损坏的 XLSX 文件（{error}），请在 Excel 里重新保存，或重新下载。") from error
    if damaged:
        raise WrongUse(f"{path} 是损坏的 XLSX 文件（{damaged} 校验不对），请在 Excel 里重新保存，或重新下载。")
    data.seek(0)


def open_text(data: BinaryIO, path: Path) -> io.TextIOWrapper:
    """The bytes as text, line ends as they are. Reads all of it once to be sure of the encoding; raises WrongUse."""
    try:
        encoding = _utf_16(data, path) or _utf_8_or_gb18030(data, path)
        data.seek(0)
    except (EOFError, OSError, zlib.error) as error:
        raise _broken_gzip(path, error) from error
    return io.TextIOWrapper(data, encoding=encoding, newline="")


def _utf_16(data: BinaryIO, path: Path) -> str | None:
    mark = data.read(2)
    data.seek(0)
    if mark not in _UTF_16:
        return None
    decoder = codecs.getincrementaldecoder("utf-16")()
    try:
        while block := data.read(_BLOCK):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        raise WrongUse(f"{path} 开头声明是 UTF-16，后面却不是，文件可能没有下载完整，请重新导出。") from error
    return "utf-16"


def _utf_8_or_gb18030(data: BinaryIO, path: Path) -> str:
    """Decided by the whole file: one block that is not UTF-8 makes it GB18030, which then every block must be."""
    encoding, line = "utf-8-sig", 1
    for block in _blocks(data):
        try:
            decode(block)
            if encoding == "utf-8-sig" and not _fits(block, "utf-8"):
                encoding = "gb18030"
        except ValueError as error:
            raise _unknown_encoding(path, line) from error
        line += block.count(b"\n")
    if encoding == "gb18030":
        data.seek(0)
        line = 1
        for block in _blocks(data):
            if not _fits(block, encoding):
                raise _unknown_encoding(path, line)
            line += block.count(b"\n")
    return encoding


def _blocks(data: BinaryIO) -> Iterator[bytes]:
    """About a megabyte at a time, whole lines: in neither encoding is a line end part of another sign."""
    while block := data.read(_BLOCK):
        yield block + data.readline(LONGEST_LINE)


def _fits(block: bytes, encoding: str) -> bool:
    try:
        block.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _unknown_encoding(path: Path, line: int) -> WrongUse:
    return WrongUse(
        f"{path} 第 {line} 行之后有的文字既不是 UTF-8，也不是 GB18030（GBK）。"
        f"能导入的是{TABLES}；若是表格，请在 Excel 里另存为“CSV UTF-8”再导入。"
    )


def _broken_gzip(path: Path, error: Exception) -> WrongUse:
    return WrongUse(f"{path} 是损坏或不完整的压缩文件（{error}），请重新下载或重新压缩。")
