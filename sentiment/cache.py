"""The compiled tables on disk: made once a model, mapped into memory by every process.

They lie in the user's cache folder, named by the model's digest and the format's number, and come into being by a
rename: a reader finds all of them or none. Where no cache can be written they are made for one process.
"""

import contextlib
import hashlib
import os
import shutil
import tempfile
from functools import cache
from pathlib import Path
from threading import Lock

import numpy as np
from numpy.typing import NDArray
from platformdirs import user_cache_path

from sentiment.lookup import Lookup
from sentiment.snownlp_files import read_model, segmentation_model
from sentiment.tables import Entries, Tables, compiled, counts_of

FORMAT = 1
"""Raise with every change of what the tables hold."""

Arrays = dict[str, NDArray[np.generic]]

_MAKING = Lock()


def stock_tables() -> Tables:
    """The tables of the installed snownlp. The first call on a machine takes some ten seconds and 500 MB."""
    with _MAKING:  # threads that begin together make them once
        return _stock_tables()


@cache
def _stock_tables() -> Tables:
    model = segmentation_model()
    name = f"tables-{FORMAT}-{hashlib.blake2b(model.read_bytes(), digest_size=12).hexdigest()}"
    return tables_in(user_cache_path("lianxin") / name, model)


def tables_in(folder: Path, model: Path) -> Tables:
    """The tables kept in a folder; made of the model where they are missing or broken."""
    with contextlib.suppress(OSError, ValueError, EOFError):
        return _tables({path.stem: np.asarray(np.load(path, mmap_mode="r")) for path in folder.glob("*.npy")})
    shutil.rmtree(folder, ignore_errors=True)
    arrays = _arrays(compiled(counts_of(read_model(model))))
    _keep_or_leave(arrays, folder)
    return _tables(arrays)


def _tables(arrays: Arrays) -> Tables:
    try:
        return Tables(arrays["number"], arrays["single"], _entries(arrays, "pairs"), _entries(arrays, "triples"))
    except KeyError as error:
        raise ValueError(f"{error} is missing") from error


def _entries(arrays: Arrays, name: str) -> Entries:
    lookup = Lookup(arrays[f"{name}-keys"], arrays[f"{name}-places"])
    return Entries(lookup, *(arrays[f"{name}-{part}"] for part in ("first", "cell", "value")))


def _arrays(tables: Tables) -> Arrays:
    arrays: Arrays = {"number": tables.number, "single": tables.single}
    for name, entries in (("pairs", tables.pairs), ("triples", tables.triples)):
        arrays |= {f"{name}-keys": entries.lookup.keys, f"{name}-places": entries.lookup.places}
        arrays |= {f"{name}-first": entries.first, f"{name}-cell": entries.cell, f"{name}-value": entries.value}
    return arrays


def _keep_or_leave(arrays: Arrays, folder: Path) -> None:
    with contextlib.suppress(OSError):  # what cannot be kept is made again by the next process
        _keep(arrays, folder)


def _keep(arrays: Arrays, folder: Path) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".making-", ignore_cleanup_errors=True) as made:
        for name, array in arrays.items():
            with (Path(made) / f"{name}.npy").open("wb") as file:
                np.save(file, array, allow_pickle=False)
                file.flush()
                os.fsync(file.fileno())
        Path(made).rename(folder)  # fails where another process was faster: its tables are the same
