"""Following: fed when the journal grows, patient with what is away, and never silent about what it waits for."""

import shutil
from collections.abc import Callable
from dataclasses import replace

import pytest
from filelock import FileLock

from crawler.config import Config
from crawler.errors import ServiceAway, WrongUse
from crawler.registry import Registry
from pipelines import following
from pipelines.following import LOOK_AT_INDEX, LOOK_EVERY, Say, follow
from pipelines.index import Index, open_index
from pipelines.index.mapping import COMMENTS
from tests.pipelines.collected import COMMENT, LETTER, RUN, write

LOOKS = int(LOOK_AT_INDEX / LOOK_EVERY)


class Ended(Exception):
    """Ends a following."""


def test_following_waits_for_an_index_that_is_away_and_catches_up(
    config: Config, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    pauses: list[float] = []
    tries = iter([ServiceAway("连不上。"), ServiceAway("连不上。"), ServiceAway("连不上。")])

    def open_later(config: Config, held_up: Say) -> Index:
        for trouble in tries:
            raise trouble
        return open_index(config)

    def wait(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 5:
            raise Ended

    monkeypatch.setattr(following, "open_index", open_later)
    with pytest.raises(Ended):
        follow(config, lambda: registry, said.append, wait)
    assert said[0] == (f"跟着日志 {config.journal_folder} 更新索引 local，按台账的记录还有 5 条要补；按 Ctrl+C 停止。")
    assert said[1:] == [
        "连不上。采集照常进行，连上后自动补上。",
        "已进索引：发布 1，评论与来信 2，官方答复 1，采集记录 1。",
        "又好了，已补上落下的。",
    ]
    assert pauses == [4.0, 8.0, 16.0, 2.0, 2.0]
    index = open_index(config)
    assert set(index.get(COMMENTS, [COMMENT.id, LETTER.id])) == {COMMENT.id, LETTER.id}
    index.close()


def test_following_outlives_a_registry_that_is_being_edited(config: Config, registry: Registry) -> None:
    said: list[str] = []
    loads = iter([WrongUse("policies.toml 第 1 行不对。"), registry])

    def load() -> Registry:
        found = next(loads)
        if isinstance(found, WrongUse):
            raise found
        return found

    def wait(_: float) -> None:
        if len(said) == 4:
            raise Ended

    with pytest.raises(Ended):
        follow(config, load, said.append, wait)
    assert said[1] == "policies.toml 第 1 行不对。改好后自动补上。"
    assert said[2].startswith("已进索引：发布 1")


def followed(config: Config, registry: Registry, pauses: int, meanwhile: Callable[[int], None]) -> list[str]:
    """What a follower says until so many pauses are over; `meanwhile` happens in each, by its number."""
    said: list[str] = []
    paused = 0

    def wait(_: float) -> None:
        nonlocal paused
        paused += 1
        meanwhile(paused)
        if paused == pauses:
            raise Ended

    with pytest.raises(Ended):
        follow(config, lambda: registry, said.append, wait)
    return said[1:]


def test_an_emptied_index_is_noticed_and_filled_again(config: Config, registry: Registry) -> None:
    def empty(pause: int) -> None:
        if pause == 1:
            shutil.rmtree(config.index_folder)

    said = followed(config, registry, LOOKS + 2, empty)
    assert said == ["已进索引：发布 1，评论与来信 2，官方答复 1，采集记录 1。"] * 2
    index = open_index(config)
    assert set(index.get(COMMENTS, [COMMENT.id, LETTER.id])) == {COMMENT.id, LETTER.id}
    index.close()


def test_nothing_is_opened_while_the_journal_does_not_grow(
    config: Config, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[int] = []
    pauses = 0

    def counted(config: Config, held_up: Say) -> Index:
        opened.append(pauses)
        return open_index(config)

    def meanwhile(pause: int) -> None:
        nonlocal pauses
        pauses = pause
        if pause == 5:
            write(config.journal_folder, replace(RUN, id="board:2"))

    monkeypatch.setattr(following, "open_index", counted)
    followed(config, registry, LOOKS, meanwhile)
    assert opened == [0, 5]


def test_another_feeder_is_waited_for_with_a_sentence(config: Config, registry: Registry) -> None:
    other = FileLock(config.data / "feeding.lock")
    said: list[str] = []

    def say(sentence: str) -> None:
        said.append(sentence)
        if "另一个进程" in sentence:
            other.release()

    def wait(_: float) -> None:
        raise Ended

    other.acquire()
    with pytest.raises(Ended):
        follow(config, lambda: registry, say, wait)
    assert said[1:] == [
        "另一个进程正在更新这份索引，等它做完。",
        "已进索引：发布 1，评论与来信 2，官方答复 1，采集记录 1。",
    ]


def test_each_new_trouble_is_said(config: Config, registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    troubles = [ServiceAway("连不上。")] * 2 + [WrongUse("密码不对。")] * 2 + [ServiceAway("磁盘满了。")] * 2

    def failing(config: Config, held_up: Say) -> Index:
        raise troubles.pop(0)

    monkeypatch.setattr(following, "open_index", failing)
    said = followed(config, registry, 6, lambda pause: None)
    assert [sentence.split("。")[0] for sentence in said] == ["连不上", "密码不对", "磁盘满了"]


def test_what_holds_an_index_up_is_said_once_until_it_is_over(
    config: Config, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    troubles = iter([ServiceAway("写不进去。")] * 2)

    def blocked(config: Config, held_up: Say) -> Index:
        held_up("正在等着写。")
        for trouble in troubles:
            raise trouble
        return open_index(config)

    monkeypatch.setattr(following, "open_index", blocked)
    said = followed(config, registry, LOOKS + 4, lambda pause: None)
    assert said == [
        "正在等着写。",
        "写不进去。采集照常进行，连上后自动补上。",
        "已进索引：发布 1，评论与来信 2，官方答复 1，采集记录 1。",
        "又好了，已补上落下的。",
        "正在等着写。",
    ]
