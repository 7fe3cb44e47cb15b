"""An installation keeps its id, whatever the machine or container is called, and every data folder has another."""

import multiprocessing
from pathlib import Path

import pytest

from crawler.config import Config
from crawler.errors import ServiceAway
from pipelines.installation import installation_of


def id_in(folder: Path) -> str:
    return installation_of(Config(data=folder))


def test_a_data_folder_keeps_its_id_and_another_has_another(tmp_path: Path) -> None:
    first = id_in(tmp_path / "one")
    assert id_in(tmp_path / "one") == first != id_in(tmp_path / "two")
    assert [path.name for path in (tmp_path / "one").iterdir()] == ["installation.id"]


def test_processes_that_ask_at_once_agree(tmp_path: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        assert len(set(pool.map(id_in, [tmp_path] * 8))) == 1


def test_a_data_folder_that_cannot_be_used_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ServiceAway, match="读写不了"):
        installation_of(Config.model_construct(data=tmp_path / "file"))
