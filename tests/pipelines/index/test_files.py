import pytest

from pipelines.files import append_safely, made_aside, write_safely


def test_a_folder_that_could_not_be_filled_leaves_nothing(tmp_path):
    with pytest.raises(OSError, match="full"), made_aside(tmp_path / "new") as aside:
        (aside / "part").touch()
        raise OSError("full")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_another_made_meanwhile_is_left_alone(tmp_path):
    with made_aside(tmp_path / "new") as aside:
        (aside / "ours").touch()
        (tmp_path / "new").mkdir()
        (tmp_path / "new" / "theirs").touch()
    assert [path.name for path in tmp_path.rglob("*")] == ["new", "theirs"]


def test_a_file_that_could_not_be_written_keeps_what_it_was_and_leaves_nothing_else(tmp_path, monkeypatch):
    path = tmp_path / "progress.json"
    write_safely(path, b"before")

    def full(_):
        raise OSError("full")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="full"):
        write_safely(path, b"after")
    assert [(each.name, each.read_bytes()) for each in tmp_path.iterdir()] == [("progress.json", b"before")]


def test_lines_that_are_added_end_what_was_left_half_written(tmp_path):
    path = tmp_path / "folder" / "lines.jsonl"
    append_safely(path, b"1\n2\n")
    with path.open("ab") as file:
        file.write(b"half")
    append_safely(path, b"3\n")
    append_safely(path, b"4\n")
    assert path.read_bytes() == b"1\n2\nhalf\n3\n4\n"
