"""Staff's labels stay in force: over machines that do not know them, lost comments, and damaged copies."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from crawler.config import Config
from crawler.registry import Registry
from pipelines.documents import LABEL, MODEL, WORDS
from pipelines.feeder import feed
from pipelines.index import Index
from pipelines.index.embedded.engine import EmbeddedIndex
from pipelines.stances import comments_of
from sentiment import stance_model
from tests.installation import Installation
from tests.pipelines.test_stances import AT, LABELS, STANCES, TEXTS, comment, label, stances, write


@pytest.fixture
def config(installation: Installation) -> Config:
    installation.write('[[source]]\nid = "board"\nplatform = "liuyan"\n')
    return installation.config()


def told_by(index: Index) -> dict[str, str | None]:
    return {document.id: document.stance_by for document in comments_of(index, "lift")}


def test_a_label_outlives_a_newer_version_that_another_machine_feeds(
    config: Config, registry: Registry, index: Index, tmp_path: Path
) -> None:
    other = config.model_copy(update={"data": tmp_path / "other"})
    write(config, comment(0, "看看再说"), label(0, "oppose"))
    feed(config, registry, index)
    write(other, replace(comment(0, "再看看"), collected_at=AT + timedelta(days=1)))
    feed(other, registry, index)
    (document,) = comments_of(index, "lift")
    assert (document.text, document.stance, document.stance_by) == ("再看看", "oppose", LABEL)
    write(config, label(0, "support", later=2))
    feed(config, registry, index)
    assert stances(index) == {"liuyan:0": "support"}


def test_of_two_machines_labels_the_newer_wins(
    config: Config, registry: Registry, index: Index, tmp_path: Path
) -> None:
    other = config.model_copy(update={"data": tmp_path / "other"})
    write(config, comment(0, "看看再说"), comment(1, "路过"), label(0, "oppose"))
    feed(config, registry, index)
    write(other, comment(0, "看看再说"), label(0, "support", later=3))
    feed(other, registry, index)
    assert stances(index)["liuyan:0"] == "support"
    write(config, label(1, "oppose", later=4))
    feed(config, registry, index)
    assert stances(index) == {"liuyan:0": "support", "liuyan:1": "oppose"}


def test_a_label_comes_back_when_its_policy_does(
    config: Config, registry: Registry, index: Index, tmp_path: Path
) -> None:
    other = config.model_copy(update={"data": tmp_path / "other"})
    write(config, comment(0, "看看再说"), label(0, "oppose"))
    feed(config, registry, index)
    write(other, replace(comment(0, "看看再说"), title="别的事", collected_at=AT + timedelta(days=1)))
    feed(other, registry, index)
    assert stances(index) == {}
    write(other, replace(comment(0, "看看再说"), collected_at=AT + timedelta(days=2)))
    feed(other, registry, index)
    assert stances(index) == {"liuyan:0": "oppose"}


def test_a_labelled_comment_that_comes_late_leaves_the_model_in_force(
    config: Config, registry: Registry, index: Index
) -> None:
    late = [0, 1]
    write(config, *(comment(number, text) for number, text in enumerate(TEXTS) if number not in late), *LABELS)
    feed(config, registry, index)
    write(config, comment(0, TEXTS[0]))
    feed(config, registry, index)
    write(config, replace(comment(700, TEXTS[90])), replace(comment(701, TEXTS[91])))
    feed(config, registry, index)
    told = stances(index)
    assert (told["liuyan:700"], told["liuyan:701"]) == (told["liuyan:90"], told["liuyan:91"])


def test_a_document_says_what_told_its_stance(config: Config, registry: Registry, index: Index) -> None:
    write(config, *(comment(number, text) for number, text in enumerate(TEXTS)), *LABELS)
    write(config, comment(500, "坚决支持"), comment(501, "路过"))
    feed(config, registry, index)
    by = told_by(index)
    assert {by[f"liuyan:{number}"] for number in range(60)} == {LABEL}
    assert by["liuyan:500"] == WORDS
    assert MODEL in {by[f"liuyan:{number}"] for number in range(60, 120)}


def test_a_label_without_its_comment_does_not_silence_the_model(
    config: Config, registry: Registry, index: Index
) -> None:
    write(config, *(comment(number, text) for number, text in enumerate(TEXTS)), *LABELS, label(999, "support"))
    feed(config, registry, index)
    told = stances(index)
    assert sum(told[f"liuyan:{number}"] == STANCES[number] for number in range(60, 120)) >= 55


@pytest.mark.parametrize("copy", ["labels.jsonl", "applied.json"])
@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b"null", b"5", b'{"a":null}', b'{"read":{},"labels":1}\n'])
def test_a_damaged_copy_counts_as_none(
    config: Config, registry: Registry, index: Index, copy: str, damage: bytes
) -> None:
    write(config, comment(0, "看看再说"), label(0, "oppose"))
    feed(config, registry, index)
    (config.stances_folder / copy).write_bytes(damage)
    write(config, label(0, "support", later=1))
    feed(config, registry, index)
    assert stances(index) == {"liuyan:0": "support"}


def test_a_damaged_model_is_made_again(config: Config, registry: Registry, index: Index) -> None:
    write(config, *(comment(number, text) for number, text in enumerate(TEXTS)), *LABELS)
    feed(config, registry, index)
    told = told_by(index)
    (model,) = config.stances_folder.glob("lift-*.npz")
    good = model.read_bytes()
    for damaged in (b"", good[:-30], bytes(len(good))):
        model.write_bytes(damaged)
        write(config, comment(1, TEXTS[1]))
        feed(config, registry, index)
        assert model.read_bytes() == good
        assert told_by(index) == told


def test_other_rules_of_learning_make_models_anew(
    config: Config, registry: Registry, index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(config, *(comment(number, text) for number, text in enumerate(TEXTS)), *LABELS)
    feed(config, registry, index)
    (before,) = config.stances_folder.glob("lift-*.npz")
    monkeypatch.setattr(stance_model, "RULES", "taught-anew")
    feed(config, registry, index)
    (after,) = config.stances_folder.glob("lift-*.npz")
    assert after != before


def test_many_labels_are_applied_in_few_writes(
    config: Config, registry: Registry, index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(config, *(comment(number, f"第{number}条，看看再说") for number in range(300)))
    feed(config, registry, index)
    puts: list[int] = []
    put = EmbeddedIndex.put
    monkeypatch.setattr(EmbeddedIndex, "put", lambda self, *given: puts.append(len(given[1])) or put(self, *given))
    write(config, *(label(number, "support") for number in range(300)))
    feed(config, registry, index)
    assert set(stances(index).values()) == {"support"}
    assert puts == [300]
