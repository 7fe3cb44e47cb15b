"""Rejects: refused rows in the shape of their file, masked, with the reason, to be mended and imported again.

Writes one file under the configured folder, and only when there is something to write.
"""

import csv
import json
import re
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

REASON, LINE = "拒收原因", "行号"

_CALCULATES = re.compile(r"'*[=+\-@\t\r]")
"""What a spreadsheet would take for a formula (OWASP, CSV injection), behind any number of our apostrophes."""


class RejectsFile:
    """Refused rows of one run, as CSV or JSON lines. Use as a context manager; `path` is None while there is none."""

    def __init__(self, folder: Path, run: str, columns: tuple[str, ...], as_json: bool) -> None:
        self.path: Path | None = None
        self._columns = (*columns, REASON, LINE)
        self._as_json = as_json
        self._wanted = folder / f"{run.replace(':', '-')}.{'jsonl' if as_json else 'csv'}"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _: TracebackType | None
    ) -> None:
        if self.path:
            self._file.close()

    def add(self, line: int, cells: Mapping[str, object], reason: str) -> None:
        """Keep one refused row. `cells` must be masked already."""
        if self.path is None:
            self._open()
        row = {**{name: cells[name] for name in self._columns if name in cells}, REASON: reason, LINE: line}
        if self._as_json:
            self._file.write(json.dumps(row, ensure_ascii=False, default=str) + "\n")
        else:
            self._writer.writerow([guarded(row.get(name)) for name in self._columns])
        self._file.flush()

    def _open(self) -> None:
        self._wanted.parent.mkdir(parents=True, exist_ok=True)
        self.path = self._wanted
        # The byte order mark tells Excel that it is UTF-8.
        self._file = self.path.open("x", encoding="utf-8" if self._as_json else "utf-8-sig", newline="")
        self._writer = csv.writer(self._file)
        if not self._as_json:
            self._writer.writerow(self._columns)


def guarded(value: object) -> object:
    """A cell that no spreadsheet computes: what looks like a formula gets an apostrophe. Undone by `unguarded`."""
    return f"'{value}" if isinstance(value, str) and _CALCULATES.match(value) else value


def unguarded(value: str) -> str:
    """The inverse of `guarded`."""
    return value[1:] if value.startswith("'") and _CALCULATES.match(value) else value
