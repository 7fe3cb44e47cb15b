"""Following: an index kept up with the journal for as long as the process lives."""

import time
from collections.abc import Callable

from crawler.config import Config
from crawler.errors import ServiceAway, Trouble
from crawler.registry import Registry
from pipelines.feeder import feed
from pipelines.index import open_index
from pipelines.journal import bytes_of

LOOK_EVERY = 2.0
"""Seconds between two looks at the journal."""

LONGEST_WAIT = 60.0
"""Seconds between two tries while the index is away; the waits double up to this."""


def follow(
    config: Config,
    load: Callable[[], Registry],
    say: Callable[[str], None],
    wait: Callable[[float], None] = time.sleep,
) -> None:
    """Feed whenever the journal has grown, with the registry as it is then. Ends only with an interrupt.

    While the index is away, or a registry file is wrong, says so once, and waits.
    """
    pause, away, fed = LOOK_EVERY, False, None
    while True:
        sizes = bytes_of(config.journal_folder)
        try:
            if sizes != fed:
                _feed(config, load(), say)
                fed = sizes
            if away:
                say("又好了，已补上落下的。")
            pause, away = LOOK_EVERY, False
        except ServiceAway as trouble:
            if not away:
                say(f"{trouble}采集照常进行，连上后自动补上。")
            pause, away = min(pause * 2, LONGEST_WAIT), True
        except Trouble as trouble:  # such as a registry file that is being edited
            if not away:
                say(f"{trouble}改好后自动补上。")
            pause, away = min(pause * 2, LONGEST_WAIT), True
        wait(pause)


def _feed(config: Config, registry: Registry, say: Callable[[str], None]) -> None:
    index = open_index(config)
    try:
        fed = feed(config, registry, index)
    finally:
        index.close()
    if fed.posts or fed.comments or fed.replies or fed.runs:
        say(f"已进索引：发布 {fed.posts}，评论与来信 {fed.comments}，官方答复 {fed.replies}，采集记录 {fed.runs}。")
