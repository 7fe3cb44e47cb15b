"""The same installation with its index elsewhere: whose password goes where, and what a mistake is called."""

from pathlib import Path

import pytest

from crawler.config import Config, load_config, with_index_at
from crawler.errors import WrongUse

OLD, NEW, CA = Path("old"), Path("new"), Path("ca")
THERE = "https://me@there:9200"


def files(config: Config) -> tuple[Path | None, Path | None, Path | None]:
    return config.index_password_file, config.index_key_file, config.index_ca_file


def test_from_this_machine_the_environment_s_files_go_for_the_target_but_for_those_given() -> None:
    here = Config(index_password_file=OLD, index_ca_file=CA)
    assert files(with_index_at(here, THERE, None, None, None)) == (OLD, None, CA)
    assert files(with_index_at(here, THERE, NEW, None, None)) == (NEW, None, CA)


def test_from_one_elasticsearch_to_another_only_what_is_given_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIANXIN_INDEX_KEY_FILE", "old")
    here = Config(index="https://here:9200", index_ca_file=CA)
    assert files(here) == (None, OLD, CA)
    assert files(with_index_at(here, THERE, None, None, None)) == (None, None, None)
    assert files(with_index_at(here, THERE, NEW, None, CA)) == (NEW, None, CA)
    assert with_index_at(here, THERE, None, NEW, None).index_place == "https://there:9200"


def test_a_wrong_target_is_not_called_a_wrong_environment() -> None:
    with pytest.raises(WrongUse, match=r"^--to 不对：应写 local 或 Elasticsearch 的地址") as raised:
        with_index_at(Config(), "https://me:geheim@there:port", None, None, None)
    assert "geheim" not in str(raised.value)


def test_the_mood_model_is_one_of_ours_or_a_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LIANXIN_SENTIMENT", "snownlp")
    assert load_config().sentiment == "snownlp"
    monkeypatch.setenv("LIANXIN_SENTIMENT", str(tmp_path))
    assert load_config().sentiment == tmp_path
    monkeypatch.setenv("LIANXIN_SENTIMENT", str(tmp_path / "none"))
    with pytest.raises(WrongUse, match="policy、snownlp，或"):
        load_config()
