"""Towns to be crawled: larger than the made-up county, each answering from a process of its own."""

import multiprocessing
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from importlib.resources import files
from itertools import cycle, islice
from multiprocessing.connection import Connection
from pathlib import Path

from crawler.registry import FILE_NAMES
from crawler.town.corpus import Town, load_town
from crawler.town.letterbox import load_hotline
from crawler.town.server import Answering, TownServer, answering
from crawler.town.variation import varied
from crawler.town.weibo import Sizes, WeiboReplica

Made = Callable[[int, int], Answering]
"""A town of so many comments and letters."""

WEIBO_PAGES = Sizes(posts=10, comments=20, children=20)


def grown(comments: int, letters: int) -> Answering:
    """So many comments under the posts of its site, so many letters to its board; Weibo and 12345 stay as they are."""
    return answering(varied(load_town(), comments, letters))


def grown_everywhere(comments: int, letters: int) -> Answering:
    """So many comments on its site and as many on Weibo, so many letters to its board and as many to 12345."""
    town = load_town()
    on_weibo = varied(Town(town.weibo, town.letters), comments, 1).posts
    large = replace(varied(town, comments, letters), weibo=on_weibo)
    hotline = [
        replace(letter, at=letter.at + timedelta(seconds=number), text=f"{letter.text}（第 {number} 次来信）")
        for number, letter in enumerate(islice(cycle(load_hotline()), letters))
    ]
    return answering(large, WeiboReplica(large, WEIBO_PAGES), sorted(hotline, key=lambda letter: letter.at))


@contextmanager
def town_elsewhere(made: Made, comments: int, letters: int) -> Iterator[str]:
    """The address of a town that another process is."""
    spawn = multiprocessing.get_context("spawn")
    here, there = spawn.Pipe()
    process = spawn.Process(target=_serve, args=(there, made, comments, letters), daemon=True)
    process.start()
    yield here.recv()
    here.send(None)
    process.join()


def _serve(parent: Connection, made: Made, comments: int, letters: int) -> None:
    with TownServer(made(comments, letters)) as town:
        parent.send(town.url)
        parent.recv()


def settle(data: Path, town: str) -> None:
    """The town's registry, in a data folder of its own."""
    data.mkdir(parents=True)
    for name in FILE_NAMES:
        text = files("crawler.town").joinpath("registry", name).read_text(encoding="utf-8")
        (data / name).write_text(text.replace("{town}", town), encoding="utf-8")
