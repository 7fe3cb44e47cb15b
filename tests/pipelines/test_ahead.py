"""Meanings that a second process finds are those the first would find, and nothing is lost where it is."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from crawler.config import Config
from crawler.errors import WrongUse
from crawler.registry import Registry
from pipelines.enrich import ahead
from pipelines.enrich.ahead import Ahead, meanings_for
from pipelines.enrich.meaning import Meaning, Meanings
from pipelines.feeder import feed
from pipelines.index import Index
from pipelines.index.embedded.engine import EmbeddedIndex
from pipelines.index.mapping import COMMENTS, INDICES
from pipelines.journal import JournalBroken
from tests.pipelines.collected import COMMENT, write

PARTS = [["坚决反对", "支持", "支持"], [], ["什么时候开工？", "坚决反对"], ["的", "谢谢工作人员"]]
MANY = [replace(COMMENT, id=f"isso:many:{number}", text=f"第{number}条：支持加装电梯") for number in range(60)]


@pytest.fixture
def reading() -> Iterator[Ahead]:
    reading = Ahead("policy")
    yield reading
    reading.close()


@pytest.fixture
def read_here(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the first process reads by itself."""
    here: list[str] = []
    reads = Meanings.of

    def noted(meanings: Meanings, words: Sequence[str]) -> list[Meaning]:
        here.extend(words)
        return reads(meanings, words)

    monkeypatch.setattr(Meanings, "of", noted)
    return here


def asked_in_turn(reading: Meanings) -> list[list[Meaning]]:
    """What each part means, each asked for when the next is expected."""
    reading.expect(PARTS[0])
    found = []
    for part, following in zip(PARTS, [*PARTS[1:], []], strict=True):
        reading.expect(following)
        found.append(reading.of(part))
    return found


def everything(index: Index) -> dict[str, list[object]]:
    return {name: [hit["_source"] for hit in index.scan(name, {"sort": ["id"], "size": 100})] for name in INDICES}


def test_what_is_expected_is_read_by_the_second_process(reading: Ahead, read_here: list[str]) -> None:
    found = asked_in_turn(reading)
    assert read_here == []
    assert found == asked_in_turn(Meanings())
    assert found[0][0]["label"] == "negative"
    assert found[2][0]["intent"] == ("question",)


def test_what_was_not_expected_is_read_here_and_the_rest_there_all_the_same(
    reading: Ahead, read_here: list[str]
) -> None:
    reading.expect(["第一批"])
    reading.expect(["第二批"])
    assert reading.of(["第一批", "没有料到"]) == Meanings().of(["第一批", "没有料到"])
    read_here.clear()
    for words, following in (("第二批", "第三批"), ("第三批", "第四批")):
        reading.expect([following])
        reading.of([words])
    assert read_here == []


def test_where_the_second_process_is_killed_the_first_reads(reading: Ahead) -> None:
    reading.expect(PARTS[0])
    reading._reader.kill()
    reading._reader.wait()
    assert asked_in_turn(reading) == asked_in_turn(Meanings())


def test_where_the_second_process_reads_by_other_rules_the_first_reads(
    reading: Ahead, read_here: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ahead, "RULES", "intent-of-a-version-before")
    reading.expect(PARTS[0])
    reading.expect(PARTS[2])
    reading.of(PARTS[0])
    assert read_here == ["坚决反对", "支持"]


def test_where_no_second_process_can_be_started_the_first_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise BlockingIOError("Resource temporarily unavailable")

    monkeypatch.setattr(ahead, "_cores", lambda: 2)
    monkeypatch.setattr(subprocess, "Popen", refuse)
    with meanings_for(ahead.WORTH_IT, "policy") as reading:
        assert type(reading) is Meanings


def test_a_model_that_is_none_is_told_by_the_first_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(ahead, "_cores", lambda: 2)
    with meanings_for(ahead.WORTH_IT, tmp_path) as reading:
        reading.expect(PARTS[0])
        with pytest.raises(WrongUse, match="模型"):
            reading.of(PARTS[0])
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(("entries", "cores", "kind"), [(7_999, 8, Meanings), (8_000, 1, Meanings), (8_000, 2, Ahead)])
def test_a_second_process_is_begun_where_it_is_worth_it(
    entries: int, cores: int, kind: type[Meanings], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ahead, "_cores", lambda: cores)
    with meanings_for(entries, "policy") as reading:
        assert type(reading) is kind


def test_nothing_of_the_folder_the_command_is_given_in_is_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, read_here: list[str]
) -> None:
    (tmp_path / "opencc.py").write_text("raise SystemExit('a stranger')", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    reading = Ahead("policy")
    reading.expect(PARTS[0])
    reading.expect([])
    reading.of(PARTS[0])
    reading.close()
    assert read_here == []


def test_it_ends_with_the_process_that_began_it() -> None:
    begun = (
        "import time; from pipelines.enrich.ahead import Ahead; reading = Ahead('policy'); "
        "reading.expect([f'{number}：' + '支持加装电梯，' * 40 for number in range(4000)]); "
        "print(reading._reader.pid, flush=True); time.sleep(600)"
    )
    first = subprocess.Popen([sys.executable, "-c", begun], stdout=subprocess.PIPE)
    second = int(first.stdout.readline())
    first.send_signal(signal.SIGKILL)
    first.wait()
    first.stdout.close()
    for _ in range(600):
        if not runs(second):
            break
        time.sleep(0.1)
    assert not runs(second)


def runs(process: int) -> bool:
    """Whether a process is neither gone nor ended and waited for by nobody."""
    try:
        return Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.parametrize("killed", [False, True])
def test_an_index_fed_by_two_processes_is_that_fed_by_one(
    config: Config,
    registry: Registry,
    index: Index,
    tmp_path: Path,
    read_here: list[str],
    monkeypatch: pytest.MonkeyPatch,
    killed: bool,
) -> None:
    write(config.journal_folder, *MANY)
    feed(config, registry, index, batch=7)
    monkeypatch.setattr(ahead, "WORTH_IT", 1)
    monkeypatch.setattr(ahead, "_cores", lambda: 2)
    if killed:
        take = Ahead.expect

        def expect_and_lose(reading: Ahead, words: Sequence[str]) -> None:
            take(reading, words)
            if any("第30条" in text for text in words):
                os.kill(reading._reader.pid, signal.SIGKILL)

        monkeypatch.setattr(Ahead, "expect", expect_and_lose)
    beside = EmbeddedIndex(tmp_path / "beside")
    read_here.clear()
    feed(config, registry, beside, batch=7)
    assert everything(beside) == everything(index)
    assert bool(read_here) == killed
    beside.close()


def test_what_stands_before_the_damage_is_taken_in(config: Config, registry: Registry, index: Index) -> None:
    write(config.journal_folder, *(replace(each, collected_at=each.collected_at + timedelta(1)) for each in MANY))
    last = max(config.journal_folder.glob("*.jsonl"))
    with last.open("ab") as segment:
        segment.write(b"{damaged}\n")
    with pytest.raises(JournalBroken):
        feed(config, registry, index)
    index.refresh()
    assert len(everything(index)[COMMENTS]) == 62
