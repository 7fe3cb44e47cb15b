"""Writing an export to disk: whole or not at all."""

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from crawler.errors import WrongUse
from crawler.registry import Policy, Registry
from dashboards.export.csv_file import feedback_csv
from dashboards.export.html_file import feedback_html
from pipelines.index import Index

Maker = Callable[[Index, Registry, Policy, datetime], Iterator[bytes]]
FORMATS: dict[str, Maker] = {"csv": feedback_csv, "html": feedback_html}


def export_policy(
    index: Index, registry: Registry, policy_id: str, format: str, out: Path, zone: ZoneInfo, now: datetime
) -> None:
    """Write a policy's feedback to `out`, replacing a file of that name.

    Raises WrongUse for an unknown policy or format, or a place that cannot be written to; then `out` is as it was.
    """
    maker = FORMATS.get(format)
    if maker is None:
        raise WrongUse(f"不会导出“{format}”格式，可用的有：{'、'.join(FORMATS)}。")
    _write_whole(out, maker(index, registry, registry.policy(policy_id), now.astimezone(zone)))


def _write_whole(out: Path, parts: Iterator[bytes]) -> None:
    """Write beside `out` first, so that a failure leaves neither half a file nor a lost old one."""
    if out.exists() and not out.is_file():  # to take the place of a device or a pipe would do away with it
        raise WrongUse(f"写不到 {out}：那里是文件夹、设备或管道，不是文件。请写一个文件名。")
    with _sentence(out):
        handle, name = tempfile.mkstemp(dir=out.parent, prefix=f".{out.name}.")
    unfinished = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            for part in parts:
                with _sentence(out):
                    file.write(part)
        with _sentence(out):
            unfinished.replace(out)
    finally:
        unfinished.unlink(missing_ok=True)


@contextmanager
def _sentence(out: Path) -> Iterator[None]:
    """Say in one sentence that a place cannot be written to; faults of the index pass by untouched."""
    try:
        yield
    except OSError as error:
        raise WrongUse(f"写不到 {out}：{error.strerror}。请换一个有权限、有空间的位置。") from error
