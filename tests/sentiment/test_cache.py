"""The compiled tables: made once, whole or not at all, made again where they are broken."""

import marshal
from pathlib import Path

import numpy as np
import pytest

from sentiment import cache
from sentiment.tables import Tables

WORDS = ["b", "e", "s", "b", "m", "e"]


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A small model in SnowNLP's format, of one sentence."""
    begin = ("", "BOS")
    row = [begin, begin, *zip("支持好太好了", WORDS, strict=True)]
    counts = [{}, {}, {}]
    counts[0][begin], counts[1][begin, begin] = 2, 1
    for place in range(2, len(row)):
        for size in range(3):
            seen = row[place] if size == 0 else tuple(row[place - size : place + 1])
            counts[size][seen] = counts[size].get(seen, 0) + 1
    parts = {
        name: {"d": seen, "total": float(sum(seen.values())), "none": 0}
        for name, seen in zip(("uni", "bi", "tri"), counts, strict=True)
    }
    path = tmp_path / "seg.marshal.3"
    path.write_bytes(marshal.dumps({"l1": 0.2, "l2": 0.3, "l3": 0.5, "status": ("b", "m", "e", "s"), **parts}))
    return path


def same(one: Tables, other: Tables) -> bool:
    return all(np.array_equal(mine, cache._arrays(other)[name]) for name, mine in cache._arrays(one).items())


def test_kept_tables_are_read_again(tmp_path: Path, model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "deep" / "tables"
    made = cache.tables_in(folder, model)
    assert [path.name for path in folder.parent.iterdir()] == ["tables"]
    monkeypatch.setattr(cache, "compiled", None)
    assert same(cache.tables_in(folder, model), made)


@pytest.mark.parametrize("harm", ["missing", "short", "empty", "other"])
def test_broken_tables_are_made_anew(tmp_path: Path, model: Path, harm: str) -> None:
    folder = tmp_path / "tables"
    made = cache.tables_in(folder, model)
    victim = folder / "pairs-value.npy"
    content = victim.read_bytes()
    victim.unlink()
    if harm != "missing":
        victim.write_bytes({"short": content[:-3], "empty": b"", "other": b"x" * 400}[harm])
    assert same(cache.tables_in(folder, model), made)
    assert victim.read_bytes() == content


def test_where_nothing_can_be_written_they_are_made_for_the_process(tmp_path: Path, model: Path) -> None:
    (tmp_path / "file").write_text("")
    folder = tmp_path / "file" / "tables"
    made = cache.tables_in(folder, model)
    assert same(made, cache.tables_in(tmp_path / "tables", model))


def test_a_faster_process_is_not_disturbed(tmp_path: Path, model: Path) -> None:
    folder = tmp_path / "tables"
    made = cache.tables_in(folder, model)
    before = (folder / "number.npy").stat().st_ino
    cache._keep_or_leave(cache._arrays(made), folder)
    assert (folder / "number.npy").stat().st_ino == before
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


NO_MODELS = {
    "empty": b"",
    "broken zip": b"\x1f\x8b broken",
    "a list": marshal.dumps([1]),
    "other tags": marshal.dumps({"status": ["a"]}),
    "text": b"not marshal",
}


@pytest.mark.parametrize("content", NO_MODELS.values(), ids=NO_MODELS)
def test_another_file_is_refused_in_a_sentence(tmp_path: Path, content: bytes) -> None:
    model = tmp_path / "seg.marshal.3"
    model.write_bytes(content)
    with pytest.raises(ValueError, match="SnowNLP 的"):
        cache.tables_in(tmp_path / "tables", model)
