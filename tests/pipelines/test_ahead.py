"""Meanings that a second process finds are those the first would find, and nothing is lost where it is."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from crawler.config import Config
from crawler.errors import WrongUse
from crawler.registry import Registry
from pipelines.enrich import ahead
from pipelines.enrich.ahead import Ahead, meanings_for
from pipelines.enrich.meaning import Meaning, Meanings
from pipelines.feeder import rebuild
from pipelines.index import Index
from pipelines.index.mapping import COMMENTS, INDICES
from tests.pipelines.collected import EVENTS, write

PARTS = [["坚决反对", "支持", "支持"], [], ["什么时候开工？", "坚决反对"], ["的", "谢谢工作人员"]]


@pytest.fixture
def reading() -> Iterator[Ahead]:
    reading = Ahead("policy")
    yield reading
    reading.close()


def asked_in_turn(reading: Meanings) -> list[list[Meaning]]:
    """What each part means, each asked for when the next is expected."""
    reading.expect(PARTS[0])
    found = []
    for part, following in zip(PARTS, [*PARTS[1:], []], strict=True):
        reading.expect(following)
        found.append(reading.of(part))
    return found


def idle(meanings: Meanings, words: Sequence[str]) -> list[Meaning]:
    """What the first process finds when it is to find nothing by itself."""
    assert words == []
    return []


def test_what_is_expected_is_read_by_the_second_process(reading: Ahead, monkeypatch: pytest.MonkeyPatch) -> None:
    here = asked_in_turn(Meanings())
    monkeypatch.setattr(Meanings, "of", idle)
    assert asked_in_turn(reading) == here
    assert here[0][0]["label"] == "negative"
    assert here[2][0]["intent"] == ("question",)


def test_what_was_not_expected_is_read_all_the_same(reading: Ahead) -> None:
    reading.expect(PARTS[0])
    assert reading.of(PARTS[2]) == Meanings().of(PARTS[2])
    assert reading.of(PARTS[0]) == Meanings().of(PARTS[0])


def test_where_the_second_process_is_killed_the_first_reads(reading: Ahead) -> None:
    reading.expect(PARTS[0])
    reading._reader.kill()
    reading._reader.wait()
    assert asked_in_turn(reading) == asked_in_turn(Meanings())


def test_a_model_that_is_none_is_told_by_the_first_process(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with meanings_for(ahead.WORTH_IT, tmp_path) as reading:
        reading.expect(PARTS[0])
        with pytest.raises(WrongUse, match="模型"):
            reading.of(PARTS[0])
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("comments", "cores", "kind"), [(19_999, 8, Meanings), (20_000, 1, Meanings), (20_000, 2, Ahead)]
)
def test_a_second_process_is_begun_where_it_is_worth_it(
    comments: int, cores: int, kind: type[Meanings], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ahead.os, "cpu_count", lambda: cores)
    with meanings_for(comments, "policy") as reading:
        assert type(reading) is kind


def test_an_index_built_by_two_processes_is_that_built_by_one(
    config: Config, registry: Registry, index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(config.journal_folder, *EVENTS)
    rebuild(config, registry, index)
    alone = everything(index)
    monkeypatch.setattr(ahead, "WORTH_IT", 1)
    monkeypatch.setattr(Meanings, "of", idle)
    rebuild(config, registry, index)
    assert everything(index) == alone
    assert len(alone[COMMENTS]) == 2


def everything(index: Index) -> dict[str, list[object]]:
    return {name: [hit["_source"] for hit in index.scan(name, {"sort": ["id"], "size": 100})] for name in INDICES}
