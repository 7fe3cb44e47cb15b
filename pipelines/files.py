"""Files and folders that another process, or the one after a crash, sees whole or not at all."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def made_aside(folder: Path) -> Iterator[Path]:
    """A folder to fill that takes its name at the end: two processes cannot both begin it, none sees it half made."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        aside.chmod(0o755)
        yield aside
        try:
            aside.rename(folder)
        except OSError:
            if not folder.exists():
                raise
    finally:
        shutil.rmtree(aside, ignore_errors=True)  # it is still there only where it did not get its name


def write_safely(path: Path, content: bytes) -> None:
    """Replace a file so that a crash leaves either the old or the new one."""
    handle, aside = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(aside).replace(path)
    except OSError:
        Path(aside).unlink(missing_ok=True)
        raise


def make_once(path: Path, content: bytes) -> None:
    """Make a file that appears whole and only once; nothing where there is one already. Mode 0600."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, aside = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(aside, path)
    finally:
        Path(aside).unlink()


def append_safely(path: Path, lines: bytes) -> None:
    """Add whole lines to a file, made where there is none: on disk on return.

    What a failed or killed writer left half written stays a line of its own.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b") as file:
        end = file.seek(0, os.SEEK_END)
        file.seek(max(0, end - 1))
        torn = file.read(1) not in {b"", b"\n"}
        file.write(b"\n" + lines if torn else lines)
        file.flush()
        os.fsync(file.fileno())
