"""What another machine may still be building is not dropped; what it left, or what we began, is."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crawler.errors import ServiceAway
from pipelines import building
from pipelines.building import begun_for, check_left
from pipelines.index import Index, Progress, Unfinished
from pipelines.index.embedded.engine import EmbeddedIndex


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    opened = EmbeddedIndex(tmp_path / "index")
    yield opened
    opened.close()


def begun(ago: timedelta, host: str, ours: bool = False) -> Unfinished:
    return Unfinished(f"1-{datetime.now(UTC) - ago:%Y%m%dt%H%M%S%f}", host, ours)


def test_a_name_tells_when_it_was_begun() -> None:
    assert Unfinished("1-20261124t170155123456", "a", ours=True).at == datetime(2026, 11, 24, 17, 1, 55, 123456, UTC)


@pytest.mark.parametrize(
    "unfinished", [None, begun(timedelta(0), "a-container-of-ours", ours=True), begun(building.LEFT_AFTER, "elsewhere")]
)
def test_what_is_left_may_be_dropped(unfinished: Unfinished | None) -> None:
    check_left(unfinished)


@pytest.mark.parametrize(("host", "named"), [("crawler-2", "crawler-2"), ("", "别的机器")])
def test_what_another_machine_has_just_begun_may_not(host: str, named: str) -> None:
    with pytest.raises(ServiceAway, match=f"是 {named} 在 .* 开始建的，也许还在建"):
        check_left(begun(timedelta(hours=23), host))


def test_a_build_takes_nothing_away_from_another_machine(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    theirs = begun_for(index, "theirs")
    unfinished = Unfinished(theirs.generation, "there", ours=False)
    monkeypatch.setattr(EmbeddedIndex, "unfinished", property(lambda _: unfinished))
    with pytest.raises(ServiceAway, match="是 there 在"):
        begun_for(index, "ours")
    assert begun_for(index, "theirs").generation == theirs.generation
    assert theirs.acknowledged() == Progress(recipe="theirs")


def test_a_build_of_our_own_for_something_else_begins_anew(index: Index) -> None:
    first = begun_for(index, "first")
    second = begun_for(index, "second")
    assert (second.generation == first.generation, second.acknowledged()) == (False, Progress(recipe="second"))
